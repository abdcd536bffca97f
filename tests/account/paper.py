"""Reads the PDF documents of the tests."""

from base64 import a85decode
import re
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_DRAWN = re.compile(rb"\(((?:\\.|[^\\()])*)\) Tj")
_OCTAL = re.compile(rb"\\([0-7]{3})")


def texts(document: bytes) -> str:
    """Return all that is written in a PDF, piece by piece, with spaces between them."""
    found = []
    for stream in _STREAM.findall(document):
        page = zlib.decompress(a85decode(stream.strip(), adobe=stream.strip().endswith(b"~>")))
        for text in _DRAWN.findall(page):
            plain = _OCTAL.sub(lambda code: bytes([int(code[1], 8)]), text)
            found.append(re.sub(rb"\\(.)", rb"\1", plain).decode("cp1252"))
    return " ".join(" ".join(found).split())
