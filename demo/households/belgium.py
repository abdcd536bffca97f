"""A Belgian log-in for a bakery with electricity and gas, and for its baker's home.

Everything here is invented. The bakery pays by transfer and is behind: one deposit is overdue and
the gas settlement is paid in part. The home pays by direct debit.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache, partial
import math
from zlib import crc32
from zoneinfo import ZoneInfo

from custom_components.lumme_energy.portal.model import (
    Account,
    Address,
    Balance,
    ConsumptionSlot,
    Contract,
    DepositPermissions,
    DepositPlan,
    DepositRefusal,
    DepositSimulation,
    Direction,
    Energy,
    Invoice,
    InvoiceKind,
    InvoiceStatus,
    MeterReading,
    Payment,
    PriceComponent,
    PriceKind,
    ReadingSource,
    Resolution,
    Statement,
    SupplyPoint,
    Unit,
)

from . import Customer, Household

BRUSSELS = ZoneInfo("Europe/Brussels")
USERNAME = "bakker@example.com"
PASSWORD = "krakeling-en-kaneel-3"
BAKERY, HOME = "5100234567", "5100765432"
OVEN_ELECTRICITY = "541448820010023455"
OVEN_GAS = "541448820010023462"
HOME_ELECTRICITY = "541448820010076543"
TERM = timedelta(days=18)
HISTORY = timedelta(days=3 * 366)
QUARTER_HOUR = timedelta(minutes=15)
NOTHING = Decimal("0.00")
KWH_PER_M3 = Decimal("11.4")

# Shares of a day by local hour: a bakery works while others sleep.
BAKERY_PROFILE = (6, 7, 9, 10, 10, 9, 8, 6, 5, 4, 4, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 3, 4, 5)
HOME_PROFILE = (2, 2, 2, 2, 2, 2, 4, 6, 5, 3, 3, 3, 4, 3, 3, 3, 4, 7, 9, 9, 8, 6, 4, 3)
# What a day takes in summer, and how much more in the middle of winter, in Wh.
DAILY = {
    OVEN_ELECTRICITY: (112_000, 26_000, BAKERY_PROFILE),
    OVEN_GAS: (205_000, 120_000, BAKERY_PROFILE),
    HOME_ELECTRICITY: (6_400, 5_200, HOME_PROFILE),
}
# How many days late the values are: those of gas take 72 hours.
LAG = {OVEN_ELECTRICITY: 1, OVEN_GAS: 3, HOME_ELECTRICITY: 1}
NIGHT_SHARE = 46


@lru_cache(maxsize=4)
def household(today: date) -> Household:
    """Return the log-in as it stands on a Belgian day."""
    return Household(username=USERNAME, password=PASSWORD, customers=(_bakery(today), _home(today)))


def ogm(base: str) -> str:
    """Return a structured communication: ten digits and their check, modulo 97."""
    digits = f"{base}{int(base) % 97 or 97:02d}"
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"


def months_before(day: date, months: int) -> date:
    """Return the same day of an earlier month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def midnight(day: date) -> datetime:
    """Return the instant at which a Belgian day begins."""
    return datetime.combine(day, time(), BRUSSELS).astimezone(UTC)


def _supply_point(gsrn: str, energy: Energy, street: str, number: str) -> SupplyPoint:
    address = Address(
        street=street, house_number=number, postal_code="9000", city="Gent", country="BE"
    )
    return SupplyPoint(gsrn=gsrn, energy=energy, address=address, digital_meter=True)


@dataclass(frozen=True, slots=True)
class _Books:
    """A business partner's invoices and what was paid for them."""

    account: str
    direct_debit: bool

    def invoice(
        self,
        kind: InvoiceKind,
        issued: date,
        amount: Decimal,
        period: tuple[date, date],
        gsrns: tuple[str, ...],
        *,
        status: InvoiceStatus = InvoiceStatus.PAID,
        paid: Decimal | None = None,
    ) -> Invoice:
        """Return an invoice of which `paid`, or else all or nothing, is paid."""
        serial = {InvoiceKind.DEPOSIT: 1, InvoiceKind.SETTLEMENT: 2}.get(kind, 3)
        number = f"{issued:%y%m}{self.account[-3:]}{serial}{len(gsrns)}{gsrns[0][-2:]}"
        settled = status in {InvoiceStatus.PAID, InvoiceStatus.CREDIT_NOTE}
        if paid is None:
            paid = amount if settled else NOTHING
        return Invoice(
            number=number,
            kind=kind,
            issued=issued,
            amount=amount,
            due=issued + TERM,
            open_amount=amount - paid,
            status=status,
            gsrns=gsrns,
            period_start=period[0],
            period_end=period[1],
            payment_reference=ogm(number[:10]),
            document_id=f"doc-{number}",
        )

    def statement(self, invoices: list[Invoice]) -> Statement:
        """Return all of it, newest first."""
        invoices.sort(key=lambda invoice: invoice.issued, reverse=True)
        payments = sorted(self._payments(invoices), key=lambda payment: payment.booked)
        owed = sum((invoice.open_amount or NOTHING for invoice in invoices), NOTHING)
        overdue = sum(
            (
                invoice.open_amount or NOTHING
                for invoice in invoices
                if invoice.status is InvoiceStatus.OVERDUE
            ),
            NOTHING,
        )
        return Statement(
            balance=Balance(amount=owed, overdue=overdue),
            invoices=tuple(invoices),
            payments=tuple(reversed(payments)),
        )

    def _payments(self, invoices: list[Invoice]) -> Iterator[Payment]:
        for invoice in invoices:
            paid = invoice.amount - (invoice.open_amount or NOTHING)
            if paid:
                early = timedelta(days=10 if invoice.open_amount else 4)
                yield Payment(
                    booked=invoice.issued + TERM - (timedelta() if self.direct_debit else early),
                    amount=paid,
                    payment_id=f"P{invoice.number}",
                    invoice_number=invoice.number,
                )


