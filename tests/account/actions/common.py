"""Helpers of the actions' tests."""

from typing import Any

from homeassistant.core import Context, HomeAssistant

from custom_components.lumme_energy.const import DOMAIN


async def call(
    hass: HomeAssistant, action: str, context: Context | None = None, **data: Any
) -> dict[str, Any]:
    """Call an action and return its answer."""
    answer = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True, context=context
    )
    assert answer is not None
    return answer
