"""Amounts, days and times as people say them, in each language's own way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
import re
from typing import Final

from babel.core import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_day_names
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit

EURO: Final = "EUR"
# English as it is spoken in Europe: the day before the month, and the clock to 24.
LOCALES: Final = {"en": "en_GB"}
CENTS: Final = {
    "en": ("cent", "cents"),
    "fi": ("sentti", "senttiä"),
    "sv": ("cent", "cent"),
    "nl": ("cent", "cent"),
    "fr": ("centime", "centimes"),
    "de": ("Cent", "Cent"),
}
# "On Friday" is an ending in Finnish; Babel has it of all days but Sunday.
ON_A_DAY: Final = {"fi": "na"}
FIRST_OF_MONTH: Final = {"fr": ("1 ", "1er ")}
UNBROKEN: Final = re.compile("[\xa0\u202f]")
GROUPED: Final = re.compile("(?<=\\d)[\xa0\u202f](?=\\d{3})")
# From when on decimals of an amount of energy are of no interest to anybody.
WHOLE: Final = 100


@cache
def locale_of(language: str) -> Locale:
    """Return what Babel knows of one of our languages. The first time it is read from disk."""
    locale = Locale.parse(LOCALES.get(language, language))
    # Babel puts that off until something is asked for.
    assert locale.number_symbols  # noqa: S101
    return locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Speaks one of our languages.

    Attributes:
        language: Which one.
        texts: What can be said in it, by key.
        reasons: Why something cannot be, by the key of the error.
        registers: What a meter's registers are called.
        now: Local time.
    """

    language: str
    texts: Mapping[str, str]
    reasons: Mapping[str, str]
    registers: Mapping[str, str]
    now: datetime

    @property
    def locale(self) -> Locale:
        """What Babel knows of the language."""
        return locale_of(self.language)

    def say(self, key: str, **placeholders: str) -> str:
        """Return a sentence."""
        return self.texts[f"voice_{key}"].format(**placeholders)

    def reason(self, key: str, placeholders: Mapping[str, str] | None = None) -> str:
        """Return why something cannot be."""
        return self.reasons[key].format(**(placeholders or {}))

    def money(self, amount: Decimal, currency: str = EURO) -> str:
        """Return an amount without its sign: "84 euros and 20 cents"."""
        amount = abs(amount).quantize(Decimal("0.01"))
        if currency != EURO:
            return _plain(format_currency(amount, currency, locale=self.locale, format_type="name"))
        euros, cents = divmod(int(amount * 100), 100)
        said = [self._euros(euros)] if euros or not cents else []
        if cents:
            said.append(self.cents(Decimal(cents)))
        return _plain(format_list(said, locale=self.locale))

    def cents(self, amount: Decimal) -> str:
        """Return cents, with up to two decimals: "7.25 cents"."""
        one, many = CENTS[self.language]
        return f"{self.number(amount)} {one if self._is_one(amount) else many}"

    def number(self, value: Decimal | float, decimals: int = 2) -> str:
        """Return a number with so many decimals at most."""
        pattern = "#,##0." + "#" * decimals
        return _plain(format_decimal(value, pattern, locale=self.locale))

    def energy(self, kwh: Decimal) -> str:
        """Return an amount of energy: "12.5 kilowatt-hours"."""
        return self._measured(
            kwh.quantize(Decimal(1 if abs(kwh) >= WHOLE else "0.1")), "energy-kilowatt-hour"
        )

    def volume(self, cubic_metres: Decimal) -> str:
        """Return an amount of gas: "5.5 cubic metres"."""
        return self._measured(cubic_metres.quantize(Decimal("0.1")), "volume-cubic-meter")

    def power(self, kilowatts: Decimal) -> str:
        """Return a power: "350 watts", "2.4 kilowatts"."""
        if abs(kilowatts) < 1:
            return self._measured((kilowatts * 1000).quantize(Decimal(1)), "power-watt")
        return self._measured(kilowatts.quantize(Decimal("0.1")), "power-kilowatt")

    def temperature(self, celsius: float) -> str:
        """Return a temperature: "5.5 degrees"."""
        value = Decimal(str(round(celsius, 1)))
        key = "degree" if self._is_one(value) else "degrees"
        return self.say(key, number=self.number(value, 1))

    def day(self, day: date) -> str:
        """Return a day: "3 December", with its year if that is not this one."""
        if day.year == self.now.year:
            said = format_skeleton("MMMMd", day, locale=self.locale)
        else:
            said = format_date(day, "long", locale=self.locale)
        digits, first = FIRST_OF_MONTH.get(self.language, ("", ""))
        return _plain(said.replace(digits, first, 1) if digits and day.day == 1 else said)

    def moment(self, at: datetime) -> str:
        """Return a moment: "Friday 4 December at 18:00"."""
        local = at.astimezone(self.now.tzinfo)
        weekdays = get_day_names("wide", "stand-alone", self.locale)
        return self.say(
            "moment",
            weekday=weekdays[local.weekday()] + ON_A_DAY.get(self.language, ""),
            day=self.day(local.date()),
            time=_plain(format_time(local.time(), "short", locale=self.locale)),
        )

    def ago(self, at: datetime) -> str:
        """Return how long ago something was: "3 hours ago"."""
        past = min(at - self.now, timedelta(seconds=-1))
        return _plain(format_timedelta(past, add_direction=True, locale=self.locale))

    def listed(self, items: Iterable[str]) -> str:
        """Return a list: "a, b and c"."""
        return _plain(format_list(list(items), locale=self.locale))

    def _euros(self, euros: int) -> str:
        return format_currency(
            euros,
            EURO,
            format="#,##0",
            locale=self.locale,
            currency_digits=False,
            format_type="name",
        )

    def _is_one(self, value: Decimal) -> bool:
        """Whether a number takes the singular, which in French more than one does."""
        return self.locale.plural_form(_trimmed(abs(value))) == "one"

    def _measured(self, value: Decimal, unit: str) -> str:
        return _plain(format_unit(_trimmed(value), unit, locale=self.locale))


def _trimmed(value: Decimal) -> Decimal:
    """Return a number without zeros at its end, and without an exponent in their place."""
    return value.normalize() + 0


def _plain(text: str) -> str:
    """Return a text without the spaces that do not break, over which a voice stumbles.

    Those within a number go: "1 085" would be read as two.
    """
    return UNBROKEN.sub(" ", GROUPED.sub("", text))
