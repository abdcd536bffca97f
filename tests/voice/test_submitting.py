"""Tests of sending a meter reading in by voice."""

from datetime import UTC, datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.lumme_energy.readings.schedule import Rhythm
from demo.households.belgium import OVEN_ELECTRICITY
from tests.account.common import Demo, settled, start
from tests.account.readings.linked import indexes, link_meter, show_meter

from .common import say

WISH = "geef de meterstand door"
NOTHING = "Er wacht niets op een ja."


@pytest.fixture(autouse=True)
def _this_integration(recorder_mock: Any, enable_custom_integrations: None) -> None:
    """Start the recorder first, as it must be."""


async def test_reading_is_said_back_and_sent_once(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, my_luminus: Demo
) -> None:
    """The meter's own numbers are said, and go to the supplier after a yes, once."""
    show_meter(assist, indexes(my_luminus))
    entry = await start(assist, my_luminus.entry(assist))
    link_meter(assist, entry, rhythm=Rhythm.ON_DEMAND)
    await settled(assist)
    desk = entry.runtime_data.readings

    asked = await say(assist, WISH, "nl", device_id="kitchen")
    assert asked.endswith("?")
    assert "Luminus" in asked
    assert desk.newest(OVEN_ELECTRICITY) is None

    done = await say(assist, "ja", "nl", device_id="kitchen")
    assert done == "Klaar: Luminus (demo) heeft de meterstand aanvaard."
    assert await say(assist, "ja", "nl", device_id="kitchen") == NOTHING
    supplier_has = {
        each.register: each.value
        for each in entry.runtime_data.data.readings
        if each.gsrn == OVEN_ELECTRICITY and each.day == my_luminus.portal.today
    }
    assert supplier_has == indexes(my_luminus)

    told = await say(assist, "wat is mijn laatste meterstand in Krakelingstraat", "nl")
    assert "Krakelingstraat 12: De laatste meterstand is van 24 november: " in told
    await settled(assist)


async def test_what_comes_next(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, my_luminus: Demo
) -> None:
    """It is said when the next reading goes in, and that one waits for the user."""
    show_meter(assist, indexes(my_luminus))
    entry = await start(assist, my_luminus.entry(assist))
    link_meter(assist, entry, rhythm=Rhythm.MONTHLY, is_confirmed=False)
    await settled(assist)
    ask = "wanneer moet ik de volgende meterstand doorgeven in Krakelingstraat"
    told = await say(assist, ask, "nl")
    assert "De volgende wordt doorgegeven dinsdag 1 december om 13:00." in told
    clock.move_to(datetime(2026, 12, 1, 11, 5, tzinfo=UTC))
    await entry.runtime_data.readings.async_wake()
    assert "Eén meterstand wacht op jou" in await say(assist, ask, "nl")
    await settled(assist)


async def test_odd_reading_is_not_proposed(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, my_luminus: Demo
) -> None:
    """What would be held is not asked for, but told, in the language of whoever asked."""
    show_meter(assist, indexes(my_luminus, more=-90000))
    entry = await start(assist, my_luminus.entry(assist))
    link_meter(assist, entry, rhythm=Rhythm.ON_DEMAND)
    await settled(assist)
    told = await say(assist, WISH, "nl", device_id="kitchen")
    assert "Van het net, nacht" in told or "nacht" in told
    assert "lijkt 10 keer te klein" in told
    # Nothing waits for a yes, and so nobody of us hears one.
    assert await say(assist, "ja", "nl", device_id="kitchen") != NOTHING
    assert entry.runtime_data.readings.newest(OVEN_ELECTRICITY) is None
    await settled(assist)
