"""What a customer knows at an energy supplier, in one neutral shape for every portal.

Money is `Decimal` in the invoice's currency; a `date` is the supplier's local date; a `datetime`
is UTC-aware; energy is kWh (gas too, where the portal says kWh; otherwise m³, see `Unit`).
`None` always means "the portal did not say", never zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Energy(StrEnum):
    """What flows through a supply point."""

    ELECTRICITY = "electricity"
    GAS = "gas"


class Unit(StrEnum):
    """Unit of a metered quantity."""

    KWH = "kWh"
    M3 = "m³"


class Direction(StrEnum):
    """Seen from the customer."""

    IMPORT = "import"
    EXPORT = "export"


class Capability(StrEnum):
    """One thing a portal can do for the customer. An absent capability creates no entity."""

    STATEMENT = "statement"
    DOCUMENTS = "documents"
    DEPOSIT = "deposit"
    READINGS = "readings"
    READING_SUBMISSION = "reading_submission"
    CONSUMPTION = "consumption"
    PRICES = "prices"
    OFFERS = "offers"
    BENEFITS = "benefits"
    SETTINGS = "settings"
    EXPORTS = "exports"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where energy is delivered."""

    street: str | None = None
    house_number: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None

    @property
    def label(self) -> str | None:
        """One line as people write it, e.g. `Rantatie 4, Mikkeli`; None when nothing is known."""
        street = " ".join(part for part in (self.street, self.house_number) if part)
        city = " ".join(part for part in (self.postal_code, self.city) if part)
        return ", ".join(part for part in (street, city) if part) or None


class Segment(StrEnum):
    """Whom a supplier's customer service asks which of its doors to use."""

    PRIVATE = "private"
    BUSINESS = "business"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One customer (Lumme) or business partner (Luminus): the party that gets the invoices."""

    account_id: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyPoint:
    """A metering point. `gsrn` is its 18-digit GSRN, which Belgium calls the EAN."""

    gsrn: str
    energy: Energy = Energy.ELECTRICITY
    address: Address = field(default_factory=Address)
    meter_serial: str | None = None
    digital_meter: bool | None = None

    @property
    def name(self) -> str:
        """A name a person recognises, without the identifying number where possible."""
        return self.address.label or f"…{self.gsrn[-4:]}"


class PriceKind(StrEnum):
    """How a contract's energy price is set."""

    FIXED = "fixed"
    VARIABLE = "variable"
    SPOT = "spot"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceComponent:
    """One price of a contract. `register` names the tariff period (`single`, `day`, `night`, …).

    `amount` includes VAT; `unit` is `EUR/kWh`, `EUR/month` or `EUR/year`.
    """

    register: str
    amount: Decimal
    unit: str
    direction: Direction = Direction.IMPORT
    formula: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """An agreement to supply one supply point. `end` None is open-ended."""

    gsrn: str
    contract_id: str | None = None
    product: str | None = None
    price_kind: PriceKind = PriceKind.UNKNOWN
    start: date | None = None
    end: date | None = None
    prices: tuple[PriceComponent, ...] = ()
    direct_debit: bool | None = None


class InvoiceStatus(StrEnum):
    """Where an invoice stands today."""

    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    OVERDUE = "overdue"
    CREDIT_NOTE = "credit_note"
    UNKNOWN = "unknown"


class InvoiceKind(StrEnum):
    """What an invoice is for."""

    CONSUMPTION = "consumption"
    DEPOSIT = "deposit"
    SETTLEMENT = "settlement"
    CREDIT_NOTE = "credit_note"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """Whom an invoice is to be paid to."""

    name: str
    iban: str
    bic: str | None = None


