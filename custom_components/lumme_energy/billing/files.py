"""Reads a file that holds bills or payments, whatever its format."""

from typing import Final

from . import tables
from .einvoice import reader
from .imported import FileContent, Problem, UnreadableFileError

MAX_SIZE: Final = 5 * 1024 * 1024
# How a file begins that is XML, in UTF-8 and in both kinds of UTF-16.
_XML: Final = (b"<", "<".encode("utf-16-le"), "<".encode("utf-16-be"))
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def read(data: bytes) -> FileContent:
    """Read an e-invoice (UBL, Finvoice) or a statement (CSV, Excel).

    Raises:
        UnreadableFileError: it is none of these, wrong, or more than it may be.
    """
    if len(data) > MAX_SIZE:
        raise UnreadableFileError(Problem.TOO_LARGE)
    content = FileContent(bills=reader.read(data)) if _is_xml(data) else tables.read(data)
    if not content.bills and not content.payments:
        raise UnreadableFileError(Problem.EMPTY)
    return content


def _is_xml(data: bytes) -> bool:
    head = data[:100]
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return head.lstrip().startswith(_XML)
