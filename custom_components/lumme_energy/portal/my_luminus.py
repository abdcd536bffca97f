"""My Luminus, the customer portal of Luminus SA in Belgium.

Logging in is an Auth0 page for the e-mail and one for the password; what they leave behind is a
cookie session, and no token. The confirmed calls were learnt from a public client of the portal
(VinzzB/my-luminus-pricing-ha-addon, 2026); the others live in `UnconfirmedCalls`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final, override
from urllib.parse import quote
from zoneinfo import ZoneInfo

import aiohttp
from yarl import URL

from . import gsrn, unconfirmed
from .base import Portal
from .errors import (
    PortalAuthenticationError,
    PortalCapabilityError,
    PortalError,
    PortalUnavailableError,
    PortalUnexpectedAnswerError,
)
from .forms import Form, find, parse_forms
from .model import (
    Account,
    Address,
    Capability,
    ConsumptionSlot,
    Contract,
    Delivery,
    DepositChange,
    DepositPlan,
    DirectDebit,
    Direction,
    Energy,
    ExportFormat,
    Invoice,
    MeterReading,
    PriceComponent,
    PriceKind,
    ReadingRefusal,
    ReadingSubmission,
    ReadingWindow,
    Resolution,
    Settings,
    Statement,
    SupplyPoint,
)
from .politeness import Politeness
from .session import DENIED, Answer, Call, Credentials
from .wire import Record, records

BRUSSELS: Final = ZoneInfo("Europe/Brussels")
MAX_REDIRECTS: Final = 10
CENT: Final = Decimal("0.01")
# How the supplier writes that a contract has no end.
OPEN_ENDED: Final = date(2100, 12, 31)

ENERGIES: Final = {"Electricity": Energy.ELECTRICITY, "Gas": Energy.GAS}
ENERGY_WORDS: Final = {energy: word for word, energy in ENERGIES.items()}
PRICE_KINDS: Final = {
    "Fixed": PriceKind.FIXED,
    "Variable": PriceKind.VARIABLE,
    "Dynamic": PriceKind.SPOT,
}
# Only the first word has been seen.
DIRECT_DEBIT: Final[Mapping[str, bool | None]] = {
    "DirectDebit": True,
    "BankTransfer": False,
    "Transfer": False,
}
METER_TYPES: Final = {
    word: word for word in ("single", "dual", "singleExclusiveNight", "dualExclusiveNight")
}
SEASONAL: Final = {"peak": "peak", "offPeak": "off_peak", "superOffPeak": "super_off_peak"}
IMPORTED: Final = {
    "single": "single",
    "dualDay": "day",
    "dualNight": "night",
    "exclusiveNight": "exclusive_night",
    **SEASONAL,
}
INJECTED: Final = {
    "injectionSingle": "single",
    "injectionDualDay": "day",
    "injectionDualNight": "night",
}

CONTENT_TYPES: Final = {
    ExportFormat.EXCEL: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.PDF: "application/pdf",
}

# What else is known of an active contract.
CONTRACT: Final = (
    "region",
    "productId",
    "serviceLevel",
    "readingType",
    "changeProductAllowed",
    "hasMetering",
    "hasBudgetBilling",
    "digitalMeterType",
    "directDebitSubscription",
    "hasZoomit",
    "bankAccount",
    "refundBankAccount",
    "canRequestMonthlyBilling",
    "priceListPdfAvailable",
    "contractPdfAvailable",
    "canRequestTariffImpact",
    "hasSeasonalProduct",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where the portal's three parts live."""

    web: str = "https://www.luminus.be/myluminus/nl/"
    login: str = "https://login.luminus.be"
    api: str = "https://www.luminus.be/myluminus/api"

    @classmethod
    def at(cls, address: str) -> Endpoints:
        """Return the endpoints of a stand-in that has all three below one base URL."""
        base = address.rstrip("/")
        return cls(web=f"{base}/myluminus/nl/", login=base, api=f"{base}/myluminus/api")