class LineKind(StrEnum):
    """What a line of an invoice charges for."""

    ENERGY = "energy"
    EXPORT = "export"
    FIXED_FEE = "fixed_fee"
    NETWORK = "network"
    TAX = "tax"
    DEPOSITS = "deposits"
    REMINDER_FEE = "reminder_fee"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One line of an invoice.

    Attributes:
        kind: What it charges for.
        amount: In the invoice's currency, VAT included; negative for what is given back.
        text: The supplier's words.
        gsrn: The supply point it is about, where it is about one.
        register: The tariff period (`single`, `day`, `night`, …) of energy.
        energy: kWh (gas too).
        start: First day that it is about.
        end: Last day that it is about.
        meter_start: Index at the start, as the supplier has it.
        meter_end: Index at the end.
        estimated: Whether the supplier guessed an index; None when it does not say.
        vat_percent: Rate of the VAT in `amount`.
    """

    kind: LineKind
    amount: Decimal
    text: str | None = None
    gsrn: str | None = None
    register: str | None = None
    energy: Decimal | None = None
    start: date | None = None
    end: date | None = None
    meter_start: Decimal | None = None
    meter_end: Decimal | None = None
    estimated: bool | None = None
    vat_percent: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """A bill or credit note. `amount` is negative on a credit note; `open_amount` is still due.

    `collected` is the day on which direct debit takes it; None when the customer has to pay.
    """

    number: str
    kind: InvoiceKind
    issued: date
    amount: Decimal
    due: date | None = None
    open_amount: Decimal | None = None
    status: InvoiceStatus = InvoiceStatus.UNKNOWN
    currency: str = "EUR"
    gsrns: tuple[str, ...] = ()
    period_start: date | None = None
    period_end: date | None = None
    payment_reference: str | None = None
    document_id: str | None = None
    payee: Payee | None = None
    collected: date | None = None
    lines: tuple[InvoiceLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money that reached the supplier, or came back from it (negative)."""

    booked: date
    amount: Decimal
    currency: str = "EUR"
    payment_id: str | None = None
    invoice_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What the customer owes now. Negative: the supplier owes the customer."""

    amount: Decimal
    overdue: Decimal | None = None
    currency: str = "EUR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Invoices and payments, newest first, and the balance they lead to."""

    balance: Balance | None = None
    invoices: tuple[Invoice, ...] = ()
    payments: tuple[Payment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositSimulation:
    """The settlement the supplier expects if the deposit stays as it is.

    `expected_settlement` is positive when the customer will have to pay more.
    """

    period_start: date | None = None
    period_end: date | None = None
    paid: Decimal | None = None
    expected_total: Decimal | None = None
    expected_settlement: Decimal | None = None


class DepositRefusal(StrEnum):
    """Why the supplier does not let a deposit be changed, in the order the rules are tested.

    The last is about the amount that was asked for; the others are about any amount.
    """

    ALREADY_CHANGED = "already_changed"
    SETTLEMENT_NEXT = "settlement_next"
    CONTRACT_ENDING = "contract_ending"
    UNPAID_INVOICE = "unpaid_invoice"
    TOO_LITTLE_HISTORY = "too_little_history"
    OUT_OF_RANGE = "out_of_range"


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositPermissions:
    """What the portal allows to change now."""

    amount: bool = False
    frequency: bool = False
    empty_house: bool = False
    refusal: DepositRefusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositPlan:
    """Advance payments (ennakkomaksu, acompte, voorschot) of one supply point.

    Attributes:
        gsrn: The supply point.
        amount: What is asked for each time.
        ideal: The amount at which the supplier expects the settlement to be zero.
        minimum: The least that it accepts.
        maximum: The most that it accepts.
        frequency: `monthly`, `bimonthly`, `quarterly` or `yearly`.
        next_invoice: When the next one comes.
        currency: Of all amounts.
        open_slices: How many more come before the settlement.
        is_empty_house: Whether nobody lives there, so that the least of all deposits is enough.
        simulation: What the supplier expects the settlement to be.
        permissions: What may be changed now.
    """

    gsrn: str
    amount: Decimal
    ideal: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    frequency: str | None = None
    next_invoice: date | None = None
    currency: str = "EUR"
    open_slices: int | None = None
    is_empty_house: bool | None = None
    simulation: DepositSimulation | None = None
    permissions: DepositPermissions = field(default_factory=DepositPermissions)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositChange:
    """What a customer wants a deposit to be."""

    gsrn: str
    amount: Decimal
    is_empty_house: bool = False


class Delivery(StrEnum):
    """How invoices reach the customer."""

    EMAIL = "email"
    POST = "post"
    E_INVOICE = "e_invoice"


class DirectDebit(StrEnum):
    """What the supplier may take from the customer's account by itself."""

    OFF = "off"
    DEPOSITS = "deposits"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the portal lets a customer choose about bills; None where it does not say."""

    delivery: Delivery | None = None
    direct_debit: DirectDebit | None = None


class ExportFormat(StrEnum):
    """The form of a statement."""

    EXCEL = "xlsx"
    PDF = "pdf"


class ReadingSource(StrEnum):
    """Who read the meter."""

    GRID_OPERATOR = "grid_operator"
    CUSTOMER = "customer"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterReading:
    """One register's index on one day, as the supplier has it."""

    gsrn: str
    day: date
    register: str
    value: Decimal
    unit: Unit = Unit.KWH
    source: ReadingSource = ReadingSource.UNKNOWN


class ReadingRefusal(StrEnum):
    """Why a supplier does not take a reading, or does not let one be deleted."""

    ALREADY_SUBMITTED_TODAY = "already_submitted_today"
    CLOSED_PERIOD = "closed_period"
    BEFORE_PREVIOUS = "before_previous"
    FUTURE = "future"
    NOT_NEWEST = "not_newest"
    WRONG_DIGITS = "wrong_digits"
    WINDOW_CLOSED = "window_closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSubmission:
    """The indexes of a meter on one day, as a customer sends them in.

    Attributes:
        gsrn: The supply point.
        day: The supplier's local day on which the meter showed them.
        values: Index by register (`single`, `day`, `night`, `export_single`, …), all that the meter
            has: a whole number of `unit`, at most 8 digits.
        unit: Of the indexes: what the meter itself counts.
        meter_serial: Which meter, where it is known; some portals check its last 4 digits.
    """

    gsrn: str
    day: date
    values: Mapping[str, Decimal]
    unit: Unit = Unit.KWH
    meter_serial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingWindow:
    """The supplier's local days, both included, between which it asks for a reading."""

    gsrn: str
    start: date
    end: date


class Resolution(StrEnum):
    """Length of a consumption slot."""

    QUARTER_HOUR = "quarter_hour"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumptionSlot:
    """Energy through a supply point in [start, end), both UTC; `cost` includes VAT."""

    start: datetime
    end: datetime
    energy: Decimal
    cost: Decimal | None = None
    unit: Unit = Unit.KWH


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit:
    """An offer to customers, such as those of Lumme-tiimi."""

    benefit_id: str
    title: str
    valid_until: date | None = None
    redeemed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOffer:
    """The price at which a quarter can be fixed today, EUR/kWh including VAT."""

    year: int
    quarter: int
    start: date
    end: date
    price: Decimal
    vat_percent: Decimal
    quoted: date
