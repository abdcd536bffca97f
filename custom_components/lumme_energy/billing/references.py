"""Payment references: the Finnish viitenumero, ISO 11649 (RF) and the Belgian OGM/VCS.

A reference is what tells a supplier which bill a payment is for, so one that does not check out is
no reference at all. Numbers are kept as banks transmit them: without spaces, slashes and pluses.
"""

from dataclasses import dataclass
from enum import StrEnum
import re


class ReferenceKind(StrEnum):
    """Which standard a reference keeps to."""

    VIITENUMERO = "viitenumero"
    RF = "rf"
    OGM = "ogm"


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference that has been checked; `number` is free of everything that only helps the eye."""

    kind: ReferenceKind
    number: str

    @property
    def printed(self) -> str:
        """As people read it: `123 45672`, `RF85 1234 5672` or `+++090/9337/55493+++`."""
        match self.kind:
            case ReferenceKind.VIITENUMERO:
                return grouped(self.number[::-1], 5)[::-1]
            case ReferenceKind.RF:
                return grouped(self.number, 4)
        return f"+++{self.number[:3]}/{self.number[3:7]}/{self.number[7:]}+++"

    @property
    def rf(self) -> str | None:
        """The ISO 11649 form, which a Belgian reference does not have."""
        match self.kind:
            case ReferenceKind.VIITENUMERO:
                return f"RF{98 - mod97(f'RF00{self.number}'):02}{self.number}"
            case ReferenceKind.RF:
                return self.number
        return None

    @property
    def viitenumero(self) -> str | None:
        """The Finnish number, which an RF reference may hold."""
        if self.kind is ReferenceKind.RF:
            return _viitenumero(self.number[4:])
        return self.number if self.kind is ReferenceKind.VIITENUMERO else None


def reference(text: str, country: str) -> Reference | None:
    """Return what a text says, or None when it is no valid reference of that country.

    Args:
        text: As printed or as transmitted.
        country: `FI` or `BE`: twelve digits may be a valid reference of either. Elsewhere only
            RF references are known.
    """
    compact = re.sub(r"[\s+*/]", "", text).upper()
    if compact.startswith("RF"):
        return Reference(ReferenceKind.RF, compact) if _is_rf(compact) else None
    if country == "FI" and (number := _viitenumero(compact)):
        return Reference(ReferenceKind.VIITENUMERO, number)
    if country == "BE" and _is_ogm(compact):
        return Reference(ReferenceKind.OGM, compact)
    return None


def check_digit(base: str) -> str:
    """Return the last digit of a viitenumero: weights 7, 3, 1, … from the right, modulo 10."""
    weighted = (int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(base)))
    return str(-sum(weighted) % 10)


def mod97(text: str) -> int:
    """Return the remainder of ISO 7064 MOD 97-10, which is 1 for a valid IBAN or RF reference.

    The four leading characters count last, and letters as 10 to 35.
    """
    return int("".join(str(int(each, 36)) for each in text[4:] + text[:4])) % 97


def _viitenumero(text: str) -> str | None:
    """Return a valid number without the leading zeros, which mean nothing."""
    number = text.lstrip("0")
    if re.fullmatch(r"[0-9]{4,20}", number) and number[-1] == check_digit(number[:-1]):
        return number
    return None


def _is_rf(text: str) -> bool:
    return re.fullmatch(r"RF[0-9]{2}[0-9A-Z]{1,21}", text) is not None and mod97(text) == 1


def _is_ogm(text: str) -> bool:
    """Whether the last two of 12 digits are the first ten modulo 97, a remainder of 0 being 97."""
    if not re.fullmatch(r"[0-9]{12}", text) or not (base := int(text[:10])):
        return False
    return int(text[10:]) == (base % 97 or 97)


def grouped(text: str, size: int) -> str:
    """Return a number as people read it, in groups."""
    return " ".join(text[at : at + size] for at in range(0, len(text), size))
