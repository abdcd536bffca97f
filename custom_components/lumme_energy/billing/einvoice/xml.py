"""Reading XML that anybody may have written: bounded, and without anything that reaches out.

A document type is refused, and with it every entity: no invoice needs one.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
import re
from typing import Any, Final, override
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from ..imported import Problem, UnreadableFileError

# A bill of a year with hourly lines has some tens of thousands.
MAX_ELEMENTS: Final = 100_000
MAX_DEPTH: Final = 40
LONGEST_TEXT: Final = 250
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,13}(?:[.,][0-9]{1,8})?")


class _Bounded(TreeBuilder):
    """Builds a tree that stays small."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self._elements = 0
        self._depth = 0

    @override
    def start(self, tag: Any, attrs: Any, /) -> Element:
        self._elements += 1
        self._depth += 1
        if self._elements > MAX_ELEMENTS or self._depth > MAX_DEPTH:
            raise UnreadableFileError(Problem.TOO_COMPLEX)
        return super().start(tag, attrs)

    @override
    def end(self, tag: Any, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def parse(data: bytes) -> Element:
    """Return the root of a document.

    Raises:
        UnreadableFileError: it is no XML, or XML that may not be.
    """
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True)
    try:
        parser.feed(data)
        root = parser.close()
    except DefusedXmlException as err:
        raise UnreadableFileError(Problem.FORBIDDEN) from err
    # What is not an encoding, or one that expat does not know, are errors of their own kinds.
    except (ParseError, ValueError, LookupError) as err:
        raise UnreadableFileError(Problem.NOT_READABLE) from err
    assert isinstance(root, Element)  # noqa: S101
    return root


class Node:
    """An element, read by paths. What is absent or empty is None; what is wrong is refused."""

    def __init__(self, element: Element, namespaces: Mapping[str, str] | None = None) -> None:
        """Read an element; paths may use the prefixes of `namespaces`."""
        self.element = element
        self._namespaces = dict(namespaces or {})

    def all(self, path: str) -> Iterator[Node]:
        """Yield the elements at a path."""
        for found in self.element.iterfind(path, self._namespaces):
            yield Node(found, self._namespaces)

    def text(self, *paths: str) -> str | None:
        """Return the text at the first path that has one."""
        for path in paths:
            for node in self.all(path):
                if text := " ".join((node.element.text or "").split()):
                    return text[:LONGEST_TEXT]
        return None

    def need_text(self, *paths: str) -> str:
        """Return a text that must be there."""
        return self._need(self.text(*paths), paths[0])

    def number(self, *paths: str) -> Decimal | None:
        """Return a number, written with a point or a comma."""
        if (text := self.text(*paths)) is None:
            return None
        if _NUMBER.fullmatch(text) is None:
            raise self._refused(Problem.INVALID, paths[0])
        return Decimal(text.replace(",", "."))

    def need_number(self, *paths: str) -> Decimal:
        """Return a number that must be there."""
        return self._need(self.number(*paths), paths[0])

    def percent(self, *paths: str) -> Decimal | None:
        """Return a rate in percent."""
        rate = self.number(*paths)
        if rate is not None and not 0 <= rate <= 100:
            raise self._refused(Problem.INVALID, paths[0])
        return rate

    def day(self, *paths: str) -> date | None:
        """Return a date, written as in ISO 8601 with or without dashes."""
        if (text := self.text(*paths)) is None:
            return None
        try:
            return datetime.strptime(text.replace("-", "")[:8], "%Y%m%d").date()  # noqa: DTZ007
        except ValueError as err:
            raise self._refused(Problem.INVALID, paths[0]) from err

    def need_day(self, *paths: str) -> date:
        """Return a date that must be there."""
        return self._need(self.day(*paths), paths[0])

    def texts(self) -> Iterator[str]:
        """Yield every text in the element."""
        return self.element.itertext()

    def _need[T](self, value: T | None, path: str) -> T:
        if value is None:
            raise self._refused(Problem.MISSING, path)
        return value

    def _refused(self, problem: Problem, path: str) -> UnreadableFileError:
        return UnreadableFileError(problem, path.rpartition("/")[2].rpartition(":")[2])
