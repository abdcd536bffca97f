"""What a 1 in a register means, as people write it: "0.1 V", "Wh", "0.5"."""

from decimal import Decimal, InvalidOperation


def amount(text: str) -> tuple[Decimal, str]:
    """Return the number and the unit that a text names: 1 where it names no number, "" no unit.

    Raises:
        ValueError: The number is none to multiply with.

    """
    number, _, unit = text.strip().rpartition(" ")
    if not number and unit[:1] in {*"0123456789.-+"}:
        number, unit = unit, ""
    try:
        scale = Decimal(number or 1)
    except InvalidOperation as err:
        raise ValueError("not a number") from err
    if not scale.is_finite() or not scale:
        raise ValueError("not a scale")
    return scale, unit
