"""OmaLumme, the customer portal of Lumme Energia Oy in Finland.

Logging in is a Keycloak page in front of a function app: the page's form yields a one-time code,
which buys a token. The confirmed calls were learnt from public clients of the portal
(pjaaskela/lumme-ha and taskinen/lummekiinnitys, 2026); the others live in `UnconfirmedCalls`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
import secrets
from typing import Any, ClassVar, Final, override
from urllib.parse import quote
from zoneinfo import ZoneInfo

import aiohttp
from yarl import URL

from . import gsrn, unconfirmed
from .base import Portal
from .errors import (
    PortalAuthenticationError,
    PortalUnavailableError,
    PortalUnexpectedAnswerError,
)
from .forms import find, parse_forms
from .model import (
    Account,
    Address,
    Benefit,
    Capability,
    ConsumptionSlot,
    Contract,
    Delivery,
    DepositChange,
    DepositPlan,
    Invoice,
    PriceComponent,
    PriceKind,
    PriceOffer,
    Resolution,
    Settings,
    Statement,
    SupplyPoint,
)
from .politeness import Politeness
from .session import DENIED, Answer, Call, Credentials
from .wire import Drift, Record, records

HELSINKI: Final = ZoneInfo("Europe/Helsinki")
VERSION: Final = {"x-omalumme-version": "web"}
# What fits into the header; the rest of a token travels in the body of POSTs.
BEARER_LENGTH: Final = 5_000
CENT: Final = Decimal("0.01")

VIEW_PERIODS: Final = {
    Resolution.QUARTER_HOUR: "hour",
    Resolution.HOUR: "day",
    Resolution.DAY: "month",
}
PRICE_KINDS: Final = {
    "Spot": PriceKind.SPOT,
    "Fixed": PriceKind.FIXED,
    "Variable": PriceKind.VARIABLE,
}
QUARTER_HOUR: Final = timedelta(minutes=15)
HOUR: Final = timedelta(hours=1)

# The portal writes an end that is not set as the end of this century or later.
OPEN_ENDED: Final = date(2099, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where the portal's three parts live."""

    web: str = "https://oma.lumme-energia.fi/"
    authorise: str = (
        "https://kirjaudu.lumme-energia.fi/auth/realms/Lumme/protocol/openid-connect/auth"
    )
    api: str = "https://api-omalumme-prod.azure-api.net/FA-OmaLumme-Prod/v1"

    @classmethod
    def at(cls, address: str) -> Endpoints:
        """Return the endpoints of a stand-in that has all three below one base URL."""
        base = address.rstrip("/")
        return cls(
            web=f"{base}/",
            authorise=f"{base}/auth/realms/Lumme/protocol/openid-connect/auth",
            api=f"{base}/FA-OmaLumme-Prod/v1",
        )


@dataclass(frozen=True, slots=True)
class UnconfirmedCalls:
    """UNCONFIRMED: paths and shapes that no public source knows.

    They are modelled on the calls that are known and on the withdrawn mobile API of Luminus. A
    portal that answers 404 or a web page here just does not have the capability.
    """

    api: str

    def statement(self, customer: str) -> Call:
        """Invoices, payments and balance."""
        return self._get("accountStatement", customer, capability=Capability.STATEMENT)

    def document(self, customer: str, document_id: str) -> Call:
        """An invoice as PDF."""
        return self._get("invoiceDocument", customer, document_id, capability=Capability.DOCUMENTS)

    def deposits(self, customer: str) -> Call:
        """Advance payments (ennakkomaksu)."""
        return self._get("budgetBillLines", customer, capability=Capability.DEPOSIT)

    def set_deposit(self, customer: str, change: DepositChange) -> Call:
        """Another advance payment."""
        body = unconfirmed.deposit_body(change)
        return self._post("budgetBillLines", customer, body=body, capability=Capability.DEPOSIT)

    def benefits(self, customer: str) -> Call:
        """Benefits of Lumme-tiimi."""
        return self._get("customerBenefits", customer, capability=Capability.BENEFITS)

    def redeem(self, customer: str, benefit_id: str) -> Call:
        """A benefit of Lumme-tiimi, to be taken."""
        body = {"BenefitId": benefit_id}
        return self._post("customerBenefits", customer, body=body, capability=Capability.BENEFITS)

    def settings(self, customer: str) -> Call:
        """How bills come."""
        return self._get("billingSettings", customer, capability=Capability.SETTINGS)

    def set_delivery(self, customer: str, delivery: Delivery) -> Call:
        """Bills by e-mail or by post."""
        body = unconfirmed.delivery_body(delivery)
        return self._post("billingSettings", customer, body=body, capability=Capability.SETTINGS)

    def _get(self, name: str, *path: str, capability: Capability) -> Call:
        return Call(name=name, method="GET", url=_url(self.api, name, *path), capability=capability)

    def _post(self, name: str, *path: str, body: Mapping[str, Any], capability: Capability) -> Call:
        call = self._get(name, *path, capability=capability)
        return replace(call, method="POST", body=body)


