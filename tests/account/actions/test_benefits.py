"""Tests of the actions about customer benefits."""

from dataclasses import replace
from datetime import date

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from demo.households import Customer
from tests.account.common import Demo, start

from .common import call

FREE = "Saunatuoksu kaupan päälle"


async def test_benefits(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """A benefit is used once, by its title or its id, after a confirmation."""
    await start(hass, oma_lumme.entry(hass))
    benefits = (await call(hass, "list_benefits"))["benefits"]
    assert [each["redeemed"] for each in benefits] == [
        each.redeemed for each in oma_lumme.customer.benefits
    ]
    answer = await call(hass, "redeem_benefit", benefit=FREE.upper())
    assert (answer["possible"], answer["changed"]) == (True, False)
    assert answer["benefit"]["title"] == FREE
    assert oma_lumme.portal.changes.writes == []
    answer = await call(hass, "redeem_benefit", benefit="LT-1", confirm=True)
    assert answer["changed"] is True
    assert answer["benefit"]["redeemed"] is True
    answer = await call(hass, "redeem_benefit", benefit="LT-1", confirm=True)
    assert (answer["refusal"], answer["changed"]) == ("refused_already_redeemed", False)
    assert len(oma_lumme.portal.changes.writes) == 1
    with pytest.raises(ServiceValidationError) as none:
        await call(hass, "redeem_benefit", benefit="LT-9")
    assert none.value.translation_key == "no_such_benefit"


async def test_expired(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """A benefit of yesterday is not asked for."""

    def expired(customer: Customer) -> Customer:
        benefits = (
            replace(each, redeemed=None, valid_until=date(2026, 11, 23))
            for each in customer.benefits
        )
        return replace(customer, benefits=tuple(benefits))

    oma_lumme.revise(expired)
    await start(hass, oma_lumme.entry(hass))
    answer = await call(hass, "redeem_benefit", benefit="LT-1")
    assert answer["refusal"] == "refused_benefit_expired"
    with pytest.raises(ServiceValidationError) as too_late:
        await call(hass, "redeem_benefit", benefit="LT-1", confirm=True)
    assert too_late.value.translation_key == "refused_benefit_expired"
    assert oma_lumme.portal.changes.writes == []


async def test_not_offered(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A supplier without benefits says so."""
    await start(hass, my_luminus.entry(hass, 1))
    with pytest.raises(ServiceValidationError) as none:
        await call(hass, "list_benefits")
    assert none.value.translation_key == "not_offered"
