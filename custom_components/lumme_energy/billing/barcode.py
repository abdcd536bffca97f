"""The barcode of Finnish bills (pankkiviivakoodi): 54 digits that banks let one scan or paste.

Source: Finance Finland's bank bar code guide, versions 4 (viitenumero) and 5 (RF reference).
"""

from datetime import date
from decimal import Decimal
from typing import Final

from .references import Reference

MOST: Final = Decimal("999999.99")


def version_4(
    iban: str, amount: Decimal, reference: Reference, due: date | None = None
) -> str | None:
    """Return the digits with a viitenumero, or None where they cannot tell all of it.

    Args:
        iban: The payee's, checked. Only Finnish ones fit.
        amount: To be paid, in EUR.
        reference: Checked.
        due: Left open when None.
    """
    if (number := reference.viitenumero) is None:
        return None
    return _barcode("4", iban, amount, f"000{number:>020}", due)


def version_5(
    iban: str, amount: Decimal, reference: Reference, due: date | None = None
) -> str | None:
    """Return the digits with an RF reference that has no letters; otherwise as `version_4`."""
    if (number := reference.rf) is None or not number[4:].isdigit():
        return None
    return _barcode("5", iban, amount, f"{number[2:4]}{number[4:]:>021}", due)


def _barcode(
    version: str, iban: str, amount: Decimal, reference: str, due: date | None
) -> str | None:
    cents = amount * 100
    if not iban.startswith("FI") or not 0 < amount <= MOST or cents != int(cents):
        return None
    day = f"{due:%y%m%d}" if due else "000000"
    return f"{version}{iban[2:]}{int(cents):08}{reference}{day}"