class OmaLummePortal(Portal):
    """One log-in at OmaLumme."""

    capabilities: ClassVar = frozenset(
        {
            Capability.STATEMENT,
            Capability.DOCUMENTS,
            Capability.DEPOSIT,
            Capability.CONSUMPTION,
            Capability.PRICES,
            Capability.OFFERS,
            Capability.BENEFITS,
            Capability.SETTINGS,
        }
    )
    unconfirmed: ClassVar = capabilities - {Capability.CONSUMPTION, Capability.OFFERS}
    time_zone: ClassVar = "Europe/Helsinki"
    lost_statuses: ClassVar = frozenset({401})

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
        self._token = ""
        self._customer = ""

    @override
    async def _log_in(self) -> None:
        state = secrets.token_urlsafe(16)
        page = await self.session.send_patiently(
            Call(
                name="log-in page",
                method="GET",
                url=self._endpoints.authorise,
                params={
                    "client_id": "exove-oma-lumme",
                    "redirect_uri": self._endpoints.web,
                    "response_type": "code",
                    "scope": "openid",
                    "state": state,
                },
            )
        )
        answer = await self.session.send(self._credentials_form(page))
        code = _code(answer, state)
        bought = Record(
            "oidcAuthorization",
            await self.session.public_json(
                Call(
                    name="oidcAuthorization",
                    method="GET",
                    url=f"{self._endpoints.api}/oidcAuthorization/",
                    headers={"code": code, "iframe": "false", **VERSION},
                )
            ),
            self.drift,
        )
        self._token = _header_safe("oidcAuthorization", bought.need_text("token"))
        self._customer = bought.need_text("customerId")
        bought.done()

    def _credentials_form(self, page: Answer) -> Call:
        """Fill in the page's form.

        A password goes only to the identity provider we know, never to wherever a page points.
        """
        _available("log-in page", page)
        form = find(parse_forms(page.text), "username", "password")
        if form is None or form.method != "post":
            raise PortalUnexpectedAnswerError(
                "log-in page", f"no form for username and password (status {page.status})"
            )
        here = URL(self._endpoints.authorise)
        try:
            action = here.join(URL(form.action))
            known = action.origin() == here.origin()
        except ValueError as err:
            raise PortalUnexpectedAnswerError("log-in page", "the form leads nowhere") from err
        if not known:
            raise PortalUnexpectedAnswerError("log-in page", "the form leads to another host")
        credentials = self.session.credentials
        return Call(
            name="log-in",
            method="POST",
            url=str(action),
            form=form.filled(username=credentials.username, password=credentials.password),
        )

    @override
    def _decorate(self, call: Call) -> Call:
        bearer, rest = self._token[:BEARER_LENGTH], self._token[BEARER_LENGTH:]
        headers = {**(call.headers or {}), "Authorization": f"Bearer {bearer}", **VERSION}
        body = {**(call.body or {}), "content": rest} if call.method == "POST" else None
        return replace(call, headers=headers, body=body)

    @override
    async def async_accounts(self) -> tuple[Account, ...]:
        await self.session.ensure_login()
        return (Account(account_id=self._customer),)

    @override
    async def async_supply(
        self, account: Account
    ) -> tuple[tuple[SupplyPoint, ...], tuple[Contract, ...]]:
        data = await self.session.json(
            Call(
                name="contractBasicData",
                method="GET",
                url=_url(self._endpoints.api, "contractBasicData", account.account_id),
            )
        )
        supply_points: dict[str, SupplyPoint] = {}
        contracts: list[Contract] = []
        for record in records("contractBasicData", data, self.drift):
            number = gsrn.read(record, "GSRN", self.drift)
            address = _address(record)
            if number not in supply_points or address.label:
                supply_points[number] = SupplyPoint(gsrn=number, address=address)
            contracts.append(_contract(record, number, self.drift))
        return tuple(supply_points.values()), tuple(contracts)

    @override
    async def async_statement(self, account: Account) -> Statement:
        call = self._unconfirmed.statement(account.account_id)
        data = await self.session.json(call)
        return unconfirmed.statement(call.name, data, self.drift, self.today)

    @override
    async def async_document(
        self, account: Account, invoice: Invoice, *, interactive: bool = True
    ) -> bytes:
        call = self._unconfirmed.document(account.account_id, invoice.document_id or "")
        return await self.session.bytes(call, "application/pdf", interactive=interactive)

    @override
    async def async_deposits(self, account: Account) -> tuple[DepositPlan, ...]:
        call = self._unconfirmed.deposits(account.account_id)
        return unconfirmed.deposit_plans(call.name, await self.session.json(call), self.drift)

    @override
    async def async_set_deposit(self, account: Account, change: DepositChange) -> None:
        await self._change(self._unconfirmed.set_deposit(account.account_id, change))

    @override
    async def async_benefits(self, account: Account) -> tuple[Benefit, ...]:
        call = self._unconfirmed.benefits(account.account_id)
        return unconfirmed.benefits(call.name, await self.session.json(call), self.drift)

    @override
    async def async_redeem(self, account: Account, benefit: Benefit) -> None:
        await self._change(self._unconfirmed.redeem(account.account_id, benefit.benefit_id))

    @override
    async def async_settings(self, account: Account) -> Settings:
        call = self._unconfirmed.settings(account.account_id)
        return unconfirmed.settings(call.name, await self.session.json(call), self.drift)

    @override
    async def async_set_delivery(self, account: Account, delivery: Delivery) -> None:
        await self._change(self._unconfirmed.set_delivery(account.account_id, delivery))

    async def _change(self, call: Call) -> None:
        unconfirmed.outcome(call, await self.session.write(call), self.drift)

    @override
    async def async_consumption(
        self,
        account: Account,
        supply_point: SupplyPoint,
        start: date,
        end: date,
        resolution: Resolution,
    ) -> tuple[ConsumptionSlot, ...]:
        """Return consumption by quarter of an hour, hour or day; it is 1 to 2 days late."""
        customer = account.account_id
        data = await self.session.json(
            Call(
                name="consumption",
                method="POST",
                url=_url(self._endpoints.api, "consumption", customer, customer, supply_point.gsrn),
                params={
                    "version": "2",
                    "start": start.isoformat(),
                    "end": end.isoformat(),
                    "viewPeriod": VIEW_PERIODS[resolution],
                },
            )
        )
        answer = Record("consumption", data, self.drift)
        if "items" not in answer:
            raise PortalUnexpectedAnswerError("consumption", "items is missing")
        slots = {slot.start: slot for slot in _slots(answer, resolution)}
        answer.done()
        return tuple(
            slots[moment]
            for moment in sorted(slots)
            if start <= moment.astimezone(HELSINKI).date() <= end
        )

    @override
    async def async_offers(self) -> tuple[PriceOffer, ...]:
        """Return the fix price of each quarter on offer, from the supplier's latest quotation."""
        data = await self.session.public_json(
            Call(
                name="priceFixOffers", method="GET", url=_url(self._endpoints.api, "priceFixOffers")
            )
        )
        known = ("Price_id", "priceVat0", "change")
        offers = sorted(
            (
                PriceOffer(
                    year=int(record.need_number("Year")),
                    quarter=int(record.need_number("Quarter")),
                    start=record.need_day("Price_start_date", HELSINKI),
                    end=record.need_day("Price_end_date", HELSINKI),
                    price=record.need_number("priceWithVat") * CENT,
                    vat_percent=record.need_number("vat"),
                    quoted=record.need_day("Export_date", HELSINKI),
                )
                for record in records("priceFixOffers", data, self.drift, known=known)
            ),
            key=lambda offer: (offer.year, offer.quarter, offer.quoted),
        )
        return tuple({(offer.year, offer.quarter): offer for offer in offers}.values())


