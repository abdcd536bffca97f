"""Amounts and days as people write them, for finished sentences in one of our languages."""

from datetime import date
from decimal import Decimal


def written_money(amount: Decimal, currency: str, language: str) -> str:
    """Return an amount with cents and its currency: `€9.50`, `€ 9,50` or `9,50 €`."""
    sign = "€" if currency == "EUR" else currency
    if language.startswith("en"):
        return f"{sign}{amount:.2f}" if sign == "€" else f"{amount:.2f} {sign}"
    text = f"{amount:.2f}".replace(".", ",")
    return f"{sign} {text}" if language == "nl" else f"{text} {sign}"


def written_day(day: date, language: str) -> str:
    """Return a day, in English as its standard form that nobody reads the wrong way round."""
    if language in {"fi", "sv", "de"}:
        return f"{day.day}.{day.month}.{day.year}"
    return f"{day:%d/%m/%Y}" if language in {"fr", "nl"} else day.isoformat()