@dataclass(frozen=True, slots=True)
class UnconfirmedCalls:
    """UNCONFIRMED: paths that no public source knows, after the withdrawn mobile API's names.

    A portal that answers 404 or a web page here just does not have the capability. Of a
    consumption's parameters only the names and the periodicity `Month` are known.
    """

    PERIODICITIES: ClassVar = {
        Resolution.QUARTER_HOUR: "QuarterHour",
        Resolution.HOUR: "Hour",
        Resolution.DAY: "Day",
        Resolution.MONTH: "Month",
    }
    FORMATS: ClassVar = {ExportFormat.EXCEL: "Excel", ExportFormat.PDF: "Pdf"}

    api: str

    def statement(self) -> Call:
        """Invoices, payments and balance (GetAccountStatement)."""
        return self._get("account-statement", capability=Capability.STATEMENT)

    def document(self, document_id: str) -> Call:
        """An invoice or credit note as PDF."""
        return self._get("invoice-document", document_id, capability=Capability.DOCUMENTS)

    def deposits(self) -> Call:
        """Deposit of each supply point (GetBudgetBillLines)."""
        return self._get("budget-bill-lines", capability=Capability.DEPOSIT)

    def set_deposit(self, change: DepositChange) -> Call:
        """Another deposit of a supply point."""
        body = unconfirmed.deposit_body(change)
        return self._post("budget-bill-lines", body=body, capability=Capability.DEPOSIT)

    def settings(self) -> Call:
        """How bills come and are paid; of that, a contract tells `directDebitSubscription`."""
        return self._get("billing-settings", capability=Capability.SETTINGS)

    def set_delivery(self, delivery: Delivery) -> Call:
        """Bills by e-mail or by post."""
        body = unconfirmed.delivery_body(delivery)
        return self._post("billing-settings", body=body, capability=Capability.SETTINGS)

    def set_direct_debit(self, scope: DirectDebit) -> Call:
        """Direct debit, to be switched on or extended."""
        body = unconfirmed.direct_debit_body(scope)
        return self._post("billing-settings", body=body, capability=Capability.SETTINGS)

    def export(self, supply_point: SupplyPoint, form: ExportFormat) -> Call:
        """The statement of one supply point as a file."""
        call = self._get("account-statement", "export", capability=Capability.EXPORTS)
        return replace(call, params={"ean": supply_point.gsrn, "format": self.FORMATS[form]})

    def readings(self) -> Call:
        """Register readings of all supply points."""
        return self._get("meter-readings", capability=Capability.READINGS)

    def reading_windows(self) -> Call:
        """When readings are asked for."""
        return self._get("meter-reading-windows", capability=Capability.READING_SUBMISSION)

    def submit_reading(self, submission: ReadingSubmission) -> Call:
        """A reading of one day (InsertMeterReading)."""
        body = unconfirmed.reading_body(submission)
        return self._post(
            "insert-meter-reading", body=body, capability=Capability.READING_SUBMISSION
        )

    def delete_reading(self, number: str, day: date) -> Call:
        """The reading of one day, to be deleted (DeleteMeterReading)."""
        body = unconfirmed.deletion_body(number, day)
        return self._post(
            "delete-meter-reading", body=body, capability=Capability.READING_SUBMISSION
        )

    def consumption(
        self, supply_point: SupplyPoint, source: str, start: date, end: date, length: Resolution
    ) -> Call:
        """Consumption of one supply point (GetConsumptions), `end` included."""
        call = self._get("consumptions", capability=Capability.CONSUMPTION)
        params = {
            "ean": supply_point.gsrn,
            "source": source,
            "energyType": ENERGY_WORDS[supply_point.energy],
            "dateFrom": start.isoformat(),
            "dateUntil": end.isoformat(),
            "periodicity": self.PERIODICITIES[length],
        }
        return replace(call, params=params)

    def _get(self, name: str, *path: str, capability: Capability) -> Call:
        url = "/".join((self.api, name, *(quote(part, safe="") for part in path)))
        return Call(name=name, method="GET", url=url, capability=capability)

    def _post(self, name: str, *, body: Mapping[str, Any], capability: Capability) -> Call:
        return replace(self._get(name, capability=capability), method="POST", body=body)


@dataclass(frozen=True, slots=True)
class _Page:
    """Where a walk through log-in pages has led."""

    url: URL
    answer: Answer

    def form(self, *names: str) -> Form | None:
        """Return the form that asks for the named fields."""
        return find(parse_forms(self.answer.text), *names)


