"""What differs between the countries' P1 ports: the clock, the tariffs, the pace, the checksum."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Country(StrEnum):
    """A country whose P1 port we know, by its ISO 3166 code."""

    FINLAND = "FI"
    SWEDEN = "SE"
    NETHERLANDS = "NL"
    BELGIUM = "BE"


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
        crc_required: Whether a telegram without a checksum is refused.

    """

    country: Country
    time_zone: ZoneInfo
    standard: timedelta
    interval: timedelta
    silence: timedelta
    tariffs: tuple[Tariff, ...] = ()
    crc_required: bool = True


_SLOW = timedelta(seconds=10)
_FAST = timedelta(seconds=1)
_CENTRAL_EUROPE = timedelta(hours=1)

# Zones are loaded here, at import time, because that reads files.
PROFILES: dict[Country, Profile] = {
    profile.country: profile
    for profile in (
        Profile(
            country=Country.FINLAND,
            time_zone=ZoneInfo("Europe/Helsinki"),
            standard=timedelta(hours=2),
            interval=_SLOW,
            silence=timedelta(seconds=35),
        ),
        Profile(
            country=Country.SWEDEN,
            time_zone=ZoneInfo("Europe/Stockholm"),
            standard=_CENTRAL_EUROPE,
            interval=_SLOW,
            silence=timedelta(seconds=35),
        ),
        Profile(
            country=Country.NETHERLANDS,
            time_zone=ZoneInfo("Europe/Amsterdam"),
            standard=_CENTRAL_EUROPE,
            interval=_FAST,
            silence=timedelta(seconds=15),
            tariffs=(Tariff.NIGHT, Tariff.DAY),
            crc_required=False,  # DSMR 2 and 3 have none
        ),
        Profile(
            country=Country.BELGIUM,
            time_zone=ZoneInfo("Europe/Brussels"),
            standard=_CENTRAL_EUROPE,
            interval=_FAST,
            silence=timedelta(seconds=15),
            tariffs=(Tariff.DAY, Tariff.NIGHT),
        ),
    )
}
