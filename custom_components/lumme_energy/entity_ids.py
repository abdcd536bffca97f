"""How an entity that the user chose is kept, so that renaming it does not matter."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er


@callback
def lasting_id(hass: HomeAssistant, entity_id: str) -> str:
    """Return what keeps its meaning when the user renames an entity."""
    entry = er.async_get(hass).async_get(entity_id)
    return entity_id if entry is None else entry.id


@callback
def entity_id_of(hass: HomeAssistant, lasting: str) -> str | None:
    """Return an entity's present id; None if the entity is gone."""
    return er.async_resolve_entity_id(er.async_get(hass), lasting)