def _month(day: date, back: int = 0) -> tuple[date, date]:
    """Return the first and last day of a month."""
    first = months_before(day.replace(day=1), back)
    return first, months_before(first, -1) - timedelta(days=1)


def _year_before(day: date) -> tuple[date, date]:
    """Return the twelve months that ended before the month of a day."""
    end = day.replace(day=1)
    return months_before(end, 12), end - timedelta(days=1)


def _bakery(today: date) -> Customer:
    both = (OVEN_ELECTRICITY, OVEN_GAS)
    books = _Books(BAKERY, direct_debit=False)
    newest = today - timedelta(days=5)
    invoices = []
    for month in range(36):
        issued = months_before(newest, month)
        status = {0: InvoiceStatus.OPEN, 1: InvoiceStatus.OVERDUE}.get(month, InvoiceStatus.PAID)
        amount = Decimal(("1085.00", "1020.00", "940.00")[month // 12])
        invoices.append(
            books.invoice(InvoiceKind.DEPOSIT, issued, amount, _month(issued), both, status=status)
        )
    for month, settled in ((8, "412.36"), (20, "188.02"), (32, "96.75")):
        issued = months_before(today - timedelta(days=9), month)
        invoices.append(
            books.invoice(
                InvoiceKind.SETTLEMENT,
                issued,
                Decimal(settled),
                _year_before(issued),
                (OVEN_ELECTRICITY,),
            )
        )
    gas_settled = today - timedelta(days=12)
    invoices += [
        books.invoice(
            InvoiceKind.SETTLEMENT,
            gas_settled,
            Decimal("734.18"),
            _year_before(gas_settled),
            (OVEN_GAS,),
            status=InvoiceStatus.PARTLY_PAID,
            paid=Decimal("300.00"),
        ),
        books.invoice(
            InvoiceKind.CREDIT_NOTE,
            months_before(gas_settled, 12),
            Decimal("-218.44"),
            _year_before(months_before(gas_settled, 12)),
            (OVEN_GAS,),
            status=InvoiceStatus.CREDIT_NOTE,
        ),
    ]
    next_invoice = months_before(newest, -1)
    refused = DepositPermissions(refusal=DepositRefusal.UNPAID_INVOICE)
    return Customer(
        account=Account(account_id=BAKERY),
        recipient="Bakkerij De Gulden Krakeling BV (verzonnen)",
        vat_percent=Decimal(21),
        supply_points=(
            _supply_point(OVEN_ELECTRICITY, Energy.ELECTRICITY, "Krakelingstraat", "12"),
            _supply_point(OVEN_GAS, Energy.GAS, "Krakelingstraat", "12"),
        ),
        contracts=(
            Contract(
                gsrn=OVEN_ELECTRICITY,
                contract_id="CT-0023451",
                product="ComfyFlex Pro Elektriciteit",
                price_kind=PriceKind.VARIABLE,
                start=months_before(today, 32).replace(day=1),
                prices=(
                    _fee("78.65"),
                    _price("day", "0.1984", formula="0.0012761 x Belpex RLP M [88.41] + 0.0511"),
                    _price("night", "0.1612", formula="0.0010912 x Belpex RLP M [88.41] + 0.0367"),
                    _price(
                        "day", "0.0341", Direction.EXPORT, "0.0007 x Belpex M INJ [71.30] - 0.0158"
                    ),
                    _price(
                        "night",
                        "0.0212",
                        Direction.EXPORT,
                        "0.0005 x Belpex M INJ [71.30] - 0.0144",
                    ),
                ),
                direct_debit=False,
            ),
            Contract(
                gsrn=OVEN_GAS,
                contract_id="CT-0023452",
                product="ComfyFlex Pro Aardgas",
                price_kind=PriceKind.VARIABLE,
                start=months_before(today, 36).replace(day=1),
                prices=(
                    _fee("60.50"),
                    _price("single", "0.0587", formula="0.00101 x TTF DAH [36.167] + 0.012"),
                ),
                direct_debit=False,
            ),
        ),
        statement=books.statement(invoices),
        deposits=(
            _deposit(
                OVEN_ELECTRICITY,
                ("690.00", "8712.40"),
                8,
                next_invoice,
                refused,
            ),
            _deposit(OVEN_GAS, ("395.00", "5126.90"), 0, next_invoice, refused),
        ),
        readings=_newest_first(
            _meter(OVEN_ELECTRICITY, today, "day", Decimal(100 - NIGHT_SHARE) / 100),
            _meter(OVEN_ELECTRICITY, today, "night", Decimal(NIGHT_SHARE) / 100),
            _meter(OVEN_GAS, today, "single", 1 / KWH_PER_M3, Unit.M3),
        ),
        consumption=partial(_consumption, today),
    )


def _home(today: date) -> Customer:
    books = _Books(HOME, direct_debit=True)
    newest = today - timedelta(days=9)
    invoices = []
    for month in range(36):
        issued = months_before(newest, month)
        invoices.append(
            books.invoice(
                InvoiceKind.DEPOSIT,
                issued,
                Decimal(("92.00", "88.00", "97.00")[month // 12]),
                _month(issued),
                (HOME_ELECTRICITY,),
                status=InvoiceStatus.PAID if month else InvoiceStatus.OPEN,
            )
        )
    for month, amount in ((5, "41.27"), (17, "-63.90"), (29, "12.05")):
        issued = months_before(today - timedelta(days=2), month)
        credit = amount.startswith("-")
        invoices.append(
            books.invoice(
                InvoiceKind.CREDIT_NOTE if credit else InvoiceKind.SETTLEMENT,
                issued,
                Decimal(amount),
                _year_before(issued),
                (HOME_ELECTRICITY,),
                status=InvoiceStatus.CREDIT_NOTE if credit else InvoiceStatus.PAID,
            )
        )
    allowed = DepositPermissions(amount=True, frequency=True, empty_house=True)
    return Customer(
        account=Account(account_id=HOME),
        recipient="Wannes Verzonnen",
        vat_percent=Decimal(6),
        supply_points=(_supply_point(HOME_ELECTRICITY, Energy.ELECTRICITY, "Wolkenlaan", "8/2"),),
        contracts=(
            Contract(
                gsrn=HOME_ELECTRICITY,
                contract_id="CT-0076541",
                product="Comfy Elektriciteit",
                price_kind=PriceKind.FIXED,
                start=months_before(today, 5).replace(day=1),
                end=months_before(today, -7).replace(day=1) - timedelta(days=1),
                prices=(
                    _fee("65.00"),
                    _price("single", "0.1496"),
                    _price("single", "0.0262", Direction.EXPORT),
                ),
                direct_debit=True,
            ),
        ),
        statement=books.statement(invoices),
        deposits=(
            _deposit(HOME_ELECTRICITY, ("92.00", "1139.20"), 5, months_before(newest, -1), allowed),
        ),
        readings=_newest_first(
            _meter(HOME_ELECTRICITY, today, "single", Decimal(1)),
            _meter(HOME_ELECTRICITY, today, "export_single", Decimal("0.4")),
        ),
        consumption=partial(_consumption, today),
    )


def _fee(amount: str) -> PriceComponent:
    return PriceComponent(register="fixed", amount=Decimal(amount), unit="EUR/year")


def _price(
    register: str,
    amount: str,
    direction: Direction = Direction.IMPORT,
    formula: str | None = None,
) -> PriceComponent:
    return PriceComponent(
        register=register,
        amount=Decimal(amount),
        unit="EUR/kWh",
        direction=direction,
        formula=formula,
    )


def _deposit(
    gsrn: str,
    amounts: tuple[str, str],
    paid_slices: int,
    next_invoice: date,
    permissions: DepositPermissions,
) -> DepositPlan:
    """Return a plan of twelve slices a year; at the ideal amount nothing is left to settle.

    `amounts` are the present slice and what the year is expected to cost.
    """
    slice_, expected = (Decimal(amount) for amount in amounts)
    paid = slice_ * paid_slices
    ideal = ((expected - paid) / (12 - paid_slices)).to_integral_value(ROUND_CEILING)
    start = months_before(next_invoice.replace(day=1), paid_slices)
    return DepositPlan(
        gsrn=gsrn,
        amount=slice_,
        ideal=ideal,
        minimum=(ideal * Decimal("0.8")).to_integral_value(ROUND_CEILING),
        maximum=ideal * 2,
        frequency="monthly",
        next_invoice=next_invoice,
        simulation=DepositSimulation(
            period_start=start,
            period_end=months_before(start, -12) - timedelta(days=1),
            paid=paid,
            expected_total=expected,
            expected_settlement=expected - slice_ * 12,
        ),
        permissions=permissions,
    )


def _meter(
    gsrn: str, today: date, register: str, share: Decimal, unit: Unit = Unit.KWH
) -> Iterator[MeterReading]:
    """Yield a register's index on the first of each month; the digital meter came a year ago."""
    start = today - HISTORY
    index, day = 20_000_000, start
    while day < today - timedelta(days=LAG[gsrn]):
        if day.day == 1:
            months_ago = (today.year - day.year) * 12 + today.month - day.month
            if months_ago < 14:
                source = ReadingSource.GRID_OPERATOR
            elif months_ago % 6:
                source = None
            else:
                estimated = months_ago % 12 == 0
                source = ReadingSource.ESTIMATED if estimated else ReadingSource.CUSTOMER
            if source is not None:
                value = Decimal(index) * share / 1000
                yield MeterReading(
                    gsrn=gsrn,
                    day=day,
                    register=register,
                    value=Decimal(int(value)),
                    unit=unit,
                    source=source,
                )
        index += _watt_hours(gsrn, day)
        day += timedelta(days=1)


def _newest_first(*meters: Iterator[MeterReading]) -> tuple[MeterReading, ...]:
    readings = [reading for meter in meters for reading in meter]
    return tuple(sorted(readings, key=lambda reading: reading.day, reverse=True))


@lru_cache(maxsize=8192)
def _watt_hours(gsrn: str, day: date) -> int:
    """Return what a day takes."""
    summer, winter, _ = DAILY[gsrn]
    cold = (1 + math.cos(math.tau * (day.timetuple().tm_yday - 20) / 365.25)) / 2
    chance = crc32(f"{gsrn}{day}".encode()) % 200 - 100
    return int((summer + winter * cold) * (1 + chance / 1000))


@lru_cache(maxsize=2048)
def _quarters(gsrn: str, day: date) -> tuple[int, ...]:
    """Return a day's quarters of an hour in Wh: 92, 96 or 100 that add up to the day exactly."""
    begin = midnight(day)
    count = (midnight(day + timedelta(days=1)) - begin) // QUARTER_HOUR
    profile = DAILY[gsrn][2]
    shares = [profile[(begin + n * QUARTER_HOUR).astimezone(BRUSSELS).hour] for n in range(count)]
    day_total, all_shares = _watt_hours(gsrn, day), sum(shares)
    told, share, quarters = 0, 0, []
    for one in shares:
        share += one
        quarters.append(day_total * share // all_shares - told)
        told += quarters[-1]
    return tuple(quarters)


def _consumption(
    today: date, gsrn: str, start: datetime, end: datetime, resolution: Resolution
) -> tuple[ConsumptionSlot, ...]:
    """Return what the meter has told, up to some days ago."""
    known = midnight(today - timedelta(days=LAG[gsrn]))
    start, end = max(start, midnight(today - HISTORY)), min(end, known)
    slots = []
    day = start.astimezone(BRUSSELS).date()
    if resolution is Resolution.MONTH:
        day = day.replace(day=1)
    while (begin := midnight(day)) < end:
        match resolution:
            case Resolution.MONTH:
                following = months_before(day, -1)
                days = (day + timedelta(days=n) for n in range((following - day).days))
                slots.append(
                    _slot(begin, midnight(following), sum(_watt_hours(gsrn, one) for one in days))
                )
            case Resolution.DAY:
                following = day + timedelta(days=1)
                slots.append(_slot(begin, midnight(following), _watt_hours(gsrn, day)))
            case _:
                following = day + timedelta(days=1)
                quarters = _quarters(gsrn, day)
                size = 1 if resolution is Resolution.QUARTER_HOUR else 4
                slots += [
                    _slot(
                        begin + n * QUARTER_HOUR,
                        begin + (n + size) * QUARTER_HOUR,
                        sum(quarters[n : n + size]),
                    )
                    for n in range(0, len(quarters), size)
                ]
        day = following
    return tuple(slot for slot in slots if start <= slot.start and slot.end <= end)


def _slot(start: datetime, end: datetime, watt_hours: int) -> ConsumptionSlot:
    return ConsumptionSlot(start=start, end=end, energy=Decimal(watt_hours).scaleb(-3))
