"""Understands when somebody comes: "Friday at six", "perjantaiksi kuudeksi", "in three hours".

What is understood is said back before anything is done, so a guess may be a guess: between one and
seven o'clock people mean the afternoon, unless they say otherwise.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
import re
from typing import Final

from babel.dates import get_month_names

from .languages import MomentWords

WORD: Final = re.compile(r"\d{1,2}(?:[.:h]\d{2})?|[^\W\d_][\w.'’-]*")
CLOCK: Final = re.compile(r"(\d{1,2})(?:[.:h](\d{2}))?")
# A day and a month in figures end in a dot or have a slash; `18.30` is a time.
FIGURES: Final = re.compile(r"\b(\d{1,2})(?:/(\d{1,2})\b|\.\s?(\d{1,2})\.(?!\d))")
DAY_OF_MONTH: Final = r"(\d{1,2})(?:\.|st|nd|rd|th|er|e|:e)?"
USUAL_HOUR: Final = 18
LAST_AFTERNOON_HOUR: Final = 7


def moment(text: str, language: str, words: MomentWords, now: datetime) -> datetime | None:
    """Return the next moment that a text may mean; None if it names none.

    Args:
        text: What was said.
        language: In which of our languages.
        words: That language's.
        now: Local time, aware of its zone.
    """
    said = text.casefold().strip()
    tokens = WORD.findall(said)
    if (waited := _waited(tokens, words)) is not None:
        return (now + waited).replace(second=0, microsecond=0)
    dated, said = _date(said, language, now)
    ahead = _days_ahead(said, tokens, words, now)
    time = _time(said, words)
    if dated is None and ahead is None and time is None:
        return None
    minutes = USUAL_HOUR * 60 if time is None else time
    day = dated or now + timedelta(days=ahead or 0)
    found = day.replace(hour=minutes // 60 % 24, minute=minutes % 60, second=0, microsecond=0)
    if found > now or dated is not None:
        return found
    if ahead is None:
        return found + timedelta(days=1)
    is_weekday = any(token.startswith(words.weekdays) for token in tokens)
    return found + timedelta(days=7) if is_weekday else found


def _waited(tokens: list[str], words: MomentWords) -> timedelta | None:
    """Return for how long to wait, if that is how it was said."""
    if not set(tokens) & set(words.after):
        return None
    number = _number(tokens, words.numbers, least=1)
    if number is None:
        return None
    if any(token.startswith(words.hours) for token in tokens):
        return timedelta(hours=number)
    if any(token.startswith(words.after_days) for token in tokens):
        return timedelta(days=number)
    return None


def _number(tokens: Iterable[str], numbers: Mapping[str, int], *, least: int) -> int | None:
    """Return the first number of at least so much, in figures or words."""
    found = (int(each) if each.isdecimal() else numbers.get(each) for each in tokens)
    return next((each for each in found if each is not None and each >= least), None)


def _date(said: str, language: str, now: datetime) -> tuple[datetime | None, str]:
    """Return the date that is named, and the text without it."""
    if (figures := FIGURES.search(said)) is not None:
        day, month = int(figures[1]), int(figures[2] or figures[3])
        return _next_date(day, month, now), said.replace(figures[0], " ")
    for month, name in get_month_names("wide", "stand-alone", language).items():
        named = rf"{re.escape(name.casefold())}\w*"
        for pattern in (rf"{DAY_OF_MONTH}\s+(?:of\s+)?{named}", rf"{named}\s+{DAY_OF_MONTH}\b"):
            if (found := re.search(rf"\b{pattern}", said)) is not None:
                return _next_date(int(found[1]), month, now), said.replace(found[0], " ")
    return None, said


def _next_date(day: int, month: int, now: datetime) -> datetime | None:
    """Return the next day of that date; None where no year has it soon."""
    for year in (now.year, now.year + 1):
        try:
            found = now.replace(year=year, month=month, day=day)
        except ValueError:
            continue
        if found.date() >= now.date():
            return found
    return None


def _days_ahead(said: str, tokens: list[str], words: MomentWords, now: datetime) -> int | None:
    """Return how many days ahead a weekday or a word such as "tomorrow" is."""
    for token in tokens:
        for number, weekday in enumerate(words.weekdays):
            if token.startswith(weekday):
                return (number - now.weekday()) % 7
    named = [word for word in words.days if re.search(rf"\b{re.escape(word)}", said)]
    return words.days[max(named, key=len)] if named else None


def _time(said: str, words: MomentWords) -> int | None:
    """Return the time of day in minutes; a part of the day alone has its usual hour."""
    is_am, is_pm = (_has(said, each) for each in (words.am, words.pm))
    parts = [word for word in words.parts if word in said]
    offset = 0
    for phrase in sorted(words.minutes, key=len, reverse=True):
        if phrase in said:
            offset, said = words.minutes[phrase], said.replace(phrase, " ")
            break
    clock = _clock(said, words.numbers)
    if clock is None:
        return words.parts[max(parts, key=len)] * 60 + offset if parts else None
    hour, minute = clock
    if hour > 23 or minute > 59:
        return None
    is_afternoon = is_pm or (not is_am and 1 <= hour <= LAST_AFTERNOON_HOUR)
    if is_afternoon and hour < 12:
        hour += 12
    return hour * 60 + minute + offset


def _has(said: str, words: Iterable[str]) -> bool:
    """Whether one of some words is there; short ones, such as "am", stand alone."""
    return any(
        re.search(rf"\b{re.escape(word)}\b" if len(word) < 4 else re.escape(word), said)
        for word in words
    )


def _clock(said: str, numbers: Mapping[str, int]) -> tuple[int, int] | None:
    """Return hour and minute. "One" is an article in most languages, so any other number goes first."""
    if (figures := CLOCK.search(said)) is not None:
        return int(figures[1]), int(figures[2] or 0)
    tokens = WORD.findall(said)
    hour = _number(tokens, numbers, least=2) or _number(tokens, numbers, least=1)
    return None if hour is None else (hour, 0)