def _url(base: str, *path: str) -> str:
    return "/".join((base, *(quote(part, safe="") for part in path)))


def _available(step: str, answer: Answer) -> None:
    """Stop where the identity provider is down or keeps us out; neither is a bad password."""
    if answer.is_transient or answer.status in DENIED:
        raise PortalUnavailableError(
            f"{step}: status {answer.status}", retry_after=answer.retry_after
        )


def _code(answer: Answer, state: str) -> str:
    """Take the one-time code out of the answer to the log-in form.

    Raises:
        PortalAuthenticationError: the form came back: only Keycloak's own page says so.
    """
    _available("log-in", answer)
    if answer.status == 200 and find(parse_forms(answer.text), "username", "password"):
        raise PortalAuthenticationError("the portal showed its log-in form again")
    if answer.location is None or answer.status not in {302, 303}:
        raise PortalUnexpectedAnswerError("log-in", f"neither form nor code ({answer.status})")
    try:
        query = URL(answer.location).query
    except ValueError as err:
        raise PortalUnexpectedAnswerError("log-in", "the redirect leads nowhere") from err
    if "code" not in query:
        raise PortalUnexpectedAnswerError("log-in", "the portal asks for something else first")
    if query.get("state") != state:
        raise PortalUnexpectedAnswerError("log-in", "the code is for another log-in")
    return _header_safe("log-in", query["code"])


