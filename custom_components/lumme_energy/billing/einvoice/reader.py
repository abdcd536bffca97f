"""Tells the formats of e-invoices apart."""

import re
from typing import Final
from xml.etree.ElementTree import Element

from ..imported import Bill, Problem, UnreadableFileError
from . import finvoice, ubl
from .xml import parse

# Banks put a SOAP frame before a Finvoice, and several invoices into one file.
_SEAM: Final = re.compile(rb"(?<=>)\s*(?=<\?xml\s)")
_FRAME: Final = "{http://schemas.xmlsoap.org/soap/envelope/}Envelope"
MAX_DOCUMENTS: Final = 200


def read(data: bytes) -> tuple[Bill, ...]:
    """Read all e-invoices of a file.

    Raises:
        UnreadableFileError: one of them cannot be read.
    """
    documents = _SEAM.split(data)
    if len(documents) > MAX_DOCUMENTS:
        raise UnreadableFileError(Problem.TOO_COMPLEX)
    roots = (parse(document.strip()) for document in documents)
    return tuple(_read(root) for root in roots if root.tag != _FRAME)


def _read(root: Element) -> Bill:
    match root.tag:
        case ubl.INVOICE | ubl.CREDIT_NOTE:
            return ubl.read(root)
        case finvoice.FINVOICE:
            return finvoice.read(root)
    raise UnreadableFileError(Problem.UNKNOWN_FORMAT, str(root.tag).rpartition("}")[2][:40])
