"""Tests of understanding when somebody comes."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.voice.languages import LANGUAGES, language
from custom_components.lumme_energy.voice.moments import moment

ZONE = ZoneInfo("Europe/Helsinki")
NOW = datetime(2026, 11, 24, 11, 30, tzinfo=ZONE)  # a Tuesday

SAID = {
    "en": {
        "friday at six": "27.11. 18:00",
        "tomorrow evening": "25.11. 18:00",
        "6 pm on saturday": "28.11. 18:00",
        "in three hours": "24.11. 14:30",
        "in an hour": "24.11. 12:30",
        "in two days": "26.11. 11:30",
        "half past seven on friday": "27.11. 19:30",
        "quarter to eight tomorrow morning": "25.11. 07:45",
        "tuesday at 10": "01.12. 10:00",
        "4 December at 6": "04.12. 18:00",
        "december 4th": "04.12. 18:00",
        "the 1st of november": "01.11. 18:00",
        "noon": "24.11. 12:00",
        "tonight": "24.11. 19:00",
        "friday morning at 7": "27.11. 07:00",
        "18:30": "24.11. 18:30",
        "10": "25.11. 10:00",
        "at 25:00": None,
        "the bakery": None,
        "31.2.": None,
        "today at nine in the morning": "24.11. 09:00",
    },
    "fi": {
        "perjantaiksi kuudeksi": "27.11. 18:00",
        "perjantaina kello 18": "27.11. 18:00",
        "huomenna": "25.11. 18:00",
        "ylihuomenna illalla": "26.11. 18:00",
        "lauantaiaamuksi": "28.11. 08:00",
        "kolmen tunnin päästä": "24.11. 14:30",
        "kahden päivän kuluttua": "26.11. 11:30",
        "perjantaina puoli seitsemäksi": "27.11. 18:30",
        "4. joulukuuta kello 18.30": "04.12. 18:30",
        "4.12. kello 17": "04.12. 17:00",
        "sunnuntaiaamuna kymmeneltä": "29.11. 10:00",
    },
    "sv": {
        "fredag klockan sex": "27.11. 18:00",
        "imorgon kväll": "25.11. 18:00",
        "om tre timmar": "24.11. 14:30",
        "halv sju på fredag": "27.11. 18:30",
        "fredag morgon klockan 7": "27.11. 07:00",
        "i övermorgon": "26.11. 18:00",
    },
    "nl": {
        "vrijdag om zes uur": "27.11. 18:00",
        "morgenavond": "25.11. 18:00",
        "vrijdagavond": "27.11. 18:00",
        "over drie uur": "24.11. 14:30",
        "half zeven": "24.11. 18:30",
        "overmorgen om 10 uur": "26.11. 10:00",
    },
    "fr": {
        "vendredi à six heures": "27.11. 18:00",
        "demain soir": "25.11. 18:00",
        "dans trois heures": "24.11. 14:30",
        "vendredi à 18h30": "27.11. 18:30",
        "six heures et demie": "24.11. 18:30",
        "samedi matin": "28.11. 08:00",
        "le 1er décembre à 18 heures": "01.12. 18:00",
    },
    "de": {
        "Freitag um sechs": "27.11. 18:00",
        "morgen Abend": "25.11. 18:00",
        "Freitagabend": "27.11. 18:00",
        "in drei Stunden": "24.11. 14:30",
        "halb sieben am Freitag": "27.11. 18:30",
        "übermorgen um 10 Uhr": "26.11. 10:00",
        "am 4. Dezember um 18 Uhr": "04.12. 18:00",
    },
}


@pytest.mark.parametrize(
    ("code", "text"), [(code, text) for code, texts in SAID.items() for text in texts]
)
def test_moment(code: str, text: str) -> None:
    """Weekdays, words, dates, parts of the day and waits are understood in every language."""
    found = moment(text, code, language(code).moments, NOW)
    assert (None if found is None else f"{found:%d.%m. %H:%M}") == SAID[code][text]


def test_date_that_is_over_is_next_years() -> None:
    """Nobody speaks of a day that has been."""
    found = moment("1 november", "en", language("en").moments, NOW)
    assert found == datetime(2027, 11, 1, 18, tzinfo=ZONE)


@given(text=st.text(), code=st.sampled_from(LANGUAGES))
def test_whatever_is_said(text: str, code: str) -> None:
    """Any text is a moment in local time, or none."""
    found = moment(text, code, language(code).moments, NOW)
    assert found is None or found.tzinfo is ZONE


@given(
    hour=st.integers(8, 23),
    minute=st.integers(0, 59),
    weekday=st.integers(0, 6),
    code=st.sampled_from(LANGUAGES),
)
def test_weekday_and_clock(hour: int, minute: int, weekday: int, code: str) -> None:
    """A weekday with a clock's time is the next one, never past and never over a week away."""
    words = language(code).moments
    found = moment(f"{words.weekdays[weekday]} {hour}:{minute:02}", code, words, NOW)
    assert found is not None
    assert (found.weekday(), found.hour, found.minute) == (weekday, hour, minute)
    assert found > NOW
    assert (found - NOW).days <= 7
