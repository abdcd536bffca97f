"""Checks what comes from outside, and says which field is wrong and why.

A check is a function of a value and the name of its field; it returns the value or raises Invalid.
"""


class Invalid(Exception):
    """A field does not hold what it should."""

    def __init__(self, field, reason):
        """Name the field, as "zones[1].floor", and the reason, as a word for programs."""
        super().__init__(field, reason)
        self.field = field
        self.reason = reason


def whole(low, high):
    """Take a whole number in that range."""

    def check(value, field):
        if type(value) is not int:  # a bool is an int, too
            raise Invalid(field, "not_a_whole_number")
        if not low <= value <= high:
            raise Invalid(field, "out_of_range")
        return value

    return check


def flag(value, field):
    """Take true or false."""
    if value is not True and value is not False:
        raise Invalid(field, "not_true_or_false")
    return value


def text(longest, shortest=0, letters=None):
    """Take a text so long; of these letters only, if any are named."""

    def check(value, field):
        if type(value) is not str:
            raise Invalid(field, "not_a_text")
        if not shortest <= len(value) <= longest:
            raise Invalid(field, "wrong_length")
        if not all(c in letters if letters else _is_printable(c) for c in value):
            raise Invalid(field, "unknown_letter")
        return value

    return check


def _is_printable(letter):
    # Half a pair of surrogates is a letter to MicroPython, but to nobody who reads our answers.
    return letter >= " " and letter != "\x7f" and not "\ud800" <= letter <= "\udfff"


def one_of(*choices):
    """Take one of these."""

    def check(value, field):
        for choice in choices:
            if value == choice and type(value) is type(choice):  # True and 1.0 are not 1
                return choice
        raise Invalid(field, "unknown_choice")

    return check


def several(item, most, exactly=None):
    """Take a list of such items."""

    def check(value, field):
        if type(value) is not list:
            raise Invalid(field, "not_a_list")
        if len(value) > most or (exactly is not None and len(value) != exactly):
            raise Invalid(field, "wrong_number_of_items")
        return [item(entry, "%s[%d]" % (field, i)) for i, entry in enumerate(value)]

    return check


def table(fields, needed=(), rule=None):
    """Take an object with these fields and no others; `rule` then looks at it as a whole."""

    def check(value, field):
        if type(value) is not dict:
            raise Invalid(field, "not_an_object")
        inside = field + "." if field else ""
        for key in value:
            if key not in fields:
                raise Invalid(inside + str(key)[:32], "unknown_field")
        for key in needed:
            if key not in value:
                raise Invalid(inside + key, "missing")
        # In the order of the check, not the sender's: the first error is always the same one.
        taken = {key: fields[key](value[key], inside + key) for key in fields if key in value}
        if rule:
            rule(taken, inside)
        return taken

    return check


def mapping(entry, most):
    """Take an object of any names, each with such an entry."""

    def check(value, field):
        if type(value) is not dict:
            raise Invalid(field, "not_an_object")
        if len(value) > most:
            raise Invalid(field, "wrong_number_of_items")
        return {key: entry(value[key], "%s.%s" % (field, key[:32])) for key in value}

    return check
