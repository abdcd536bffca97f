"""What may be set, and where it is kept. The defaults, and what each means, are in defaults.py."""

from .access import network
from .defaults import DEFAULTS
from .pdu import COIL, HOLDING
from .schema import Invalid, flag, one_of, several, table, text, whole

FILE = "config.json"
# Told to nobody, and kept when it is not told anew.
SECRETS = (("wifi", "password"),)

_PORT = whole(1, 65535)
_LINE = {
    "on": flag,
    "baud": one_of(1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200),
    "parity": one_of(None, 0, 1),
    "stop": one_of(1, 2),
}


def _network(value, field):
    text(18, 7)(value, field)
    try:
        network(value)
    except ValueError:
        raise Invalid(field, "not_an_address") from None
    return value


_NETWORKS = several(_network, 8)


def _rule(entry, inside):
    if entry["first"] > entry["last"]:
        raise Invalid(inside + "last", "below_first")
    if entry["min"] > entry["max"]:
        raise Invalid(inside + "max", "below_min")


_FIELDS = table(
    {
        "api": table({"port": _PORT}),
        "wifi": table({"ssid": text(32), "password": text(63)}),
        "p1": table(dict(_LINE, crc=flag)),
        "p1_port": table({"port": _PORT, "clients": _NETWORKS}),
        "bus": table(
            dict(
                _LINE,
                timeout=whole(50, 10_000),
                pause=whole(0, 1000),
                retries=whole(0, 5),
                units=several(whole(1, 247), 32),
                default_unit=whole(0, 247),
            )
        ),
        "modbus_port": table({"port": _PORT, "clients": _NETWORKS, "writers": _NETWORKS}),
        "modbus_tls": table({"port": _PORT}),
        "writes": several(
            table(
                {
                    "unit": whole(1, 247),
                    "kind": one_of(HOLDING, COIL),
                    "first": whole(0, 65535),
                    "last": whole(0, 65535),
                    "min": whole(-32768, 65535),
                    "max": whole(-32768, 65535),
                },
                needed=("unit", "kind", "first", "last", "min", "max"),
                rule=_rule,
            ),
            32,
        ),
    }
)


def changed(config, change):
    """Return the configuration with some of its fields replaced. Raises Invalid.

    A list is replaced as a whole.
    """
    change = _FIELDS(change, "")
    result = {
        section: dict(value, **change.get(section, {}))
        if type(value) is dict
        else change.get(section, value)
        for section, value in config.items()
    }
    ports = set()
    for section in sorted(result):
        port = "port" in result[section] and result[section]["port"]
        if port in ports:
            raise Invalid(section + ".port", "used_twice")
        if port:
            ports.add(port)
    return result


def load(store):
    """Return the configuration: what was set, and defaults for the rest.

    A file that this firmware does not understand is as good as none: a bridge that does not start
    cannot be set up anew.
    """
    try:
        return changed(DEFAULTS, store.read(FILE) or {})
    except Invalid:
        return changed(DEFAULTS, {})


def save(store, config):
    """Keep a configuration."""
    store.write(FILE, config)


def shown(config):
    """Return a configuration without its secrets."""
    result = changed(config, {})
    for section, key in SECRETS:
        del result[section][key]
    return result