def _header_safe(call: str, secret: str) -> str:
    """Insist on a text that can travel in a header."""
    if not (secret.isascii() and secret.isprintable()):
        raise PortalUnexpectedAnswerError(call, "a code or token is no plain text")
    return secret


def _address(record: Record) -> Address:
    address = record.record("meteringpointAddress")
    if address is None:
        return Address()
    number = (address.text("houseNumber"), address.text("houseLetter"))
    found = Address(
        street=address.text("streetName"),
        house_number=" ".join(part for part in number if part) or None,
        postal_code=address.text("postalCode"),  # unconfirmed
        city=address.text("cityName"),
        country="FI",
    )
    address.done()
    return found


def _contract(record: Record, number: str, drift: Drift) -> Contract:
    """Read a contract.

    UNCONFIRMED: of a contract, public sources name only the metering point. The keys below are
    what it most plausibly has; one that is absent is unknown, one that we cannot read is drift.
    """

    def readable[T](read: Callable[[str], T | None], key: str) -> T | None:
        try:
            return read(key)
        except PortalUnexpectedAnswerError:
            drift.word(record.call, key, "unreadable")
            return None

    def day(key: str) -> date | None:
        return readable(lambda key: record.day(key, HELSINKI), key)

    prices = (
        PriceComponent(register=register, amount=amount * factor, unit=unit)
        for key, register, factor, unit in (
            ("energyPrice", "single", CENT, "EUR/kWh"),
            ("margin", "margin", CENT, "EUR/kWh"),
            ("monthlyFee", "fixed", Decimal(1), "EUR/month"),
        )
        if (amount := readable(record.number, key)) is not None
    )
    end = day("endDate")
    return Contract(
        gsrn=number,
        contract_id=readable(record.text, "contractNumber"),
        product=readable(record.text, "productName"),
        price_kind=record.choice("priceType", PRICE_KINDS, PriceKind.UNKNOWN),
        start=day("startDate"),
        end=None if end is None or end >= OPEN_ENDED else end,
        prices=tuple(prices),
    )


def _slots(answer: Record, resolution: Resolution) -> Iterator[ConsumptionSlot]:
    """Read slots; one without a value is not there yet, which is not zero.

    UNCONFIRMED: whether times carry an offset. Without one they are Finnish local time; in the
    night of the autumn change an hour of them comes twice, and its second round (a time seen
    before, or one after the clock has gone back) is winter time.
    """
    seen: set[datetime] = set()
    latest: datetime | None = None
    second_round = False
    for item in answer.records("items"):
        start, end = item.need(item.moment("startTime"), "startTime"), item.moment("endTime")
        if not 2000 < start.year < 2100:
            raise PortalUnexpectedAnswerError("consumption.items", "startTime is not plausible")
        energy, cost = item.number("sum"), item.number("costWithVat")
        if start.tzinfo is None:
            second_round |= latest is not None and start < latest
            local = start.replace(tzinfo=HELSINKI, fold=second_round or start in seen)
            seen.add(start)
            latest = start
        else:
            local = start.astimezone(HELSINKI)
        if energy is None:
            continue
        begin = local.astimezone(UTC)
        if resolution is Resolution.DAY:
            midnight = datetime.combine(local.date() + timedelta(days=1), time(), HELSINKI)
            finish = midnight.astimezone(UTC)
        else:
            finish = begin + _length(start, end, resolution)
        yield ConsumptionSlot(start=begin, end=finish, energy=energy, cost=cost)


def _length(start: datetime, end: datetime | None, resolution: Resolution) -> timedelta:
    """Return the length the portal gives a slot, or the nominal one where that makes no sense.

    Local times make none around a change of the clock, nor does an end at the last millisecond.
    """
    if end is not None and (start.tzinfo is None) is (end.tzinfo is None):
        told = end - start
        if told in {QUARTER_HOUR, HOUR}:
            return told
    return QUARTER_HOUR if resolution is Resolution.QUARTER_HOUR else HOUR
