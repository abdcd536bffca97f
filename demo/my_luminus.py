"""A stand-in for My Luminus: Auth0's log-in pages, the cookie session and the portal's calls.

It insists on what the real portal needs (cookies of each step, the state, every field of a form),
so that a client which works here has sent all of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import escape
import secrets
from typing import Any, ClassVar, override
from urllib.parse import urlencode

from aiohttp import web

from custom_components.lumme_energy.portal.model import (
    Contract,
    DirectDebit,
    Direction,
    Energy,
    PriceComponent,
    PriceKind,
    Resolution,
    SupplyPoint,
)

from . import unconfirmed
from .exports import statement_document, workbook
from .faults import FaultKind
from .households import Customer, HouseholdOn
from .households.belgium import BRUSSELS, household, midnight
from .server import DemoPortal

WEB = "/myluminus/nl/"
API = "/myluminus/api"
CALLBACK = f"{API}/auth/callback"
CLIENT = "demo-my-luminus"
ENERGIES = {Energy.ELECTRICITY: "Electricity", Energy.GAS: "Gas"}
PRICE_KINDS = {
    PriceKind.FIXED: "Fixed",
    PriceKind.VARIABLE: "Variable",
    PriceKind.SPOT: "Dynamic",
}
PERIODICITIES = {
    "QuarterHour": Resolution.QUARTER_HOUR,
    "Hour": Resolution.HOUR,
    "Day": Resolution.DAY,
    "Month": Resolution.MONTH,
}
PRICE_NAMES = {
    ("fixed", Direction.IMPORT): "fixed",
    ("single", Direction.IMPORT): "single",
    ("day", Direction.IMPORT): "dualDay",
    ("night", Direction.IMPORT): "dualNight",
    ("single", Direction.EXPORT): "injectionSingle",
    ("day", Direction.EXPORT): "injectionDualDay",
    ("night", Direction.EXPORT): "injectionDualNight",
}
DEBITED: dict[DirectDebit | None, str] = {
    DirectDebit.DEPOSITS: "Deposits",
    DirectDebit.ALL: "AllInvoices",
}
OPEN_ENDED = date(2100, 12, 31)
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

PAGE = """<!doctype html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>My Luminus (DEMO)</title>
<style>
  body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; color: #2b1f1a;
    font: 16px/1.5 system-ui, sans-serif; background: linear-gradient(160deg, #fff1e6, #fbe3d3); }}
  main {{ width: min(22rem, 86vw); padding: 2rem; border-radius: 1rem; background: #fff;
    box-shadow: 0 1rem 3rem #7c2d1226; }}
  h1 {{ margin: 0 0 1.25rem; font-size: 1.5rem; }}
  small {{ padding: .15rem .5rem; border-radius: .4rem; background: #ffd166; font-size: .75rem;
    vertical-align: middle; }}
  label {{ display: block; margin: .9rem 0 .25rem; font-weight: 600; }}
  input {{ box-sizing: border-box; width: 100%; padding: .65rem .75rem; font: inherit;
    border: 1px solid #dcc8bb; border-radius: .5rem; }}
  input[readonly] {{ background: #f7f1ed; }}
  button {{ width: 100%; margin-top: 1.5rem; padding: .65rem .75rem; border: 0; border-radius: .5rem;
    background: #c2410c; color: #fff; font: inherit; font-weight: 600; cursor: pointer; }}
  .error {{ padding: .6rem .75rem; border-radius: .5rem; background: #fde8e6; color: #8c1d18; }}
</style>
</head>
<body><main><h1>My Luminus <small>DEMO</small></h1>{content}</main></body>
</html>
"""
IDENTIFIER_FORM = """{error}
<form method="POST">
<input type="hidden" name="state" value="{state}">
<label for="username">E-mailadres</label>
<input id="username" name="username" type="text" value="{username}" autocomplete="email" autofocus>
<input type="hidden" id="js-available" name="js-available" value="false">
<input type="hidden" id="webauthn-available" name="webauthn-available" value="false">
<input type="hidden" id="is-brave" name="is-brave" value="false">
<input type="hidden" name="webauthn-platform-available" value="false">
<button type="submit" name="action" value="default">Volgende</button>
</form>"""
PASSWORD_FORM = """{error}
<form method="POST">
<input type="hidden" name="state" value="{state}">
<label for="username">E-mailadres</label>
<input id="username" name="username" type="text" value="{username}" readonly>
<label for="password">Wachtwoord</label>
<input id="password" name="password" type="password" autocomplete="current-password" autofocus>
<button type="submit" name="action" value="default">Aanmelden</button>
</form>"""
NO_ADDRESS = '<p class="error" role="alert">Geef een geldig e-mailadres in.</p>'
WRONG = '<p class="error" role="alert">Verkeerd e-mailadres of wachtwoord.</p>'


@dataclass(slots=True, kw_only=True)
class LogIn:
    """A log-in that is under way, known to both hosts.

    Attributes:
        cookie: Proves to the log-in host that it is still the same browser.
        verification: Proves the same to the portal, when the browser comes back with a code.
    """

    portal_state: str
    cookie: str = field(default_factory=secrets.token_hex)
    verification: str
    username: str = ""
    passed: bool = False


class DemoMyLuminus(DemoPortal):
    """My Luminus for one household.

    Attributes:
        stumbles: Whether the last step of a log-in answers 500 although it worked.
    """

    zone = BRUSSELS
    lost_status: ClassVar = 403
    words: ClassVar = frozenset(
        {"priceVariability", "paymentMethod", "activeMeterType", "status", *unconfirmed.WORDS}
    )

    def __init__(
        self,
        household: HouseholdOn = household,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Show a household."""
        super().__init__(household, clock)
        self.stumbles = False
        self._log_ins: dict[str, LogIn] = {}
        self._codes: dict[str, LogIn] = {}
        # Session cookie -> number of the business partner that is active in it.
        self._sessions: dict[str, str] = {}

    @override
    def expire_sessions(self) -> None:
        self._sessions.clear()

    @override
    def _add_routes(self, app: web.Application) -> None:
        router = app.router
        router.add_get(WEB, self._web)
        router.add_get(f"{API}/auth/login", self._begin)
        router.add_get("/authorize", self._authorize)
        router.add_get("/u/login/identifier", self._identifier_page)
        router.add_post("/u/login/identifier", self._identifier)
        router.add_get("/u/login/password", self._password_page)
        router.add_post("/u/login/password", self._password)
        router.add_get("/authorize/resume", self._resume)
        router.add_get(CALLBACK, self._callback)
        router.add_get(f"{API}/account/overview", self._overview)
        router.add_post(f"{API}/account/active-business-partner", self._activate)
        router.add_get(f"{API}/active-contracts", self._contracts)
        router.add_get(f"{API}/meter-readings/available-sources", self._sources)
        router.add_get(f"{API}/price-information/{{ean}}", self._prices)
        router.add_get(f"{API}/account-statement", self._statement)
        router.add_get(f"{API}/invoice-document/{{document}}", self._document)
        router.add_get(f"{API}/budget-bill-lines", self._deposits)
        router.add_get(f"{API}/meter-readings", self._readings)
        router.add_get(f"{API}/meter-reading-windows", self._reading_windows)
        router.add_post(f"{API}/insert-meter-reading", self._insert_reading)
        router.add_post(f"{API}/delete-meter-reading", self._delete_reading)
        router.add_get(f"{API}/consumptions", self._consumption)
        router.add_get(f"{API}/account-statement/export", self._export)
        router.add_get(f"{API}/billing-settings", self._settings)
        router.add_post(f"{API}/budget-bill-lines", self._set_deposit)
        router.add_post(f"{API}/billing-settings", self._set_settings)

    async def _web(self, request: web.Request) -> web.Response:
        if request.cookies.get("appSession") in self._sessions:
            return _page("<p>Welkom. Alle gegevens in dit demoportaal zijn verzonnen.</p>")
        return _redirect(f"{API}/auth/login", {"returnTo": WEB}, status=307)

    async def _begin(self, _request: web.Request) -> web.Response:
        state, verification = secrets.token_urlsafe(), secrets.token_hex()
        answer = _redirect(
            "/authorize",
            {
                "client_id": CLIENT,
                "response_type": "code",
                "scope": "openid profile email",
                "redirect_uri": CALLBACK,
                "state": f"{state}.{verification}",
            },
        )
        answer.set_cookie("auth_verification", verification, path="/myluminus", httponly=True)
        return answer

    async def _authorize(self, request: web.Request) -> web.Response:
        query = request.query
        _, _, verification = query.get("state", "").partition(".")
        if query.get("client_id") != CLIENT or not verification:
            return _page("<p>Ongeldige aanvraag.</p>", status=400)
        log_in = LogIn(portal_state=query["state"], verification=verification)
        state = secrets.token_urlsafe()
        self._log_ins[state] = log_in
        answer = _redirect("/u/login/identifier", {"state": state})
        answer.set_cookie("auth0", log_in.cookie, path="/", httponly=True)
        return answer

    def _under_way(self, request: web.Request) -> tuple[str, LogIn]:
        """Return the log-in that a request belongs to."""
        state = request.query.get("state", "")
        log_in = self._log_ins.get(state)
        if log_in is None or request.cookies.get("auth0") != log_in.cookie:
            raise web.HTTPBadRequest(
                text=PAGE.format(content="<p>Geen cookie, of te laat.</p>"),
                content_type="text/html",
            )
        return state, log_in

    async def _identifier_page(self, request: web.Request) -> web.Response:
        state, log_in = self._under_way(request)
        return _form(IDENTIFIER_FORM, state, log_in)

    async def _identifier(self, request: web.Request) -> web.Response:
        state, log_in = self._under_way(request)
        form = await request.post()
        if not {"js-available", "webauthn-available", "is-brave"} <= form.keys() or (
            form.get("state"),
            form.get("action"),
        ) != (state, "default"):
            return _page("<p>Ongeldige aanvraag.</p>", status=400)
        log_in.username = str(form.get("username", ""))
        if "@" not in log_in.username:
            return _form(IDENTIFIER_FORM, state, log_in, error=NO_ADDRESS)
        return _redirect("/u/login/password", {"state": state})

    async def _password_page(self, request: web.Request) -> web.Response:
        state, log_in = self._under_way(request)
        return _form(PASSWORD_FORM, state, log_in)

    async def _password(self, request: web.Request) -> web.Response:
        self.requests.logins += 1
        state, log_in = self._under_way(request)
        form = await request.post()
        if (form.get("state"), form.get("action")) != (state, "default"):
            return _page("<p>Ongeldige aanvraag.</p>", status=400)
        known = self.household
        given = (form.get("username"), form.get("password"))
        if self.faults.is_on(FaultKind.CHANGED_PASSWORD) or given != (
            known.username,
            known.password,
        ):
            return _form(PASSWORD_FORM, state, log_in, error=WRONG)
        log_in.passed = True
        return _redirect("/authorize/resume", {"state": state})

    async def _resume(self, request: web.Request) -> web.Response:
        state, log_in = self._under_way(request)
        if not log_in.passed:
            return _redirect("/u/login/identifier", {"state": state})
        del self._log_ins[state]
        code = secrets.token_urlsafe()
        self._codes[code] = log_in
        return _redirect(CALLBACK, {"code": code, "state": log_in.portal_state})

    async def _callback(self, request: web.Request) -> web.Response:
        log_in = self._codes.pop(request.query.get("code", ""), None)
        if (
            log_in is None
            or request.query.get("state") != log_in.portal_state
            or request.cookies.get("auth_verification") != log_in.verification
        ):
            return _page("<p>Aanmelden mislukt.</p>", status=400)
        session = secrets.token_urlsafe(32)
        self._sessions[session] = self.household.customers[0].account.account_id
        answer = (
            _page("<p>Er is iets misgelopen.</p>", status=500) if self.stumbles else _redirect(WEB)
        )
        answer.set_cookie("appSession", session, path="/", httponly=True)
        answer.del_cookie("auth_verification", path="/myluminus")
        return answer

    def _session(self, request: web.Request) -> str:
        """Return the session that a request belongs to."""
        session = request.cookies.get("appSession", "")
        if session not in self._sessions:
            raise web.HTTPForbidden(text='{"error": "Forbidden"}', content_type="application/json")
        return session

    def _customer(self, request: web.Request) -> Customer:
        """Return the business partner that is active in the request's session."""
        active = self._sessions[self._session(request)]
        return next(
            customer
            for customer in self.household.customers
            if customer.account.account_id == active
        )

    def _supply_point(self, request: web.Request, ean: str | None) -> SupplyPoint:
        for point in self._customer(request).supply_points:
            if point.gsrn == ean:
                return point
        raise web.HTTPNotFound(text='{"error": "Not found"}', content_type="application/json")

    async def _overview(self, request: web.Request) -> web.Response:
        session = self._session(request)
        return unconfirmed.json_response(
            {
                "id": "6f1d3c1e-0000-4000-8000-00000000de70",
                "email": self.household.username,
                "activeBusinessPartnerNumber": self._sessions[session],
                "businessPartners": [
                    {
                        "businessPartnerNumber": customer.account.account_id,
                        "pushNotificationsEnabled": False,
                    }
                    for customer in self.household.customers
                ],
                "socialNetworks": {"facebook": False, "google": False, "apple": False},
            }
        )

    async def _activate(self, request: web.Request) -> web.Response:
        session = self._session(request)
        wanted = (await request.json()).get("bp")
        known = any(customer.account.account_id == wanted for customer in self.household.customers)
        if known:
            self._sessions[session] = wanted
        return unconfirmed.json_response({"ok": known})

    async def _contracts(self, request: web.Request) -> web.Response:
        customer = self._customer(request)
        points = {point.gsrn: point for point in customer.supply_points}
        return unconfirmed.json_response(
            [_contract(customer, one, points[one.gsrn]) for one in customer.contracts]
        )

    async def _sources(self, request: web.Request) -> web.Response:
        return unconfirmed.json_response(
            {
                "meters": [
                    {
                        "ean": point.gsrn,
                        "energyType": ENERGIES[point.energy],
                        "sources": [
                            {"sourceProvider": "SAP"},
                            {"sourceProvider": "BasicMonitoring", "status": "Eligible"},
                        ],
                    }
                    for point in self._customer(request).supply_points
                ]
            }
        )

    async def _prices(self, request: web.Request) -> web.Response:
        customer = self._customer(request)
        ean = self._supply_point(request, request.match_info["ean"]).gsrn
        contract = next(contract for contract in customer.contracts if contract.gsrn == ean)
        dual = any(price.register == "day" for price in contract.prices)
        meter = "dual" if dual else "single"
        return unconfirmed.json_response(
            {
                "productName": contract.product,
                "disclaimer": f"Prijzen incl. {customer.vat_percent} % btw, formules excl. btw.",
                "activeMeterType": meter,
                "prices": {meter: _prices(contract.prices)},
                "promotionsContent": [],
            }
        )

    async def _statement(self, request: web.Request) -> web.Response:
        return unconfirmed.json_response(unconfirmed.statement(self._customer(request)))

    async def _document(self, request: web.Request) -> web.Response:
        return unconfirmed.document(self._customer(request), request.match_info["document"])

    async def _deposits(self, request: web.Request) -> web.Response:
        return unconfirmed.json_response(unconfirmed.deposits(self._customer(request)))

    async def _set_deposit(self, request: web.Request) -> web.Response:
        customer, asked = self._customer(request), await unconfirmed.asked(request)
        return unconfirmed.answer(self.changes.set_deposit(customer, asked))

    async def _settings(self, request: web.Request) -> web.Response:
        return unconfirmed.json_response(unconfirmed.settings(self._customer(request)))

    async def _set_settings(self, request: web.Request) -> web.Response:
        customer, asked = self._customer(request), await unconfirmed.asked(request)
        return unconfirmed.answer(self.changes.set_settings(customer, asked))

    async def _export(self, request: web.Request) -> web.Response:
        customer, query = self._customer(request), request.query
        point = self._supply_point(request, query.get("ean"))
        match query.get("format"):
            case "Excel":
                return web.Response(body=workbook(customer, point), content_type=EXCEL)
            case "Pdf":
                body = statement_document(customer, point)
                return web.Response(body=body, content_type="application/pdf")
            case _:
                return unconfirmed.json_response({"error": "Bad request"}, status=400)

    async def _readings(self, request: web.Request) -> web.Response:
        return unconfirmed.json_response(unconfirmed.readings(self._customer(request)))

    async def _reading_windows(self, request: web.Request) -> web.Response:
        return unconfirmed.json_response(unconfirmed.reading_windows(self._customer(request)))

    async def _insert_reading(self, request: web.Request) -> web.Response:
        customer, asked = self._customer(request), await unconfirmed.asked(request)
        return unconfirmed.answer(self.changes.insert_reading(customer, asked, self.today))

    async def _delete_reading(self, request: web.Request) -> web.Response:
        customer, asked = self._customer(request), await unconfirmed.asked(request)
        return unconfirmed.answer(self.changes.delete_reading(customer, asked))

    async def _consumption(self, request: web.Request) -> web.Response:
        query = request.query
        point = self._supply_point(request, query.get("ean"))
        try:
            resolution = PERIODICITIES[query["periodicity"]]
            start = date.fromisoformat(query["dateFrom"])
            end = date.fromisoformat(query["dateUntil"]) + timedelta(days=1)
        except KeyError, ValueError:
            return unconfirmed.json_response({"error": "Bad request"}, status=400)
        if (query.get("source"), query.get("energyType")) != (
            "BasicMonitoring",
            ENERGIES[point.energy],
        ):
            return unconfirmed.json_response({"error": "Bad request"}, status=400)
        return unconfirmed.json_response(
            unconfirmed.consumption(
                self._customer(request), point.gsrn, midnight(start), midnight(end), resolution
            )
        )


def _contract(customer: Customer, contract: Contract, point: SupplyPoint) -> dict[str, Any]:
    number, _, box = (point.address.house_number or "").partition("/")
    return {
        "id": contract.contract_id,
        "energyType": ENERGIES[point.energy],
        "ean": contract.gsrn,
        "street": point.address.street,
        "houseNr": number,
        "box": box,
        "postalCode": point.address.postal_code,
        "city": point.address.city,
        "region": "Vlaanderen",
        "product": contract.product,
        "productId": f"demo-{contract.contract_id}",
        "priceVariability": PRICE_KINDS[contract.price_kind],
        "serviceLevel": "NotSpecified",
        "readingType": "Monthly",
        "changeProductAllowed": True,
        "priceInfoAvailable": True,
        "hasMetering": True,
        "hasBudgetBilling": True,
        "hasDigitalMeter": point.digital_meter,
        "paymentMethod": "DirectDebit" if contract.direct_debit else "BankTransfer",
        "directDebitSubscription": DEBITED.get(customer.settings.direct_debit),
        "hasZoomit": False,
        "bankAccount": "BE71096123456769",
        "refundBankAccount": "BE71096123456769",
        "canRequestMonthlyBilling": False,
        "priceListPdfAvailable": False,
        "contractPdfAvailable": False,
        "canRequestTariffImpact": False,
        "hasSeasonalProduct": False,
        "digitalMeterType": "SMR3",
        "startDate": contract.start and contract.start.isoformat(),
        "endDate": (contract.end or OPEN_ENDED).isoformat(),
    }


def _prices(prices: tuple[PriceComponent, ...]) -> dict[str, Any]:
    """Return prices by the portal's names: euros a year, and cents a kWh."""
    shown: dict[str, Any] = {}
    for price in prices:
        name = PRICE_NAMES[price.register, price.direction]
        rate = price.amount if name == "fixed" else price.amount * Decimal(100)
        shown[name] = {"rate": rate}
        if price.formula is not None:
            shown[name]["formula"] = price.formula
    return shown


def _form(template: str, state: str, log_in: LogIn, *, error: str = "") -> web.Response:
    content = template.format(state=escape(state), username=escape(log_in.username), error=error)
    return _page(content, status=400 if error else 200)


def _redirect(path: str, query: dict[str, str] | None = None, status: int = 302) -> web.Response:
    location = f"{path}?{urlencode(query)}" if query else path
    return web.Response(status=status, headers={"Location": location})


def _page(content: str, status: int = 200) -> web.Response:
    return web.Response(
        text=PAGE.format(content=content), content_type="text/html", charset="utf-8", status=status
    )
