"""Tests of an account's options."""

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest

from custom_components.lumme_energy.portal.model import Segment

from .common import Demo, settled, start


async def test_segment(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A business turns to the customer service for businesses, at once and without a request."""
    entry = await start(hass, my_luminus.entry(hass))
    assert entry.runtime_data.segment is Segment.PRIVATE
    assert entry.runtime_data.contact.email is None
    requests = my_luminus.portal.requests.total

    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == "account"
    assert form["data_schema"]({})["segment"] == "private"
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {"segment": "business"}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await settled(hass)

    assert entry.runtime_data.segment is Segment.BUSINESS
    assert entry.runtime_data.contact.email == "pme@luminus.be"
    assert my_luminus.portal.requests.total == requests


async def test_no_other_segment(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Only what there is can be chosen."""
    form = await hass.config_entries.options.async_init(my_luminus.entry(hass).entry_id)
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(form["flow_id"], {"segment": "royal"})
