"""A Finnish log-in with a flat in town and a cottage by a lake. Everything here is invented.

The flat pays the spot price, the cottage a fixed one; both get a bill each month. All bills are
paid but the newest, which is due in about ten days. It is also wrong: the flat's meter could not be
read, and the supplier has guessed an index that the meter has not reached.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, partial
import math
from random import Random
from zlib import crc32
from zoneinfo import ZoneInfo

from custom_components.lumme_energy.portal.model import (
    Account,
    Address,
    Balance,
    Benefit,
    ConsumptionSlot,
    Contract,
    Delivery,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
    LineKind,
    Payee,
    Payment,
    PriceComponent,
    PriceKind,
    PriceOffer,
    Resolution,
    Settings,
    Statement,
    SupplyPoint,
)

from . import Customer, Household

HELSINKI = ZoneInfo("Europe/Helsinki")
USERNAME = "aino@example.com"
PASSWORD = "kuutamo-kaisla-7"
CUSTOMER = "1004711"
FLAT = "643000000000000016"
COTTAGE = "643000000000000023"
VAT = Decimal("25.5")
CENT = Decimal("0.01")
TERM = timedelta(days=14)
HISTORY = timedelta(days=3 * 366)
NEW_METER = date(2023, 1, 1)
PAYEE = Payee(name="Lumme Energia DEMO, älä maksa", iban="FI2112345600000785")
# How much the supplier's guess is too high.
GUESS = Decimal("1.12")
QUARTER_HOUR = timedelta(minutes=15)

# Wh in a quarter of an hour by local hour, before season and chance.
FLAT_PROFILE = (40,) * 6 + (90, 120, 80) + (55,) * 7 + (90, 150, 160, 140, 130, 110, 80, 50)
COTTAGE_PROFILE = (30,) * 24
SAUNA = 1_500
# EUR/kWh including VAT, in 1/10 000.
FIXED_PRICE = 895
OLD_FIXED_PRICE = 1_140
MARGIN = 49
MONTHLY_FEE = {FLAT: Decimal("4.90"), COTTAGE: Decimal("3.90")}
# How many days late the grid operator's values are: a day and a half, and two and a half.
LAG = {FLAT: 1, COTTAGE: 2}


@lru_cache(maxsize=4)
def household(today: date) -> Household:
    """Return the log-in as it stands on a Finnish day."""
    contracts = _contracts(today)
    bills = [*_bills(FLAT, today - timedelta(days=4)), *_bills(COTTAGE, today - timedelta(days=19))]
    bills.sort(key=lambda bill: bill.issued, reverse=True)
    invoices = (
        replace(bills[0], status=InvoiceStatus.OPEN, open_amount=bills[0].amount),
        *bills[1:],
    )
    payments = tuple(
        Payment(
            booked=bill.due,
            amount=bill.amount,
            payment_id=f"M{bill.number}",
            invoice_number=bill.number,
        )
        for bill in invoices
        if bill.status is InvoiceStatus.PAID and bill.due
    )
    return Household(
        username=USERNAME,
        password=PASSWORD,
        customers=(
            Customer(
                account=Account(account_id=CUSTOMER),
                supply_points=SUPPLY_POINTS,
                contracts=contracts,
                statement=Statement(
                    balance=Balance(amount=invoices[0].amount, overdue=Decimal("0.00")),
                    invoices=invoices,
                    payments=payments,
                ),
                benefits=_benefits(today),
                settings=Settings(delivery=Delivery.EMAIL),
                consumption=partial(_consumption, today),
            ),
        ),
        offers=_offers(today),
    )


SUPPLY_POINTS = (
    SupplyPoint(
        gsrn=FLAT,
        address=Address(
            street="Satamalahdenkuja",
            house_number="12 B 7",
            postal_code="50100",
            city="Mikkeli",
            country="FI",
        ),
    ),
    SupplyPoint(
        gsrn=COTTAGE,
        address=Address(
            street="Kuikkarannantie",
            house_number="140",
            postal_code="52700",
            city="Mäntyharju",
            country="FI",
        ),
    ),
)


def reference(base: str) -> str:
    """Return a Finnish payment reference (viitenumero): the base and its check digit."""
    weighted = (int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(base)))
    return f"{base}{-sum(weighted) % 10}"


def months_before(day: date, months: int) -> date:
    """Return the same day of an earlier month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first = date(year, month + 1, 1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def _contracts(today: date) -> tuple[Contract, ...]:
    """Return the flat's spot contract, and the cottage's fixed one after an earlier one."""
    renewed = months_before(today, 19).replace(day=1)
    expires = months_before(today, -6).replace(day=1) - timedelta(days=1)
    first = months_before(today, 43).replace(day=1)
    return (
        Contract(
            gsrn=FLAT,
            contract_id="S-200417",
            product="Lumme Spot",
            price_kind=PriceKind.SPOT,
            start=first,
            prices=(_price("margin", MARGIN), _fee(FLAT)),
        ),
        Contract(
            gsrn=COTTAGE,
            contract_id="S-200418",
            product="Vuosisähkö 24 kk",
            price_kind=PriceKind.FIXED,
            start=first,
            end=renewed - timedelta(days=1),
            prices=(_price("single", OLD_FIXED_PRICE), _fee(COTTAGE)),
        ),
        Contract(
            gsrn=COTTAGE,
            contract_id="S-231902",
            product="Vuosisähkö 24 kk",
            price_kind=PriceKind.FIXED,
            start=renewed,
            end=expires,
            prices=(_price("single", FIXED_PRICE), _fee(COTTAGE)),
        ),
    )


def _price(register: str, amount: int) -> PriceComponent:
    return PriceComponent(register=register, amount=Decimal(amount).scaleb(-4), unit="EUR/kWh")


def _fee(gsrn: str) -> PriceComponent:
    return PriceComponent(register="fixed", amount=MONTHLY_FEE[gsrn], unit="EUR/month")


def _bills(gsrn: str, newest: date) -> Iterator[Invoice]:
    """Yield three years of monthly bills, newest first, each for the month before it."""
    for month in range(36):
        issued = months_before(newest, month)
        end = issued.replace(day=1) - timedelta(days=1)
        start = end.replace(day=1)
        lines = _lines(gsrn, start, end, estimated=gsrn == FLAT and month == 0)
        number = f"{start:%y%m}{gsrn[-2:]}81"
        yield Invoice(
            number=number,
            kind=InvoiceKind.CONSUMPTION,
            issued=issued,
            amount=sum((line.amount for line in lines), Decimal("0.00")),
            due=issued + TERM,
            open_amount=Decimal("0.00"),
            status=InvoiceStatus.PAID,
            gsrns=(gsrn,),
            period_start=start,
            period_end=end,
            payment_reference=reference(f"{CUSTOMER}{number}"),
            document_id=f"D{number}",
            payee=PAYEE,
            lines=lines,
        )


def _lines(gsrn: str, start: date, end: date, *, estimated: bool) -> tuple[InvoiceLine, ...]:
    """Return what a month costs: the energy, and the monthly fee."""
    watt_hours, cost = (Decimal(sum_) for sum_ in _month(gsrn, start))
    first = Decimal(_index(gsrn, start))
    guess = (watt_hours * (GUESS if estimated else 1)).to_integral_value()
    line = partial(InvoiceLine, gsrn=gsrn, start=start, end=end, vat_percent=VAT)
    return (
        line(
            kind=LineKind.ENERGY,
            amount=(cost * guess / watt_hours).scaleb(-7).quantize(CENT, ROUND_HALF_UP),
            text="Energia",
            register="single",
            energy=guess.scaleb(-3),
            meter_start=first.scaleb(-3),
            meter_end=(first + guess).scaleb(-3),
            estimated=estimated,
        ),
        line(kind=LineKind.FIXED_FEE, amount=MONTHLY_FEE[gsrn], text="Perusmaksu"),
    )


@lru_cache(maxsize=512)
def _month(gsrn: str, first: date) -> tuple[int, int]:
    """Return what a month takes: energy in Wh, and cost in 1/10 000 000 EUR."""
    days = range((months_before(first, -1) - first).days)
    energy, cost = zip(*(_day(gsrn, first + timedelta(days=day)) for day in days), strict=True)
    return sum(map(sum, energy)), sum(map(sum, cost))


@lru_cache(maxsize=512)
def _index(gsrn: str, first: date) -> int:
    """Return what the meter shows when a month begins, in Wh."""
    if first <= NEW_METER:
        return 0
    before = months_before(first, 1)
    return _index(gsrn, before) + _month(gsrn, before)[0]


def _benefits(today: date) -> tuple[Benefit, ...]:
    year_end = date(today.year, 12, 31)
    return (
        Benefit(benefit_id="LT-1", title="Saunatuoksu kaupan päälle", valid_until=year_end),
        Benefit(
            benefit_id="LT-2", title="Elokuvalippu kahdelle", valid_until=year_end, redeemed=True
        ),
        Benefit(benefit_id="LT-3", title="Järvimatkailun jäsenalennus"),
    )


def _offers(today: date) -> tuple[PriceOffer, ...]:
    """Return a price for each of the eight quarters after the current one."""
    offers = []
    for ahead in range(1, 9):
        year, quarter = divmod(today.year * 4 + (today.month - 1) // 3 + ahead, 4)
        start = date(year, 3 * quarter + 1, 1)
        hundredths = (780, 395, 310, 655)[quarter] + crc32(f"{today}{ahead}".encode()) % 40
        offers.append(
            PriceOffer(
                year=year,
                quarter=quarter + 1,
                start=start,
                end=months_before(start, -3) - timedelta(days=1),
                price=Decimal(hundredths).scaleb(-4) * (1 + VAT / 100),
                vat_percent=VAT,
                quoted=today,
            )
        )
    return tuple(offers)


def midnight(day: date) -> datetime:
    """Return the instant at which a Finnish day begins."""
    return datetime.combine(day, time(), HELSINKI).astimezone(UTC)


@lru_cache(maxsize=4096)
def _day(gsrn: str, day: date) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return a day's quarters of an hour: energy in Wh, and cost in 1/10 000 000 EUR.

    A day on which the clock changes has 92 or 100 of them.
    """
    chance = Random(crc32(f"{gsrn}{day}".encode()))
    begin = midnight(day)
    quarters = (midnight(day + timedelta(days=1)) - begin) // QUARTER_HOUR
    if quarters == 96:
        hours = [quarter // 4 for quarter in range(96)]
    else:
        hours = [(begin + n * QUARTER_HOUR).astimezone(HELSINKI).hour for n in range(quarters)]
    cold = (1 + math.cos(math.tau * (day.timetuple().tm_yday - 20) / 365.25)) / 2
    spot = 300 + 600 * cold + chance.randrange(400)
    energy, cost = [], []
    for hour in hours:
        if gsrn == FLAT:
            watt_hours = FLAT_PROFILE[hour] * (0.8 + 0.5 * cold)
            price = int(spot * (1.6 if hour in {7, 8, 17, 18, 19} else 0.8)) + MARGIN
        else:
            watt_hours = COTTAGE_PROFILE[hour] + 380 * cold
            price = FIXED_PRICE
            if day.weekday() == 5 and hour in {17, 18}:
                watt_hours += SAUNA
        energy.append(int(watt_hours * (0.7 + 0.6 * chance.random())))
        cost.append(energy[-1] * price)
    return tuple(energy), tuple(cost)


def _consumption(
    today: date, gsrn: str, start: datetime, end: datetime, resolution: Resolution
) -> tuple[ConsumptionSlot, ...]:
    """Return what the meter has told, up to some days ago."""
    known = midnight(today - timedelta(days=LAG[gsrn]))
    start, end = max(start, midnight(today - HISTORY)), min(end, known)
    slots = []
    day = start.astimezone(HELSINKI).date()
    while (begin := midnight(day)) < end:
        energy, cost = _day(gsrn, day)
        size = {Resolution.QUARTER_HOUR: 1, Resolution.HOUR: 4}.get(resolution, len(energy))
        slots += [
            ConsumptionSlot(
                start=begin + n * QUARTER_HOUR,
                end=begin + (n + size) * QUARTER_HOUR,
                energy=Decimal(sum(energy[n : n + size])).scaleb(-3),
                cost=Decimal(sum(cost[n : n + size])).scaleb(-7),
            )
            for n in range(0, len(energy), size)
        ]
        day += timedelta(days=1)
    return tuple(slot for slot in slots if start <= slot.start and slot.end <= end)
