"""A Belgian log-in for a bakery with electricity and gas, and for its baker's home.

Everything here is invented. The bakery pays by transfer and is behind: one deposit is overdue, for
which it was charged a reminder, and the gas settlement is paid in part; so its deposits cannot be
changed. The home pays by direct debit, and its deposit can be changed.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
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
    Delivery,
    DepositPermissions,
    DepositPlan,
    DepositRefusal,
    DepositSimulation,
    DirectDebit,
    Direction,
    Energy,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
    LineKind,
    MeterReading,
    Payee,
    Payment,
    PriceComponent,
    PriceKind,
    ReadingSource,
    ReadingWindow,
    Resolution,
    Settings,
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
NEW_METER = date(2020, 1, 1)
PAYEE = Payee(name="Luminus DEMO, niet betalen", iban="BE71096123456769")
# What each deposit was in the last twelve months, the twelve before, and the twelve before those.
DEPOSITS = {
    OVEN_ELECTRICITY: ("690.00", "650.00", "600.00"),
    OVEN_GAS: ("395.00", "370.00", "340.00"),
    HOME_ELECTRICITY: ("92.00", "88.00", "97.00"),
}
REMINDER_FEE = Decimal("7.50")
# EUR/kWh, VAT included.
ENERGY_TAX = Decimal("0.0055")
CENT = Decimal("0.01")
QUARTER_HOUR = timedelta(minutes=15)
NOTHING = Decimal("0.00")
KWH_PER_M3 = Decimal("11.4")

# Shares of a day by local hour: a bakery works while others sleep.
BAKERY_PROFILE = (6, 7, 9, 10, 10, 9, 8, 6, 5, 4, 4, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 3, 4, 5)
HOME_PROFILE = (2, 2, 2, 2, 2, 2, 4, 6, 5, 3, 3, 3, 4, 3, 3, 3, 4, 7, 9, 9, 8, 6, 4, 3)
# What a day takes in summer, and how much more in the middle of winter, in Wh.
DAILY = {
    OVEN_ELECTRICITY: (90_000, 24_000, BAKERY_PROFILE),
    OVEN_GAS: (120_000, 80_000, BAKERY_PROFILE),
    HOME_ELECTRICITY: (6_400, 5_200, HOME_PROFILE),
}
# How many days late the values are: those of gas take 72 hours.
LAG = {OVEN_ELECTRICITY: 1, OVEN_GAS: 3, HOME_ELECTRICITY: 1}
# When a reading is asked for: first and last day, and in which months.
ASKED = {
    OVEN_ELECTRICITY: (20, 28, frozenset(range(1, 13))),
    HOME_ELECTRICITY: (1, 14, frozenset({6})),
}
# How many of those are announced.
ANNOUNCED = 2
# What each register counts of it; that of gas counts m³.
BAKERY_REGISTERS = {"day": Decimal("0.61"), "night": Decimal("0.39")}
GAS_REGISTERS = {"single": 1 / KWH_PER_M3}
HOME_REGISTERS = {"single": Decimal(1), "export_single": Decimal("0.4")}


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
    vat_percent: Decimal

    def invoice(
        self,
        kind: InvoiceKind,
        issued: date,
        period: tuple[date, date],
        lines: Iterable[InvoiceLine],
        *,
        status: InvoiceStatus = InvoiceStatus.PAID,
        paid: Decimal | None = None,
    ) -> Invoice:
        """Return an invoice of which `paid`, or else all or nothing, is paid."""
        lines = tuple(
            replace(line, vat_percent=self.vat_percent) if line.vat_percent is None else line
            for line in lines
        )
        amount = sum((line.amount for line in lines), NOTHING)
        gsrns = tuple(dict.fromkeys(line.gsrn for line in lines if line.gsrn is not None))
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
            payee=PAYEE,
            collected=issued + TERM if self.direct_debit and amount > 0 else None,
            lines=lines,
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


def _deposits(issued: date, month: int, *gsrns: str) -> Iterator[InvoiceLine]:
    """Yield what is asked for in advance, `month` months ago."""
    start, end = _month(issued)
    for gsrn in gsrns:
        yield InvoiceLine(
            kind=LineKind.DEPOSITS,
            amount=_deposit_of(gsrn, month),
            text="Voorschot",
            gsrn=gsrn,
            start=start,
            end=end,
        )


def _deposit_of(gsrn: str, month: int) -> Decimal:
    """Return the deposit of so many months ago."""
    return Decimal(DEPOSITS[gsrn][min(month // 12, 2)])


def _settlement(
    contract: Contract, registers: dict[str, Decimal], issued: date, newest: date, amount: str
) -> Iterator[InvoiceLine]:
    """Yield the lines of a year, which leave `amount` to be paid.

    Args:
        contract: What the energy cost.
        registers: The share of the energy that each register counts.
        issued: When it was settled.
        newest: When the newest deposit was asked for.
        amount: What is left; the network's costs make up for what the other lines do not come to.
    """
    gsrn, (start, end) = contract.gsrn, _year_before(issued)
    line = partial(InvoiceLine, gsrn=gsrn, start=start, end=end)
    left, bought = Decimal(amount), NOTHING
    for price in contract.prices:
        exported = price.direction is Direction.EXPORT
        register = f"export_{price.register}" if exported else price.register
        if register not in registers:
            continue
        scale = registers[register] / 1000
        first, last = (
            Decimal(int(_index(gsrn, day) * scale)) for day in (start, end + timedelta(days=1))
        )
        energy = (last - first) * (KWH_PER_M3 if gsrn == OVEN_GAS else 1)
        cost = (energy * price.amount).quantize(CENT, ROUND_HALF_UP) * (-1 if exported else 1)
        bought += NOTHING if exported else energy
        left -= cost
        yield line(
            kind=LineKind.EXPORT if exported else LineKind.ENERGY,
            amount=cost,
            text="Injectie" if exported else "Energie",
            register=price.register,
            energy=energy,
            meter_start=first,
            meter_end=last,
            estimated=False,
        )
    oldest = _months(start, newest)
    paid = sum((_deposit_of(gsrn, oldest - month) for month in range(12)), NOTHING)
    tax = (bought * ENERGY_TAX).quantize(CENT, ROUND_HALF_UP)
    fee = next(price.amount for price in contract.prices if price.register == "fixed")
    yield line(kind=LineKind.FIXED_FEE, amount=fee, text="Vaste vergoeding")
    yield line(
        kind=LineKind.NETWORK,
        amount=left + paid - tax - fee,
        text="Nettarieven van de netbeheerder",
    )
    yield line(kind=LineKind.TAX, amount=tax, text="Energiebijdrage en accijns")
    yield line(kind=LineKind.DEPOSITS, amount=-paid, text="Betaalde voorschotten")


def _months(start: date, end: date) -> int:
    """Return how many months later than `start` the month of `end` is."""
    return (end.year - start.year) * 12 + end.month - start.month


def _bakery_contracts(today: date) -> tuple[Contract, Contract]:
    return (
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
                _price("day", "0.0341", Direction.EXPORT, "0.0007 x Belpex M INJ [71.30] - 0.0158"),
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
    )


def _bakery(today: date) -> Customer:
    both = (OVEN_ELECTRICITY, OVEN_GAS)
    books = _Books(BAKERY, direct_debit=False, vat_percent=Decimal(21))
    electricity, gas = _bakery_contracts(today)
    newest = today - timedelta(days=5)
    invoices = []
    for month in range(36):
        issued = months_before(newest, month)
        status = {0: InvoiceStatus.OPEN, 1: InvoiceStatus.OVERDUE}.get(month, InvoiceStatus.PAID)
        lines = list(_deposits(issued, month, *both))
        if status is InvoiceStatus.OVERDUE:
            lines.append(
                InvoiceLine(
                    kind=LineKind.REMINDER_FEE,
                    amount=REMINDER_FEE,
                    text="Herinneringskosten",
                    start=today - timedelta(days=2),
                    vat_percent=NOTHING,
                )
            )
        invoices.append(
            books.invoice(InvoiceKind.DEPOSIT, issued, _month(issued), lines, status=status)
        )
    for month, settled in ((8, "412.36"), (20, "188.02"), (32, "96.75")):
        issued = months_before(today - timedelta(days=9), month)
        invoices.append(
            books.invoice(
                InvoiceKind.SETTLEMENT,
                issued,
                _year_before(issued),
                _settlement(electricity, BAKERY_REGISTERS, issued, newest, settled),
            )
        )
    gas_settled = today - timedelta(days=12)
    gas_credited = months_before(gas_settled, 12)
    invoices += [
        books.invoice(
            InvoiceKind.SETTLEMENT,
            gas_settled,
            _year_before(gas_settled),
            _settlement(gas, GAS_REGISTERS, gas_settled, newest, "734.18"),
            status=InvoiceStatus.PARTLY_PAID,
            paid=Decimal("300.00"),
        ),
        books.invoice(
            InvoiceKind.CREDIT_NOTE,
            gas_credited,
            _year_before(gas_credited),
            _settlement(gas, GAS_REGISTERS, gas_credited, newest, "-218.44"),
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
        contracts=(electricity, gas),
        statement=books.statement(invoices),
        deposits=(
            _deposit(OVEN_ELECTRICITY, "8712.40", 8, next_invoice, refused),
            _deposit(OVEN_GAS, "5126.90", 0, next_invoice, refused),
        ),
        readings=_newest_first(
            *(_meter(OVEN_ELECTRICITY, today, *one) for one in BAKERY_REGISTERS.items()),
            *(_meter(OVEN_GAS, today, *one, Unit.M3) for one in GAS_REGISTERS.items()),
        ),
        reading_windows=windows(OVEN_ELECTRICITY, today),
        settings=Settings(delivery=Delivery.E_INVOICE, direct_debit=DirectDebit.OFF),
        consumption=partial(_consumption, today),
    )


def _home(today: date) -> Customer:
    books = _Books(HOME, direct_debit=True, vat_percent=Decimal(6))
    contract = Contract(
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
    )
    newest = today - timedelta(days=9)
    invoices = []
    for month in range(36):
        issued = months_before(newest, month)
        invoices.append(
            books.invoice(
                InvoiceKind.DEPOSIT,
                issued,
                _month(issued),
                _deposits(issued, month, HOME_ELECTRICITY),
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
                _year_before(issued),
                _settlement(contract, HOME_REGISTERS, issued, newest, amount),
                status=InvoiceStatus.CREDIT_NOTE if credit else InvoiceStatus.PAID,
            )
        )
    allowed = DepositPermissions(amount=True, frequency=True, empty_house=True)
    return Customer(
        account=Account(account_id=HOME),
        recipient="Wannes Verzonnen",
        vat_percent=Decimal(6),
        supply_points=(_supply_point(HOME_ELECTRICITY, Energy.ELECTRICITY, "Wolkenlaan", "8/2"),),
        contracts=(contract,),
        statement=books.statement(invoices),
        deposits=(_deposit(HOME_ELECTRICITY, "1139.20", 5, months_before(newest, -1), allowed),),
        readings=_newest_first(
            *(_meter(HOME_ELECTRICITY, today, *one) for one in HOME_REGISTERS.items())
        ),
        reading_windows=windows(HOME_ELECTRICITY, today),
        settings=Settings(delivery=Delivery.EMAIL, direct_debit=DirectDebit.ALL),
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
    year: str,
    paid_slices: int,
    next_invoice: date,
    permissions: DepositPermissions,
) -> DepositPlan:
    """Return a plan of twelve slices a year; at the ideal amount nothing is left to settle.

    `year` is what the year is expected to cost.
    """
    slice_, expected = _deposit_of(gsrn, 0), Decimal(year)
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
        open_slices=12 - paid_slices,
        is_empty_house=False,
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
    for months_ago in range(36):
        day = months_before(today.replace(day=1), months_ago)
        if months_ago < 14:
            source = ReadingSource.GRID_OPERATOR
        elif months_ago % 6:
            continue
        else:
            estimated = months_ago % 12 == 0
            source = ReadingSource.ESTIMATED if estimated else ReadingSource.CUSTOMER
        if day < today - timedelta(days=LAG[gsrn]):
            yield MeterReading(
                gsrn=gsrn,
                day=day,
                register=register,
                value=register_index(gsrn, day, share),
                unit=unit,
                source=source,
            )


def windows(gsrn: str, today: date) -> tuple[ReadingWindow, ...]:
    """Return when a reading is asked for next, soonest first."""
    first, last, months = ASKED[gsrn]
    coming = (months_before(today.replace(day=1), -ahead) for ahead in range(25))
    windows = (
        ReadingWindow(gsrn=gsrn, start=month.replace(day=first), end=month.replace(day=last))
        for month in coming
        if month.month in months
    )
    return tuple(window for window in windows if window.end >= today)[:ANNOUNCED]


def register_index(gsrn: str, day: date, share: Decimal) -> Decimal:
    """Return the whole index of a register that counts a share, as a day begins."""
    return Decimal(int(_index(gsrn, day) * share / 1000))


@lru_cache(maxsize=1024)
def _index(gsrn: str, day: date) -> int:
    """Return what went through a meter until a day began, in Wh."""
    days = range((day - NEW_METER).days)
    return sum(_watt_hours(gsrn, NEW_METER + timedelta(days=day)) for day in days)


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