class MyLuminusPortal(Portal):
    """One log-in at My Luminus, which may act for several business partners.

    The portal answers for one "active" business partner of the session at a time, so every call
    makes its own partner the active one, and no two calls run at once.
    """

    capabilities: ClassVar = frozenset(
        {
            Capability.STATEMENT,
            Capability.DOCUMENTS,
            Capability.DEPOSIT,
            Capability.READINGS,
            Capability.READING_SUBMISSION,
            Capability.CONSUMPTION,
            Capability.PRICES,
            Capability.SETTINGS,
            Capability.EXPORTS,
        }
    )
    unconfirmed: ClassVar = capabilities - {Capability.PRICES}
    time_zone: ClassVar = "Europe/Brussels"
    lost_statuses: ClassVar = DENIED

    @override
    def __init__(
        self,
        http: aiohttp.ClientSession,
        credentials: Credentials,
        politeness: Politeness,
        *,
        address: str | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(http, credentials, politeness, address=address, sleep=sleep)
        self._endpoints = Endpoints() if address is None else Endpoints.at(address)
        self._unconfirmed = UnconfirmedCalls(self._endpoints.api)
        self._hosts = {URL(self._endpoints.web).origin(), URL(self._endpoints.login).origin()}
        self._turn = asyncio.Lock()
        self._accounts: tuple[Account, ...] = ()
        self._active: str | None = None
        # Read once: they hardly ever change.
        self._sources: dict[str, str | None] = {}

    @override
    async def _log_in(self) -> None:
        """Log in, and ask for the account to see whether that worked.

        That answer does not make the log-in worth it (`Politeness.answered`): where all else is
        kept from us by 403, log-ins must become rare.
        """
        credentials = self.session.credentials
        page = await self._visit(
            Call(name="log-in page", method="GET", url=self._endpoints.web),
            self.session.send_patiently,
        )
        _available(page.answer)
        page = await self._submit(page, "username", credentials.username)
        if page.form("password") is not None:
            page = await self._submit(page, "password", credentials.password)
        overview = await self.session.send_patiently(
            self._get("account", "overview"), counted=True, interactive=True
        )
        if overview.status in self.lost_statuses:
            raise self._refusal(page)
        if overview.status >= 400 or not overview.is_json:
            raise PortalUnexpectedAnswerError(
                "account/overview", f"{overview.status} {overview.content_type}"
            )
        self._read_overview(overview)

    async def _visit(self, call: Call, send: Callable[[Call], Awaitable[Answer]]) -> _Page:
        """Send a call and follow its redirects as far as they stay on the portal's hosts."""
        for _ in range(MAX_REDIRECTS):
            answer = await send(call)
            page = _Page(URL(call.url), answer)
            target = _target(page.url, answer.location)
            if target is None or target.origin() not in self._hosts:
                break
            call = Call(name=call.name, method="GET", url=str(target))
        return page

    async def _submit(self, page: _Page, field: str, value: str) -> _Page:
        """Fill in the page's form, which may only lead to the log-in host, and send it once."""
        form = page.form(field)
        if form is None or form.method != "post":
            raise PortalUnexpectedAnswerError(
                "log-in page", f"no form for the {field} (status {page.answer.status})"
            )
        target = _target(page.url, form.action)
        login = URL(self._endpoints.login).origin()
        if target is None or target.origin() != login:
            raise PortalUnexpectedAnswerError("log-in page", "the form leads to another host")
        call = Call(
            name="log-in",
            method="POST",
            url=str(target),
            headers={"Origin": str(login), "Referer": str(page.url)},
            form=form.filled(**{field: value, "action": "default"}),
        )
        return await self._visit(call, self.session.send)

    def _refusal(self, page: _Page) -> PortalError:
        """Say why there is no session after the last page of a log-in.

        Only the portal's own form, shown again, says that the e-mail or password is wrong; not so
        where it also asks for a proof that we are human.
        """
        _available(page.answer)
        form = page.form("password") or page.form("username")
        if form is not None and "captcha" not in form.fields:
            return PortalAuthenticationError("the portal showed its log-in form again")
        if str(page.url).startswith(self._endpoints.web):
            return PortalUnavailableError("the session is lost right after log-in")
        return PortalUnexpectedAnswerError(
            "log-in", f"the portal asks for something else first (status {page.answer.status})"
        )

    def _read_overview(self, answer: Answer) -> None:
        """Learn for whom the log-in may act and who is active in the new session."""
        known = ("id", "email", "socialNetworks")
        overview = Record("account/overview", answer.data, self.drift, known=known)
        if "businessPartners" not in overview:
            raise PortalUnexpectedAnswerError("account/overview", "businessPartners is missing")
        self._accounts = tuple(
            Account(account_id=partner.need_text("businessPartnerNumber"))
            for partner in overview.records("businessPartners", known=("pushNotificationsEnabled",))
        )
        self._active = overview.text("activeBusinessPartnerNumber")
        overview.done()

    def _get(self, *path: str) -> Call:
        """Return a confirmed call; an EAN is only ever the last part of a longer path."""
        url = "/".join((self._endpoints.api, *(quote(part, safe="") for part in path)))
        return Call(name="/".join(path), method="GET", url=url)

    async def _turn_of[T](self, account: Account, fetch: Callable[[], Awaitable[T]]) -> T:
        """Fetch something while `account` is the active business partner.

        A session renewed on the way has its own idea of who is active: what was fetched may then
        be another partner's, and is fetched again.
        """
        async with self._turn:
            for _ in range(2):
                await self.session.ensure_login()
                if self._active != account.account_id:
                    await self._activate(account)
                fetched = await fetch()
                if self._active == account.account_id:
                    return fetched
        raise PortalUnavailableError("the session is lost again and again")

    async def _activate(self, account: Account) -> None:
        call = replace(
            self._get("account", "active-business-partner"),
            method="POST",
            body={"bp": account.account_id},
        )
        answer = Record(call.name, await self.session.json(call), self.drift)
        if answer.flag("ok") is not True:
            raise PortalUnexpectedAnswerError(call.name, "not switched")
        answer.done()
        self._active = account.account_id

    @override
    async def async_accounts(self) -> tuple[Account, ...]:
        await self.session.ensure_login()
        return self._accounts

    @override
    async def async_supply(
        self, account: Account
    ) -> tuple[tuple[SupplyPoint, ...], tuple[Contract, ...]]:
        return await self._turn_of(account, self._supply)

    async def _supply(self) -> tuple[tuple[SupplyPoint, ...], tuple[Contract, ...]]:
        call = self._get("active-contracts")
        data = await self.session.json(call)
        supply_points: dict[str, SupplyPoint] = {}
        contracts: list[Contract] = []
        for record in records(call.name, data, self.drift, known=CONTRACT):
            number = gsrn.read(record, "ean", self.drift)
            supply_points[number] = _supply_point(record, number)
            priced = record.flag("priceInfoAvailable") is not False
            prices = await self._prices(number) if priced else ()
            contracts.append(_contract(record, number, prices))
        return tuple(supply_points.values()), tuple(contracts)

    async def _prices(self, number: str) -> tuple[PriceComponent, ...]:
        """Return a supply point's prices; a contract stands without them too."""
        call = replace(
            self._get("price-information", number),
            name="price-information",
            capability=Capability.PRICES,
        )
        try:
            data = await self.session.json(call)
        except PortalCapabilityError:
            self.drift.word(call.name, "answer", "not offered")
            return ()
        return () if data is None else _read_prices(Record(call.name, data, self.drift))

    @override
    async def async_statement(self, account: Account) -> Statement:
        call = self._unconfirmed.statement()
        data = await self._turn_of(account, lambda: self.session.json(call))
        return unconfirmed.statement(call.name, data, self.drift, self.today)

    @override
    async def async_document(
        self, account: Account, invoice: Invoice, *, interactive: bool = True
    ) -> bytes:
        call = self._unconfirmed.document(invoice.document_id or "")
        return await self._turn_of(
            account, lambda: self.session.bytes(call, "application/pdf", interactive=interactive)
        )

    @override
    async def async_deposits(self, account: Account) -> tuple[DepositPlan, ...]:
        call = self._unconfirmed.deposits()
        data = await self._turn_of(account, lambda: self.session.json(call))
        return unconfirmed.deposit_plans(call.name, data, self.drift)

    @override
    async def async_set_deposit(self, account: Account, change: DepositChange) -> None:
        await self._change(account, self._unconfirmed.set_deposit(change))

    @override
    async def async_settings(self, account: Account) -> Settings:
        call = self._unconfirmed.settings()
        data = await self._turn_of(account, lambda: self.session.json(call))
        return unconfirmed.settings(call.name, data, self.drift)

    @override
    async def async_set_delivery(self, account: Account, delivery: Delivery) -> None:
        await self._change(account, self._unconfirmed.set_delivery(delivery))

    @override
    async def async_set_direct_debit(self, account: Account, scope: DirectDebit) -> None:
        await self._change(account, self._unconfirmed.set_direct_debit(scope))

    @override
    async def async_submit_reading(self, account: Account, submission: ReadingSubmission) -> None:
        await self._change_reading(account, self._unconfirmed.submit_reading(submission))

    @override
    async def async_delete_reading(self, account: Account, gsrn: str, day: date) -> None:
        await self._change_reading(account, self._unconfirmed.delete_reading(gsrn, day))

    async def _change_reading(self, account: Account, call: Call) -> None:
        answer = await self._write(account, call)
        unconfirmed.outcome(
            call,
            answer,
            self.drift,
            reasons=unconfirmed.READING_REFUSALS,
            otherwise=ReadingRefusal.UNKNOWN,
        )

    async def _change(self, account: Account, call: Call) -> None:
        unconfirmed.outcome(call, await self._write(account, call), self.drift)

    async def _write(self, account: Account, call: Call) -> Answer:
        """Send a change while `account` is the active business partner, and at no other time.

        It cannot be sent again, as a read can, should it have met another partner's session.
        """

        async def ready() -> None:
            if self._active != account.account_id:
                await self._activate(account)

        async with self._turn:
            return await self.session.write(call, ready=ready)

    @override
    async def async_export(
        self, account: Account, supply_point: SupplyPoint, form: ExportFormat
    ) -> bytes:
        call = self._unconfirmed.export(supply_point, form)
        return await self._turn_of(
            account, lambda: self.session.bytes(call, CONTENT_TYPES[form], interactive=True)
        )

    @override
    async def async_readings(
        self, account: Account, supply_points: Sequence[SupplyPoint]
    ) -> tuple[MeterReading, ...]:
        call = self._unconfirmed.readings()
        data = await self._turn_of(account, lambda: self.session.json(call))
        wanted = {supply_point.gsrn for supply_point in supply_points}
        return tuple(
            reading
            for reading in unconfirmed.readings(call.name, data, self.drift)
            if reading.gsrn in wanted
        )

    @override
    async def async_reading_windows(
        self, account: Account, supply_points: Sequence[SupplyPoint]
    ) -> tuple[ReadingWindow, ...]:
        """Return when readings are asked for; a portal that does not tell still takes them."""
        call = self._unconfirmed.reading_windows()
        try:
            data = await self._turn_of(account, lambda: self.session.json(call))
            windows = unconfirmed.reading_windows(call.name, data, self.drift, self.today)
        except PortalCapabilityError:
            self.drift.word(call.name, "answer", "not offered")
            return ()
        wanted = {supply_point.gsrn for supply_point in supply_points}
        return tuple(window for window in windows if window.gsrn in wanted)

    @override
    async def async_consumption(
        self,
        account: Account,
        supply_point: SupplyPoint,
        start: date,
        end: date,
        resolution: Resolution,
    ) -> tuple[ConsumptionSlot, ...]:
        """Return consumption from the best source there is; it is 1 to 3 days late."""
        slots = await self._turn_of(
            account, lambda: self._consumption(supply_point, start, end, resolution)
        )
        return tuple(
            slot for slot in slots if start <= slot.start.astimezone(BRUSSELS).date() <= end
        )

    async def _consumption(
        self, supply_point: SupplyPoint, start: date, end: date, resolution: Resolution
    ) -> tuple[ConsumptionSlot, ...]:
        if supply_point.gsrn not in self._sources:
            await self._read_sources()
        source = self._sources.setdefault(supply_point.gsrn, None)
        if source is None:
            return ()
        call = self._unconfirmed.consumption(supply_point, source, start, end, resolution)
        return unconfirmed.consumption(call.name, await self.session.json(call), self.drift)

    async def _read_sources(self) -> None:
        """Choose where each meter's consumption comes from: monitoring, or else its readings."""
        call = self._get("meter-readings", "available-sources")
        answer = Record(call.name, await self.session.json(call), self.drift)
        for meter in answer.records("meters", known=("energyType",)):
            number = gsrn.read(meter, "ean", self.drift)
            offered = {
                source.text("sourceProvider")
                for source in meter.records("sources")
                # The readings' own source carries no status.
                if source.choice("status", {"Eligible": True, "NonEligible": False}, True)
            }
            for provider in ("BasicMonitoring", "SAP"):
                if provider in offered:
                    self._sources[number] = provider
                    break
        answer.done()


def _target(here: URL, location: str | None) -> URL | None:
    """Return where a link leads; None when it leads nowhere on the web."""
    if location is None:
        return None
    try:
        target = here.join(URL(location))
        target.origin()
    except ValueError:
        return None
    return target if target.scheme in {"http", "https"} and target.host else None


def _available(answer: Answer) -> None:
    """Stop where the log-in is down or keeps us out; neither is a bad password."""
    if answer.is_transient or answer.status in DENIED:
        raise PortalUnavailableError(
            f"log-in: status {answer.status}", retry_after=answer.retry_after
        )


def _supply_point(record: Record, number: str) -> SupplyPoint:
    house = (record.text("houseNr"), record.text("box"))
    return SupplyPoint(
        gsrn=number,
        energy=record.choice("energyType", ENERGIES, Energy.ELECTRICITY),
        address=Address(
            street=record.text("street"),
            house_number="/".join(part for part in house if part) or None,
            postal_code=record.text("postalCode"),
            city=record.text("city"),
            country="BE",
        ),
        digital_meter=record.flag("hasDigitalMeter"),
    )


def _contract(record: Record, number: str, prices: tuple[PriceComponent, ...]) -> Contract:
    """Read a contract. UNCONFIRMED: its dates, which are named as the mobile API named the end."""
    end = record.day("endDate")
    return Contract(
        gsrn=number,
        contract_id=record.text("id"),
        product=record.text("product"),
        price_kind=record.choice("priceVariability", PRICE_KINDS, PriceKind.UNKNOWN),
        start=record.day("startDate"),
        end=None if end is None or end >= OPEN_ENDED else end,
        prices=prices,
        direct_debit=record.choice("paymentMethod", DIRECT_DEBIT, None),
    )


def _read_prices(answer: Record) -> tuple[PriceComponent, ...]:
    """Read the prices of the meter the customer has: `seasonalPrices`, or one of `prices`."""
    for key in ("productName", "disclaimer", "promotionsContent"):
        answer.raw(key)
    by_meter = answer.record("prices", known=METER_TYPES)
    meter = answer.choice("activeMeterType", METER_TYPES, None)
    chosen = answer.record("seasonalPrices")
    if chosen is None and by_meter is not None and meter is not None:
        chosen = by_meter.record(meter)
        by_meter.done()
    answer.done()
    if chosen is None:
        return ()
    prices = tuple(_components(chosen))
    chosen.done()
    return prices


def _components(prices: Record) -> Iterator[PriceComponent]:
    """Read prices: the yearly fee in euros, all others in cents a kWh, VAT included."""
    for key, register, direction in (
        ("fixed", "fixed", Direction.IMPORT),
        *((key, register, Direction.IMPORT) for key, register in IMPORTED.items()),
        *((key, register, Direction.EXPORT) for key, register in INJECTED.items()),
    ):
        price = prices.record(key)
        if price is None or (rate := price.number("rate")) is None:
            continue
        formula = price.text("formula")
        price.done()
        yearly = key == "fixed"
        yield PriceComponent(
            register=register,
            amount=rate if yearly else rate * CENT,
            unit="EUR/year" if yearly else "EUR/kWh",
            direction=direction,
            formula=formula,
        )
