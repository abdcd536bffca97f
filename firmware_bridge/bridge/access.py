"""Who may use a plain port."""


def _number(address):
    """Return an IPv4 address as a number."""
    number = 0
    parts = address.split(".")
    if len(parts) != 4:
        raise ValueError(address)
    for part in parts:
        byte = int(part)
        if not 0 <= byte <= 255:
            raise ValueError(address)
        number = number << 8 | byte
    return number


def network(text):
    """Return an address or a network ("192.168.1.0/24") as a pair of number and unused bits.

    Raises:
        ValueError: It is neither.

    """
    address, _, length = text.partition("/")
    unused = 32 - int(length or 32)
    if not 0 <= unused <= 32:
        raise ValueError(text)
    return _number(address) >> unused, unused


def allowed(address, networks):
    """Tell whether an address is in one of the networks."""
    number = _number(address)
    return any(number >> unused == prefix for prefix, unused in map(network, networks))
