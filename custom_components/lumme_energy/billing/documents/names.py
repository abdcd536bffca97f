"""Names of files, made from what a portal told, which may be anything."""

import hashlib
import re
from typing import Final

from ...portal.model import Invoice

LONGEST: Final = 40
_NOT_PLAIN: Final = re.compile(r"[^A-Z0-9]+")


def token(text: str) -> str:
    """Return what stands for a text in an address: nothing of the text can be read from it."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:20]


def safe(text: str) -> str:
    """Return a text as part of a file name: capitals, digits and hyphens.

    Texts that differ stay different, on disks that ignore case too: what cannot be written as it is
    ends with a digest.
    """
    plain = _NOT_PLAIN.sub("-", text.upper())[:LONGEST].strip("-")
    return plain if plain and plain == text else f"{plain}-{token(text)[:8]}".lstrip("-")


def stem(invoice: Invoice) -> str:
    """Return the name of an invoice's files, without their kind: `2026-11-20_26101681`."""
    return f"{invoice.issued.isoformat()}_{safe(invoice.number)}"
