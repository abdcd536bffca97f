"""What differs between the countries' P1 ports: the clock, the tariffs, the pace, the checksum."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Country(StrEnum):
    """A country whose P1 port we know, by its ISO 3166 code.

    There is none for the meters "Iskra IE": they are a model, met in Belgium.
    """

    FINLAND = "FI"
    SWEDEN = "SE"
    NETHERLANDS = "NL"
    BELGIUM = "BE"
    LUXEMBOURG = "LU"
    AUSTRIA = "AT"
    DENMARK = "DK"
    HUNGARY = "HU"
    SWITZERLAND = "CH"
    LITHUANIA = "LT"


class Tariff(StrEnum):
    """When a tariff register counts."""

    DAY = "day"
    NIGHT = "night"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A country's P1 port.

    Attributes:
        time_zone: The wall clock of stamps that carry no season flag.
        standard: UTC offset of the winter half of the year.
        interval: How often a meter sends.
        silence: After this long without a telegram the meter counts as gone.
        tariffs: What the registers numbered 1, 2, … count; empty where there is no one rule.
        unchecked: How the idents begin of meters that may leave out the checksum, in lower case.
        x25: Whether some meters count the checksum as CRC-16/X-25.
        encrypted: Whether meters encrypt what they send.
        objects: How the codes of the meter's own objects may begin, where 1-0 is usual.
        ignored: Codes that mean something else here than where the others took them from.
        confirmed: Whether a published specification or telegrams with a valid checksum say all
            this; else it is what owners report, and the clock is the neighbours'.

    """

    country: Country
    time_zone: ZoneInfo
    standard: timedelta
    interval: timedelta
    silence: timedelta
    tariffs: tuple[Tariff, ...] = ()
    unchecked: tuple[str, ...] = ()
    x25: bool = False
    encrypted: bool = False
    objects: tuple[str, ...] = ("1-0:",)
    ignored: frozenset[str] = frozenset()
    confirmed: bool = True


_SLOW = timedelta(seconds=10)
_FAST = timedelta(seconds=1)
_SLOW_SILENCE = timedelta(seconds=35)
_FAST_SILENCE = timedelta(seconds=15)
_CENTRAL_EUROPE = timedelta(hours=1)
_EASTERN_EUROPE = timedelta(hours=2)

# Zones are loaded here, at import time, because that reads files.
PROFILES: dict[Country, Profile] = {
    profile.country: profile
    for profile in (
        Profile(
            country=Country.FINLAND,
            time_zone=ZoneInfo("Europe/Helsinki"),
            standard=_EASTERN_EUROPE,
            interval=_SLOW,
            silence=_SLOW_SILENCE,
        ),
        Profile(
            country=Country.SWEDEN,
            time_zone=ZoneInfo("Europe/Stockholm"),
            standard=_CENTRAL_EUROPE,
            interval=_SLOW,
            silence=_SLOW_SILENCE,
        ),
        Profile(
            country=Country.NETHERLANDS,
            time_zone=ZoneInfo("Europe/Amsterdam"),
            standard=_CENTRAL_EUROPE,
            interval=_FAST,
            silence=_FAST_SILENCE,
            tariffs=(Tariff.NIGHT, Tariff.DAY),
            unchecked=("",),  # DSMR 2 and 3 have none
        ),
        Profile(
            country=Country.BELGIUM,
            time_zone=ZoneInfo("Europe/Brussels"),
            standard=_CENTRAL_EUROPE,
            interval=_FAST,
            silence=_FAST_SILENCE,
            tariffs=(Tariff.DAY, Tariff.NIGHT),
            unchecked=("isk5\\2mie", "isk9\\2mie"),
        ),
        Profile(
            country=Country.LUXEMBOURG,
            time_zone=ZoneInfo("Europe/Luxembourg"),
            standard=_CENTRAL_EUROPE,
            interval=_SLOW,
            silence=_SLOW_SILENCE,
            encrypted=True,
        ),
        Profile(
            country=Country.AUSTRIA,
            time_zone=ZoneInfo("Europe/Vienna"),
            standard=_CENTRAL_EUROPE,
            interval=_SLOW,
            silence=_SLOW_SILENCE,
            encrypted=True,
            confirmed=False,
        ),
        Profile(
            country=Country.DENMARK,
            time_zone=ZoneInfo("Europe/Copenhagen"),
            standard=_CENTRAL_EUROPE,
            interval=_SLOW,
            silence=_SLOW_SILENCE,
            confirmed=False,
        ),
        Profile(
            country=Country.HUNGARY,
            time_zone=ZoneInfo("Europe/Budapest"),
            standard=_CENTRAL_EUROPE,
            interval=_SLOW,
            silence=_SLOW_SILENCE,
            tariffs=(Tariff.DAY, Tariff.NIGHT),
            x25=True,
            confirmed=False,
        ),
        Profile(
            country=Country.SWITZERLAND,
            time_zone=ZoneInfo("Europe/Zurich"),
            standard=_CENTRAL_EUROPE,
            interval=_SLOW,
            silence=_SLOW_SILENCE,
            objects=("1-0:", "1-1:", "1-3:", "1-5:"),
            confirmed=False,
        ),
        Profile(
            country=Country.LITHUANIA,
            time_zone=ZoneInfo("Europe/Vilnius"),
            standard=_EASTERN_EUROPE,
            interval=_SLOW,
            silence=_SLOW_SILENCE,
            # Average currents, not fuses.
            ignored=frozenset({"1-0:31.4.0", "1-0:51.4.0", "1-0:71.4.0"}),
            confirmed=False,
        ),
    )
}
