"""Tests of how amounts, days and times are said."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
import json
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

import custom_components.lumme_energy
from custom_components.lumme_energy.voice.languages import LANGUAGES
from custom_components.lumme_energy.voice.speech import Speech

NOW = datetime(2026, 11, 24, 11, 30, tzinfo=ZoneInfo("Europe/Helsinki"))
TRANSLATIONS = Path(custom_components.lumme_energy.__file__).parent / "translations"


def speaker(code: str) -> Speech:
    """Return a speaker of a language."""
    data = json.loads((TRANSLATIONS / f"{code}.json").read_text(encoding="utf-8"))
    reasons = {key: each["message"] for key, each in data["exceptions"].items()}
    return Speech(language=code, texts=data["common"], reasons=reasons, registers={}, now=NOW)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "84 euros and 20 cents"),
        ("fi", "84 euroa ja 20 senttiä"),
        ("sv", "84 euro och 20 cent"),
        ("nl", "84 euro en 20 cent"),
        ("fr", "84 euros et 20 centimes"),
        ("de", "84 Euro und 20 Cent"),
    ],
)
def test_money(code: str, said: str) -> None:
    """An amount has euros and cents; who owes whom, the sentence around it says."""
    assert speaker(code).money(Decimal("84.20")) == said
    assert speaker(code).money(Decimal("-84.20")) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "0 euros"),
        ("0.01", "1 cent"),
        ("0.55", "55 cents"),
        ("1", "1 euro"),
        ("1.01", "1 euro and 1 cent"),
        ("1234.00", "1,234 euros"),
    ],
)
def test_money_in_english(amount: str, said: str) -> None:
    """What is nothing is left out, and one is one."""
    assert speaker("en").money(Decimal(amount)) == said


def test_grouped_number_is_one() -> None:
    """Where thousands are set apart by a space, a voice would read two numbers."""
    assert speaker("fi").money(Decimal("1085.50")) == "1085 euroa ja 50 senttiä"
    assert speaker("fr").energy(Decimal(155057)) == "155057 kilowatt-heures"
    assert speaker("sv").number(Decimal("1234567.8")) == "1234567,8"


def test_every_weekday_in_finnish() -> None:
    """On a day is an ending in Finnish, also on Sunday."""
    days = [speaker("fi").moment(NOW + timedelta(days=ahead)) for ahead in range(7)]
    assert all(day.partition(" ")[0].endswith("na") for day in days)


def test_other_money() -> None:
    """Other money is called by its name."""
    assert speaker("fi").money(Decimal(12), "SEK") == "12,00 Ruotsin kruunua"


@given(
    amount=st.decimals(0, 10**7, places=2),
    code=st.sampled_from(LANGUAGES),
    gone=st.integers(0, 10**7),
)
def test_nothing_stops_a_voice(amount: Decimal, code: str, gone: int) -> None:
    """No amount has spaces that do not break, and the past is past."""
    speech = speaker(code)
    texts = (
        speech.money(amount),
        speech.energy(amount),
        speech.power(amount),
        speech.volume(amount),
        speech.cents(amount),
        speech.ago(NOW - timedelta(seconds=gone)),
    )
    assert all(text and "\xa0" not in text and "\u202f" not in text for text in texts)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", "12.5 kilowatt-hours, 350 watts, 2.4 kilowatts, -1.5 degrees, 1 degree"),
        ("fi", "12,5 kilowattituntia, 350 wattia, 2,4 kilowattia, -1,5 astetta, 1 aste"),
        ("sv", "12,5 kilowattimmar, 350 watt, 2,4 kilowatt, -1,5 grader, 1 grad"),
        ("nl", "12,5 kilowattuur, 350 watt, 2,4 kilowatt, -1,5 graden, 1 graad"),
        ("fr", "12,5 kilowatt-heures, 350 watts, 2,4 kilowatts, -1,5 degré, 1 degré"),
        ("de", "12,5 Kilowattstunden, 350 Watt, 2,4 Kilowatt, -1,5 Grad, 1 Grad"),
    ],
)
def test_quantities(code: str, said: str) -> None:
    """Quantities have units in words, and no more decimals than anybody listens to."""
    speech = speaker(code)
    found = (
        speech.energy(Decimal("12.54")),
        speech.power(Decimal("0.35")),
        speech.power(Decimal("2.44")),
        speech.temperature(-1.5),
        speech.temperature(1.0),
    )
    assert ", ".join(found).replace("−", "-") == said


def test_much_energy() -> None:
    """Of much energy nobody wants decimals."""
    assert speaker("en").energy(Decimal("1234.56")) == "1,235 kilowatt-hours"


@pytest.mark.parametrize(
    ("code", "day", "next_year", "moment"),
    [
        ("en", "3 December", "3 January 2027", "Friday 4 December at 18:00"),
        ("fi", "3. joulukuuta", "3. tammikuuta 2027", "perjantaina 4. joulukuuta kello 18.00"),
        ("sv", "3 december", "3 januari 2027", "fredag 4 december klockan 18:00"),
        ("nl", "3 december", "3 januari 2027", "vrijdag 4 december om 18:00"),
        ("fr", "3 décembre", "3 janvier 2027", "vendredi 4 décembre à 18:00"),
        ("de", "3. Dezember", "3. Januar 2027", "Freitag, 4. Dezember, um 18:00 Uhr"),
    ],
)
def test_days_and_moments(code: str, day: str, next_year: str, moment: str) -> None:
    """A day has its year only if that is another one; a moment is local."""
    speech = speaker(code)
    assert speech.day(date(2026, 12, 3)) == day
    assert speech.day(date(2027, 1, 3)) == next_year
    assert speech.moment(datetime(2026, 12, 4, 16, tzinfo=UTC)) == moment


def test_first_of_a_month_in_french() -> None:
    """In French a month's first day is the first, and the others are numbers."""
    assert speaker("fr").day(date(2026, 12, 1)) == "1er décembre"
    assert speaker("fr").day(date(2026, 12, 21)) == "21 décembre"


def test_lists_and_reasons() -> None:
    """Lists end in an and; a reason is the same text as anywhere else."""
    speech = speaker("nl")
    assert speech.listed(["a", "b", "c"]) == "a, b en c"
    assert "Luminus" in speech.reason("deposit_not_changeable", {"portal": "Luminus"})
