"""Valid numbers of every kind, and ways to get one digit wrong."""

from collections.abc import Iterator
from decimal import Decimal
import string

from hypothesis import strategies as st

from custom_components.lumme_energy.billing.references import check_digit, mod97

DIGITS = string.digits
ALPHABET = string.digits + string.ascii_uppercase


def rf_of(body: str) -> str:
    """Return the RF reference of a body."""
    return f"RF{98 - mod97(f'RF00{body}'):02}{body}"


def iban_of(country: str, national: str) -> str:
    """Return the IBAN of a national number."""
    return f"{country}{98 - mod97(f'{country}00{national}'):02}{national}"


def belgian(base: str) -> str:
    """Return ten digits and their two check digits."""
    return f"{base}{int(base) % 97 or 97:02}"


viitenumeros = (
    st.text(DIGITS, min_size=3, max_size=19)
    .filter(lambda base: base[0] != "0")
    .map(lambda base: base + check_digit(base))
)
rfs = st.text(ALPHABET, min_size=1, max_size=21).map(rf_of)
ogms = st.integers(1, 9_999_999_999).map(lambda base: belgian(f"{base:010}"))
finnish_ibans = st.text(DIGITS, min_size=14, max_size=14).map(lambda text: iban_of("FI", text))
belgian_ibans = st.text(DIGITS, min_size=10, max_size=10).map(
    lambda base: iban_of("BE", belgian(base))
)
amounts = st.decimals(Decimal("0.01"), Decimal("999999.99"), places=2)


def slips(number: str, start: int = 0) -> Iterator[str]:
    """Yield every number that differs in one digit from a place on."""
    for place in range(start, len(number)):
        for digit in DIGITS:
            if number[place] in DIGITS and number[place] != digit:
                yield f"{number[:place]}{digit}{number[place + 1 :]}"
