"""Which writes may reach a device, whoever asks: what is not allowed by a rule is not written."""

from .pdu import HOLDING, ILLEGAL_ADDRESS, ILLEGAL_VALUE, writes


class Policy:
    """The user's allow-list, and the floors of the frost guard that no write may go below.

    Attributes:
        rules: What may be written: dicts of unit, kind ("holding" or "coil"), first, last, min and
            max, as registers hold them; a negative min says that the registers are signed.
        floors: The least that a register may be set to: dicts of unit, register and min.

    """

    def __init__(self, rules, floors=()):
        """Allow what the rules say."""
        self.rules = rules
        self.floors = floors

    def check(self, unit, pdu, guard=False):
        """Return the exception code that a sound request deserves, 0 if it may be sent.

        The frost guard itself (`guard`) needs no rule, but keeps to its own floors.
        """
        for kind, address, value in writes(pdu):
            if kind == HOLDING and self._is_below_floor(unit, address, value):
                return ILLEGAL_VALUE
            if guard:
                continue
            rules = [
                rule
                for rule in self.rules
                if rule["unit"] == unit
                and rule["kind"] == kind
                and rule["first"] <= address <= rule["last"]
            ]
            if not rules:
                return ILLEGAL_ADDRESS
            if not any(rule["min"] <= _signed(value, rule["min"]) <= rule["max"] for rule in rules):
                return ILLEGAL_VALUE
        return 0

    def _is_below_floor(self, unit, address, value):
        """Tell whether a value is less than a zone may have."""
        return any(
            floor["unit"] == unit
            and floor["register"] == address
            and _signed(value, -1) < floor["min"]
            for floor in self.floors
        )


def _signed(value, least):
    """Return what a register means, which may be negative if the least allowed is."""
    return value - 0x10000 if least < 0 and value & 0x8000 else value
