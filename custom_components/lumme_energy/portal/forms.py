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
        fields: Every named input with its preset value; hidden ones carry the page's state.
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
    """Collects forms. Unticked boxes and buttons are not sent, as in a browser."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open = False

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(
                Form(
                    action=given.get("action", "").strip(),
                    method=given.get("method", "get").strip().lower(),
                    fields={},
                )
            )
            self._open = True
        elif tag == "input" and self._open and (name := given.get("name")):
            kind = given.get("type", "text").lower()
            if kind in {"submit", "button", "image", "reset", "file"}:
                return
            if kind in {"checkbox", "radio"} and "checked" not in given:
                return
            self.forms[-1].fields[name] = given.get("value", "on" if kind == "checkbox" else "")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
