"""HTML forms of log-in pages: the only place where HTML is read, and only at log-in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import override


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form as a browser would send it.

    Attributes:
        action: Where to send it, as written in the page (may be relative or empty).
        method: `get` or `post`.
        fields: What a browser would send, preset; hidden ones carry the page's state.
    """

    action: str
    method: str
    fields: dict[str, str] = field(repr=False)

    def filled(self, **values: str) -> dict[str, str]:
        """Return the fields to send, with what the customer types in."""
        return self.fields | values


def parse_forms(html: str) -> tuple[Form, ...]:
    """Return the forms of a page, in its order. Never raises: a page may be anything."""
    parser = _FormParser()
    parser.feed(html)
    parser.close()
    return tuple(parser.forms)


def find(forms: Iterable[Form], *names: str) -> Form | None:
    """Return the first form that asks for all the named fields."""
    return next((form for form in forms if form.fields.keys() >= set(names)), None)


class _FormParser(HTMLParser):
    """Collects forms with what a browser sends when one presses Enter.

    That is every named field, ticked boxes only, and the first button that sends the form.
    """

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open = False
        self._button = False

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = given.get("method", "get").strip().lower()
            self.forms.append(
                Form(action=given.get("action", "").strip(), method=method, fields={})
            )
            self._open, self._button = True, False
        elif tag in {"input", "button"} and self._open:
            kind = given.get("type", "submit" if tag == "button" else "text").lower()
            if kind == "submit":
                sent, self._button = not self._button, True
            elif kind in {"checkbox", "radio"}:
                sent = "checked" in given
            else:
                sent = tag == "input" and kind not in {"button", "image", "reset", "file"}
            if sent and (name := given.get("name")):
                preset = "on" if kind in {"checkbox", "radio"} else ""
                self.forms[-1].fields[name] = given.get("value", preset)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
