"""A stand-in for OmaLumme: Keycloak's log-in page, the token exchange and the function app's calls.

It insists on what the real portal needs (cookies, every field of the form, both parts of a token),
so that a client which works here has sent all of it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from html import escape
import secrets
from typing import Any, ClassVar, override
from urllib.parse import urlencode

from aiohttp import web

from custom_components.lumme_energy.portal.model import Contract, PriceKind, Resolution, SupplyPoint

from . import unconfirmed
from .faults import FaultKind
from .households import Customer, HouseholdOn
from .households.finland import HELSINKI, household, midnight
from .server import DemoPortal
from .unconfirmed import json_response

REALM = "/auth/realms/Lumme"
API = "/FA-OmaLumme-Prod/v1"
CLIENT = "exove-oma-lumme"
BEARER_LENGTH = 5_000
TOKEN_LIFE = timedelta(hours=1)
COOKIES = ("AUTH_SESSION_ID", "KC_RESTART")
# viewPeriod -> what its slots are long.
PERIODS = {
    "hour": (Resolution.QUARTER_HOUR, timedelta(minutes=15)),
    "day": (Resolution.HOUR, timedelta(hours=1)),
    "month": (Resolution.DAY, timedelta(days=1)),
}
PRICE_TYPES = {
    PriceKind.SPOT: "Spot",
    PriceKind.FIXED: "Fixed",
    PriceKind.VARIABLE: "Variable",
}

PAGE = """<!doctype html>
<html lang="fi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OmaLumme (DEMO)</title>
<style>
  body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; color: #17324d;
    font: 16px/1.5 system-ui, sans-serif; background: linear-gradient(160deg, #e9f5ec, #dcebf7); }}
  main {{ width: min(22rem, 86vw); padding: 2rem; border-radius: 1rem; background: #fff;
    box-shadow: 0 1rem 3rem #17324d26; }}
  h1 {{ margin: 0 0 1.25rem; font-size: 1.5rem; }}
  small {{ padding: .15rem .5rem; border-radius: .4rem; background: #ffd166; font-size: .75rem;
    vertical-align: middle; }}
  label {{ display: block; margin: .9rem 0 .25rem; font-weight: 600; }}
  input {{ box-sizing: border-box; width: 100%; padding: .65rem .75rem; font: inherit;
    border: 1px solid #b8c7d6; border-radius: .5rem; }}
  input[type=checkbox] {{ width: auto; }}
  input[type=submit] {{ margin-top: 1.5rem; border: 0; background: #1f7a4d; color: #fff;
    font-weight: 600; cursor: pointer; }}
  .alert {{ padding: .6rem .75rem; border-radius: .5rem; background: #fde8e6; color: #8c1d18; }}
</style>
</head>
<body><main><h1>OmaLumme <small>DEMO</small></h1>{content}</main></body>
</html>
"""
FORM = """{alert}
<form id="kc-form-login" action="{action}" method="post">
<label for="username">Sähköposti</label>
<input id="username" name="username" type="text" value="{username}" autocomplete="username">
<label for="password">Salasana</label>
<input id="password" name="password" type="password" autocomplete="current-password">
<label><input id="rememberMe" name="rememberMe" type="checkbox"> Muista minut</label>
<input type="hidden" id="id-hidden-input" name="credentialId">
<input type="hidden" name="execution" value="{execution}">
<input id="kc-login" name="login" type="submit" value="Kirjaudu sisään">
</form>"""
ALERT = '<p class="alert" role="alert">Virheellinen käyttäjätunnus tai salasana.</p>'


@dataclass(frozen=True, slots=True, kw_only=True)
class LogIn:
    """A log-in page that is open in a browser."""

    redirect_uri: str
    state: str
    cookie: str = field(default_factory=secrets.token_hex)
    execution: str = field(default_factory=secrets.token_hex)


class DemoOmaLumme(DemoPortal):
    """OmaLumme for one household."""

    zone = HELSINKI
    lost_status: ClassVar = 401
    words: ClassVar = frozenset({"priceType", *unconfirmed.WORDS})

    def __init__(
        self,
        household: HouseholdOn = household,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        offsets: bool = False,
    ) -> None:
        """Show a household; `offsets` is whether times carry their offset from UTC."""
        super().__init__(household, clock)
        self.offsets = offsets
        self._open: dict[str, LogIn] = {}
        self._codes: set[str] = set()
        self._tokens: dict[str, datetime] = {}

    @override
    def expire_sessions(self) -> None:
        self._tokens.clear()

    @override
    def _add_routes(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/", self._landing)
        router.add_get(f"{REALM}/protocol/openid-connect/auth", self._authorise)
        router.add_post(f"{REALM}/login-actions/authenticate", self._authenticate)
        router.add_get(f"{API}/oidcAuthorization/", self._token)
        router.add_get(f"{API}/priceFixOffers", self._offers)
        router.add_get(f"{API}/contractBasicData/{{customer}}", self._contracts)
        router.add_post(f"{API}/consumption/{{customer}}/{{again}}/{{gsrn}}", self._consumption)
        router.add_get(f"{API}/accountStatement/{{customer}}", self._statement)
        router.add_get(f"{API}/invoiceDocument/{{customer}}/{{document}}", self._document)
        router.add_get(f"{API}/budgetBillLines/{{customer}}", self._deposits)
        router.add_get(f"{API}/customerBenefits/{{customer}}", self._benefits)
        router.add_get(f"{API}/billingSettings/{{customer}}", self._settings)
        router.add_post(f"{API}/budgetBillLines/{{customer}}", self._set_deposit)
        router.add_post(f"{API}/customerBenefits/{{customer}}", self._redeem)
        router.add_post(f"{API}/billingSettings/{{customer}}", self._set_settings)

    async def _landing(self, _request: web.Request) -> web.Response:
        return _page(
            "<p>Tervetuloa. Tämä on esittelyportaali, jonka kaikki tiedot ovat keksittyjä.</p>"
        )

    async def _authorise(self, request: web.Request) -> web.Response:
        query = request.query
        if query.get("client_id") != CLIENT or query.get("response_type") != "code":
            return _page("<p>Virheellinen pyyntö.</p>", status=400)
        log_in = LogIn(redirect_uri=query.get("redirect_uri", ""), state=query.get("state", ""))
        return self._form(log_in)

    def _form(self, log_in: LogIn, *, username: str = "", alert: str = "") -> web.Response:
        """Return the log-in page, whose action works once."""
        session_code = secrets.token_urlsafe()
        self._open[session_code] = log_in
        query = {
            "session_code": session_code,
            "execution": log_in.execution,
            "client_id": CLIENT,
            "tab_id": secrets.token_urlsafe(8),
        }
        page = _page(
            FORM.format(
                alert=alert,
                action=escape(f"{REALM}/login-actions/authenticate?{urlencode(query)}"),
                username=escape(username),
                execution=log_in.execution,
            )
        )
        for name in COOKIES:
            page.set_cookie(name, f"{log_in.cookie}.{name}=", path=f"{REALM}/", httponly=True)
        return page

    async def _authenticate(self, request: web.Request) -> web.Response:
        self.requests.logins += 1
        form = await request.post()
        log_in = self._open.pop(request.query.get("session_code", ""), None)
        if log_in is None or any(
            request.cookies.get(name) != f"{log_in.cookie}.{name}=" for name in COOKIES
        ):
            return _page("<p>Evästettä ei löydy. Ota evästeet käyttöön.</p>", status=400)
        if form.get("execution") != log_in.execution or "credentialId" not in form:
            return _page("<p>Virheellinen pyyntö.</p>", status=400)
        known = self.household
        if self.faults.is_on(FaultKind.CHANGED_PASSWORD) or (
            form.get("username"),
            form.get("password"),
        ) != (known.username, known.password):
            return self._form(log_in, username=str(form.get("username", "")), alert=ALERT)
        code = f"{secrets.token_hex(16)}.{secrets.token_hex(16)}"
        self._codes.add(code)
        query = {"state": log_in.state, "session_state": secrets.token_hex(16), "code": code}
        raise web.HTTPFound(f"{log_in.redirect_uri}?{urlencode(query)}")

    async def _token(self, request: web.Request) -> web.Response:
        headers = request.headers
        code = headers.get("code", "")
        if code not in self._codes or (
            headers.get("iframe"),
            headers.get("x-omalumme-version"),
        ) != ("false", "web"):
            return json_response({"message": "Bad request"}, status=400)
        self._codes.remove(code)
        token = f"eyJhbGciOiJSUzI1NiJ9.{secrets.token_urlsafe(4_200)}"
        self._tokens[token] = self.clock() + TOKEN_LIFE
        customer = int(self.household.customers[0].account.account_id)
        return json_response({"token": token, "customerId": customer})

    async def _customer(self, request: web.Request) -> Customer:
        """Return the customer that a request is about, if its token allows that.

        A request without a body cannot carry the second part of the token.
        """
        part = request.headers.get("Authorization", "").removeprefix("Bearer ")
        sent = part if request.method == "GET" else part + (await request.json())["content"]
        now = self.clock()
        if len(part) != BEARER_LENGTH or not any(
            expires > now and (token if request.method == "POST" else token[:BEARER_LENGTH]) == sent
            for token, expires in self._tokens.items()
        ):
            raise web.HTTPUnauthorized(
                text='{"message": "Unauthorized"}', content_type="application/json"
            )
        for customer in self.household.customers:
            if customer.account.account_id == request.match_info["customer"]:
                return customer
        raise web.HTTPForbidden(text='{"message": "Forbidden"}', content_type="application/json")

    async def _contracts(self, request: web.Request) -> web.Response:
        customer = await self._customer(request)
        points = {point.gsrn: point for point in customer.supply_points}
        return json_response(
            [_contract(contract, points[contract.gsrn]) for contract in customer.contracts]
        )

    async def _consumption(self, request: web.Request) -> web.Response:
        customer = await self._customer(request)
        query, gsrn = request.query, request.match_info["gsrn"]
        try:
            resolution, step = PERIODS[query["viewPeriod"]]
            start, end = date.fromisoformat(query["start"]), date.fromisoformat(query["end"])
        except KeyError, ValueError:
            return json_response({"message": "Bad request"}, status=400)
        if query.get("version") != "2" or all(
            gsrn != point.gsrn for point in customer.supply_points
        ):
            return json_response({"message": "Bad request"}, status=400)
        begin, finish = midnight(start), midnight(end + timedelta(days=1))
        slots = {slot.start: slot for slot in customer.consumption(gsrn, begin, finish, resolution)}
        items = []
        for first, last in _raster(begin, finish, step):
            slot = slots.get(first)
            items.append(
                {
                    "startTime": self._written(first),
                    "endTime": self._written(last),
                    "sum": slot and slot.energy,
                    "costWithVat": slot and slot.cost,
                }
            )
        return json_response({"items": items})

    def _written(self, moment: datetime) -> str:
        local = moment.astimezone(HELSINKI)
        return (local if self.offsets else local.replace(tzinfo=None)).isoformat()

    async def _offers(self, _request: web.Request) -> web.Response:
        return json_response(
            [
                {
                    "Price_id": 9_000 + offer.quoted.toordinal() % 1_000 * 8 + place,
                    "Export_date": f"{offer.quoted}T00:00:00",
                    "Year": offer.year,
                    "Quarter": offer.quarter,
                    "Price_start_date": f"{offer.start}T00:00:00",
                    "Price_end_date": f"{offer.end}T00:00:00",
                    "priceVat0": round(offer.price * 100 / (1 + offer.vat_percent / 100), 2),
                    "vat": offer.vat_percent,
                    "priceWithVat": offer.price * 100,
                    "change": 0.004,
                }
                for place, offer in enumerate(self.household.offers)
            ]
        )

    async def _statement(self, request: web.Request) -> web.Response:
        return json_response(unconfirmed.statement(await self._customer(request)))

    async def _document(self, request: web.Request) -> web.Response:
        return unconfirmed.document(await self._customer(request), request.match_info["document"])

    async def _deposits(self, request: web.Request) -> web.Response:
        return json_response(unconfirmed.deposits(await self._customer(request)))

    async def _benefits(self, request: web.Request) -> web.Response:
        return json_response(unconfirmed.benefits(await self._customer(request)))

    async def _settings(self, request: web.Request) -> web.Response:
        return json_response(unconfirmed.settings(await self._customer(request)))

    async def _set_deposit(self, request: web.Request) -> web.Response:
        customer, asked = await self._customer(request), await self._asked(request)
        return unconfirmed.answer(self.changes.set_deposit(customer, asked))

    async def _redeem(self, request: web.Request) -> web.Response:
        customer, asked = await self._customer(request), await self._asked(request)
        return unconfirmed.answer(self.changes.redeem(customer, asked, self.today))

    async def _set_settings(self, request: web.Request) -> web.Response:
        customer, asked = await self._customer(request), await self._asked(request)
        return unconfirmed.answer(self.changes.set_settings(customer, asked))

    @staticmethod
    async def _asked(request: web.Request) -> dict[str, Any]:
        """Return what a request wants, without the part of the token that travels with it."""
        asked = await unconfirmed.asked(request)
        return {key: value for key, value in asked.items() if key != "content"}


def _raster(
    begin: datetime, finish: datetime, step: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the slots of a period; a day is as long as the clock makes it."""
    while begin < finish:
        if step < timedelta(days=1):
            end = begin + step
        else:
            end = midnight(begin.astimezone(HELSINKI).date() + step)
        yield begin, end
        begin = end


def _contract(contract: Contract, point: SupplyPoint) -> dict[str, Any]:
    number, _, letter = (point.address.house_number or "").partition(" ")
    prices = {price.register: price.amount for price in contract.prices}
    return {
        "GSRN": contract.gsrn,
        "meteringpointAddress": {
            "streetName": point.address.street,
            "houseNumber": number,
            "houseLetter": letter,
            "postalCode": point.address.postal_code,
            "cityName": point.address.city,
        },
        "contractNumber": contract.contract_id,
        "productName": contract.product,
        "priceType": PRICE_TYPES[contract.price_kind],
        "startDate": contract.start and f"{contract.start}T00:00:00",
        "endDate": contract.end and f"{contract.end}T00:00:00",
        "energyPrice": ("single" in prices and prices["single"] * 100) or None,
        "margin": ("margin" in prices and prices["margin"] * 100) or None,
        "monthlyFee": prices.get("fixed"),
    }


def _page(content: str, status: int = 200) -> web.Response:
    return web.Response(
        text=PAGE.format(content=content), content_type="text/html", charset="utf-8", status=status
    )
