"""What every adapter inherits."""

from datetime import date
from typing import override

import aiohttp
import pytest

from custom_components.lumme_energy.portal.base import Portal
from custom_components.lumme_energy.portal.errors import PortalRefusedError
from custom_components.lumme_energy.portal.model import (
    Account,
    Address,
    Contract,
    Invoice,
    InvoiceKind,
    Resolution,
    SupplyPoint,
)
from custom_components.lumme_energy.portal.politeness import Politeness
from custom_components.lumme_energy.portal.session import Call, Credentials

ACCOUNT = Account(account_id="1")
POINT = SupplyPoint(gsrn="643000000000000016")


class Bare(Portal):
    """A portal that offers nothing."""

    capabilities = frozenset()
    unconfirmed = frozenset()
    time_zone = "Europe/Helsinki"
    lost_statuses = frozenset({401})

    @override
    async def _log_in(self) -> None:
        pass

    @override
    async def async_accounts(self) -> tuple[Account, ...]:
        await self.session.ensure_login()
        return (ACCOUNT,)

    @override
    async def async_supply(
        self, account: Account
    ) -> tuple[tuple[SupplyPoint, ...], tuple[Contract, ...]]:
        return (POINT,), ()


async def test_a_portal_without_capabilities(http: aiohttp.ClientSession) -> None:
    portal = Bare(http, Credentials(username="a", password="b"), Politeness(lambda: 0.0))
    assert await portal.async_accounts() == (ACCOUNT,)
    call = Call(name="a", method="GET", url="http://localhost/")
    assert portal._decorate(call) is call
    day = date(2026, 11, 24)
    invoice = Invoice(number="1", kind=InvoiceKind.OTHER, issued=day, amount=0)  # type: ignore[arg-type]
    for absent in (
        portal.async_statement(ACCOUNT),
        portal.async_document(ACCOUNT, invoice),
        portal.async_deposits(ACCOUNT),
        portal.async_readings(ACCOUNT, [POINT]),
        portal.async_consumption(ACCOUNT, POINT, day, day, Resolution.DAY),
        portal.async_offers(),
        portal.async_benefits(ACCOUNT),
    ):
        with pytest.raises(NotImplementedError):
            await absent


def test_names_that_people_recognise() -> None:
    assert POINT.name == "…0016"
    flat = Address(street="Rantatie", house_number="4", postal_code="50100", city="Mikkeli")
    assert SupplyPoint(gsrn="1", address=flat).name == "Rantatie 4, 50100 Mikkeli"
    assert Address(city="Mikkeli").label == "Mikkeli"
    assert Address().label is None


def test_a_refusal_names_its_rule() -> None:
    error = PortalRefusedError("settlement_next")
    assert error.reason == "settlement_next"
    assert str(error) == "refused: settlement_next"
