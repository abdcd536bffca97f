"""The table of what is kept from freezing: heating zones on the bus, and relays of our own.

Temperatures are whole thousandths of a degree (m°C), as the probes give them: a device's numbers
have single precision. The table has a file of its own, which a factory reset leaves alone.
"""

from .schema import Invalid, mapping, one_of, several, table, text, whole

FILE = "failsafe.json"
MOST = 8

_NAME = text(24, 1, "abcdefghijklmnopqrstuvwxyz0123456789_-")
_REGISTER = whole(0, 65535)
_CELSIUS = whole(2000, 35000)
_COMMON = {
    "floor": _CELSIUS,
    "fallback": _CELSIUS,
    "highest": _CELSIUS,
    "ttl": whole(60, 6 * 3600),
}
_DEFAULTS = {"highest": 30000, "ttl": 900}


def _in_order(entry, inside):
    """Have the fallback lie between the floor and the highest."""
    for key, value in _DEFAULTS.items():
        entry.setdefault(key, value)
    if not entry["floor"] <= entry["fallback"]:
        raise Invalid(inside + "fallback", "below_floor")
    if not entry["fallback"] <= entry["highest"]:
        raise Invalid(inside + "highest", "below_fallback")


def _zone(entry, inside):
    _in_order(entry, inside)
    entry.setdefault("write", 6)
    entry.setdefault("read", 3)
    entry.setdefault("read_register", entry["register"])
    entry.setdefault("before", [])
    if entry["highest"] * entry["scale"] // 1000 > 32767:
        raise Invalid(inside + "scale", "out_of_range")


def _relay(entry, inside):
    _in_order(entry, inside)
    entry.setdefault("hysteresis", 500)
    entry.setdefault("duty", 50)


# scale: what the register counts for one degree. before: registers (and values) that must hold
# those values for the setpoint to count, such as "on" and "heat". write: the function code.
ZONE = table(
    dict(
        _COMMON,
        unit=whole(1, 247),
        register=_REGISTER,
        scale=whole(1, 1000),
        write=one_of(6, 16),
        read=one_of(3, 4),
        read_register=_REGISTER,
        before=several(several(_REGISTER, 2, exactly=2), 4),
    ),
    needed=("unit", "register", "scale", "floor", "fallback"),
    rule=_zone,
)

# duty: percent of the time that it heats in winter when its probe does not answer.
RELAY = table(
    dict(
        _COMMON,
        relay=whole(0, 15),
        probe=text(16, 16, "0123456789abcdef"),
        hysteresis=whole(100, 3000),
        duty=whole(0, 100),
    ),
    needed=("relay", "probe", "floor", "fallback"),
    rule=_relay,
)


def _distinct(entry, inside):
    """Have each name, register and relay once only: two tables for one output cannot both hold."""
    entry.setdefault("zones", {})
    entry.setdefault("relays", {})
    for name in entry["relays"]:
        if name in entry["zones"]:
            raise Invalid(inside + "relays." + name, "used_twice")
    used = []
    for kind, keys in (("zones", ("unit", "register")), ("relays", ("relay",))):
        for name, output in entry[kind].items():
            _NAME(name, inside + kind)
            place = kind, [output[key] for key in keys]
            if place in used:
                raise Invalid("%s%s.%s.%s" % (inside, kind, name, keys[-1]), "used_twice")
            used.append(place)


TABLE = table(
    {"zones": mapping(ZONE, MOST), "relays": mapping(RELAY, MOST)},
    rule=_distinct,
)


def raw(zone, celsius):
    """Return what a zone's register holds for a temperature, rounded up: never below a floor."""
    return -(-celsius * zone["scale"] // 1000)


def floors(zones):
    """Return what the policy must refuse: setpoints below the floor."""
    return [
        {"unit": zone["unit"], "register": zone["register"], "min": raw(zone, zone["floor"])}
        for zone in zones.values()
    ]


def allowed(zones):
    """Return what the policy may let through: setpoints from the floor to the highest."""
    return [
        {
            "unit": zone["unit"],
            "kind": "holding",
            "first": zone["register"],
            "last": zone["register"],
            "min": raw(zone, zone["floor"]),
            "max": zone["highest"] * zone["scale"] // 1000,
        }
        for zone in zones.values()
    ]
