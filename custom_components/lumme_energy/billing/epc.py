"""The QR code that European banking apps scan to fill in a transfer (EPC069-12)."""

from decimal import Decimal
from io import BytesIO
from typing import Final

import segno

from .references import Reference

LEAST: Final = Decimal("0.01")
MOST: Final = Decimal("999999999.99")
NAME_LENGTH: Final = 70
# What fits into the largest code that the standard allows, version 13.
PAYLOAD_BYTES: Final = 331


def payload(name: str, iban: str, amount: Decimal, reference: Reference) -> str | None:
    """Return what the code says, or None where the standard has no room for it.

    No BIC is in it: version 002 does without. A Belgian reference is no creditor reference in the
    sense of ISO 11649; banks take it from the free text, between its pluses.

    Args:
        name: The payee's.
        iban: The payee's, checked.
        amount: In EUR, with cents at most.
        reference: Checked.
    """
    name = " ".join(name.split())
    cents = amount * 100
    if not 0 < len(name) <= NAME_LENGTH or not LEAST <= amount <= MOST or cents != int(cents):
        return None
    remittance = (reference.rf,) if reference.rf else ("", reference.printed)
    lines = ("BCD", "002", "1", "SCT", "", name, iban, f"EUR{amount:.2f}", "", *remittance)
    text = "\n".join(lines)
    return text if len(text.encode()) <= PAYLOAD_BYTES else None


def code(text: str) -> segno.QRCode:
    """Return the code of a payload: error level M, UTF-8, as small as it can be."""
    return segno.make_qr(text, error="m", encoding="utf-8", mode="byte", boost_error=False)


def picture(text: str) -> bytes:
    """Return the code as a PNG with the white margin of four modules that scanners need."""
    png = BytesIO()
    code(text).save(png, kind="png", scale=8, border=4, dark="#000", light="#fff")
    return png.getvalue()
