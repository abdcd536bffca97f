"""Flow of a meter link: which supply point, which entities, and what they say now."""

from collections.abc import Iterator
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
)
from homeassistant.helpers.translation import async_get_translations
import probatio

from ..billing.prices import PER_EURO
from ..billing.usage import EXPORT_REGISTERS, IMPORT_REGISTERS
from ..const import DOMAIN
from ..portal.model import Energy, SupplyPoint
from .coordinator import AccountConfigEntry
from .facts import place
from .meter_link import (
    CONF_GSRN,
    CONF_PRICE,
    CONF_PRICE_HAS_VAT,
    CONF_REGISTERS,
    METER_LINK,
    MeterLink,
    lasting_id,
    meter_links,
    unique_id,
)
from .usage import async_describe, has_recorder

REGISTERS: Final = (*IMPORT_REGISTERS, *EXPORT_REGISTERS)


class MeterLinkFlow(ConfigSubentryFlow):
    """Asks for the registers of a supply point, and shows what they say before they are linked."""

    def __init__(self) -> None:
        """Know nothing yet."""
        super().__init__()
        self._point: SupplyPoint
        self._chosen: dict[str, Any] = {}

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the supply point, where there is a choice."""
        if (reason := self._hindrance()) is not None:
            return self.async_abort(reason=reason)
        taken = meter_links(self.hass, self._get_entry())
        free = {each.gsrn: each for each in self._points() if each.gsrn not in taken}
        if not free:
            return self.async_abort(reason="already_configured")
        if user_input is not None or len(free) == 1:
            gsrn = user_input[CONF_GSRN] if user_input is not None else next(iter(free))
            self._point = free[gsrn]
            return await self.async_step_registers()
        options = [SelectOptionDict(value=each, label=place(free[each])) for each in free]
        return self.async_show_form(
            step_id="user",
            data_schema=probatio.Schema(
                {
                    probatio.Required(CONF_GSRN): SelectSelector(
                        SelectSelectorConfig(options=options)
                    )
                }
            ),
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Start from what is linked."""
        if (reason := self._hindrance()) is not None:
            return self.async_abort(reason=reason)
        link = MeterLink.of(self.hass, self._get_reconfigure_subentry())
        point = next((each for each in self._points() if each.gsrn == link.gsrn), None)
        if point is None:
            return self.async_abort(reason="no_supply_point")
        self._point = point
        self._chosen = {**link.registers, CONF_PRICE_HAS_VAT: link.price_has_vat}
        if link.price is not None:
            self._chosen[CONF_PRICE] = link.price
        return await self.async_step_registers()

    async def async_step_registers(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the entities."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._chosen = user_input
            errors = await self._async_errors()
            if not errors:
                return await self.async_step_confirm()
        is_gas = self._point.energy is Energy.GAS
        counter = EntitySelector(
            EntitySelectorConfig(
                filter={
                    "domain": "sensor",
                    "device_class": ["energy", "gas"] if is_gas else "energy",
                }
            )
        )
        fields: dict[Any, Any] = {
            probatio.Optional(register): counter
            for register in (IMPORT_REGISTERS[:1] if is_gas else REGISTERS)
        }
        if not is_gas:
            fields[probatio.Optional(CONF_PRICE)] = EntitySelector(
                EntitySelectorConfig(filter={"domain": "sensor"})
            )
            fields[probatio.Required(CONF_PRICE_HAS_VAT, default=True)] = BooleanSelector()
        return self.async_show_form(
            step_id="registers",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), self._chosen),
            description_placeholders={"place": place(self._point)},
            errors=errors,
        )

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what the entities say now: who sees it notices day and night that are swapped."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                data_schema=probatio.Schema({}),
                description_placeholders={
                    "place": place(self._point),
                    "values": await self._async_values(),
                },
                last_step=True,
            )
        linked = {name: lasting_id(self.hass, self._chosen[name]) for name in self._entities()}
        price = linked.pop(CONF_PRICE, None)
        data = {
            CONF_GSRN: self._point.gsrn,
            CONF_REGISTERS: linked,
            CONF_PRICE_HAS_VAT: self._chosen.get(CONF_PRICE_HAS_VAT, True),
            **({} if price is None else {CONF_PRICE: price}),
        }
        if self.source == SOURCE_RECONFIGURE:
            subentry = self._get_reconfigure_subentry()
            return self.async_update_and_abort(self._get_entry(), subentry, data=data)
        return self.async_create_entry(
            title=place(self._point), data=data, unique_id=unique_id(self._point.gsrn)
        )

    def _hindrance(self) -> str | None:
        """Return why nothing can be linked now."""
        if not has_recorder(self.hass):
            return "no_recorder"
        return None if self._points() else "no_supply_point"

    def _points(self) -> tuple[SupplyPoint, ...]:
        """Return the supply points; none while the account is not loaded."""
        entry: AccountConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return ()
        return entry.runtime_data.data.supply_points or ()

    def _entities(self) -> dict[str, str]:
        """Return the chosen entities."""
        names = (*REGISTERS, CONF_PRICE)
        return {name: self._chosen[name] for name in names if name in self._chosen}

    async def _async_errors(self) -> dict[str, str]:
        """Return what is wrong with what was chosen."""
        chosen = self._entities()
        errors = dict(self._form_errors(chosen))
        if errors:
            return errors
        described = await async_describe(self.hass, set(chosen.values()))
        units = {"energy", "volume"} if self._point.energy is Energy.GAS else {"energy"}
        for name, entity_id in chosen.items():
            statistic = described.get(entity_id)
            if name == CONF_PRICE:
                if statistic is None or not statistic["has_mean"]:
                    errors[name] = "no_statistics"
                elif statistic["statistics_unit_of_measurement"] not in PER_EURO:
                    errors[name] = "wrong_price_unit"
            elif statistic is None or not statistic["has_sum"]:
                errors[name] = "no_statistics"
            elif statistic["unit_class"] not in units:
                errors[name] = "wrong_unit"
        return errors

    def _form_errors(self, chosen: dict[str, str]) -> Iterator[tuple[str, str]]:
        """Yield what is wrong whatever the entities are."""
        if not any(register in chosen for register in IMPORT_REGISTERS):
            yield "base", "no_register"
        for single, day, night in (IMPORT_REGISTERS, EXPORT_REGISTERS):
            if single in chosen and (day in chosen or night in chosen):
                yield single, "single_or_both"
            elif (day in chosen) is not (night in chosen):
                yield (night if day in chosen else day), "both_registers"
        seen: set[str] = set()
        for name, entity_id in chosen.items():
            if entity_id in seen:
                yield name, "same_entity"
            seen.add(entity_id)

    async def _async_values(self) -> str:
        """Return a line for each chosen entity: what it is to be, and what it says."""
        category = "config_subentries"
        texts = await async_get_translations(
            self.hass, self.hass.config.language, category, {DOMAIN}
        )
        prefix = f"component.{DOMAIN}.{category}.{METER_LINK}.step.registers.data"
        lines = []
        for name, entity_id in self._entities().items():
            state = self.hass.states.get(entity_id)
            told = "–"
            if state is not None and state.state not in {STATE_UNKNOWN, STATE_UNAVAILABLE}:
                unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, "")
                told = f"{state.state} {unit}".strip()
            lines.append(f"- {texts[f'{prefix}.{name}']}: **{told}** (`{entity_id}`)")
        return "\n".join(lines)
