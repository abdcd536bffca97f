"""Flow of a meter link: which supply point, which entities, how readings are sent, what they are."""

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
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TimeSelector,
)
import probatio

from ..billing.prices import PER_EURO
from ..billing.usage import EXPORT_REGISTERS, IMPORT_REGISTERS
from ..entity_ids import lasting_id
from ..portal.model import Energy, SupplyPoint
from ..readings.indexes import MOST_DIGITS, obis_codes
from ..readings.schedule import Rhythm
from .coordinator import AccountConfigEntry
from .facts import place
from .meter_link import (
    CONF_CONFIRMED,
    CONF_DAY,
    CONF_DEVICE_SERIALS,
    CONF_DIGITS,
    CONF_GSRN,
    CONF_METER_SERIAL,
    CONF_METER_SINCE,
    CONF_MONTH,
    CONF_PRICE,
    CONF_PRICE_HAS_VAT,
    CONF_REGISTERS,
    CONF_RHYTHM,
    CONF_SUBMISSION,
    CONF_TIME,
    MeterLink,
    device_serials,
    meter_links,
    unique_id,
)
from .readings.words import async_register_names
from .usage import async_describe, has_recorder

REGISTERS: Final = (*IMPORT_REGISTERS, *EXPORT_REGISTERS)
# Is the link to send readings in?
CONF_SENDS: Final = "sends"
SUBMISSION_DEFAULTS: Final = {
    CONF_SENDS: False,
    CONF_RHYTHM: Rhythm.WHEN_ASKED,
    CONF_TIME: "12:00:00",
    CONF_DAY: 1,
    CONF_MONTH: 1,
}


class MeterLinkFlow(ConfigSubentryFlow):
    """Asks for the registers of a supply point, and shows what they say before they are linked."""

    def __init__(self) -> None:
        """Know nothing yet."""
        super().__init__()
        self._point: SupplyPoint
        self._chosen: dict[str, Any] = {}
        self._submission: dict[str, Any] = {}
        self._stored: dict[str, Any] = {}

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
        subentry = self._get_reconfigure_subentry()
        link = MeterLink.of(self.hass, subentry)
        point = next((each for each in self._points() if each.gsrn == link.gsrn), None)
        if point is None:
            return self.async_abort(reason="no_supply_point")
        self._point = point
        self._chosen = {**link.registers, CONF_PRICE_HAS_VAT: link.price_has_vat}
        if link.price is not None:
            self._chosen[CONF_PRICE] = link.price
        self._stored = {**subentry.data}
        if (submission := self._stored.get(CONF_SUBMISSION)) is not None:
            self._submission = {**submission, CONF_SENDS: True}
        return await self.async_step_registers()

    async def async_step_registers(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the entities."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._chosen = user_input
            errors = await self._async_errors()
            if not errors and self._takes_readings():
                return await self.async_step_submission()
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

    async def async_step_submission(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether readings are to be sent in, and when."""
        if user_input is not None:
            self._submission = user_input
            return await self.async_step_confirm()
        rhythms = SelectSelector(
            SelectSelectorConfig(options=[*Rhythm], translation_key=CONF_RHYTHM)
        )
        months = SelectSelector(
            SelectSelectorConfig(options=[str(month) for month in range(1, 13)])
        )
        suggested = {CONF_METER_SERIAL: self._point.meter_serial, **self._submission}
        defaults = SUBMISSION_DEFAULTS | suggested
        suggested[CONF_MONTH] = str(defaults[CONF_MONTH])
        fields = {
            probatio.Required(CONF_SENDS, default=defaults[CONF_SENDS]): BooleanSelector(),
            probatio.Required(CONF_RHYTHM, default=defaults[CONF_RHYTHM]): rhythms,
            probatio.Required(CONF_TIME, default=defaults[CONF_TIME]): TimeSelector(),
            probatio.Required(CONF_DAY, default=defaults[CONF_DAY]): _whole(1, 31),
            probatio.Required(CONF_MONTH, default=str(defaults[CONF_MONTH])): months,
            probatio.Optional(CONF_DIGITS): _whole(4, MOST_DIGITS),
            probatio.Optional(CONF_METER_SERIAL): TextSelector(),
        }
        return self.async_show_form(
            step_id="submission",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), suggested),
            description_placeholders={"place": place(self._point)},
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
        if self._submission.get(CONF_SENDS):
            data[CONF_SUBMISSION] = self._submission_of(linked)
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

    def _takes_readings(self) -> bool:
        """Whether the portal takes readings."""
        entry: AccountConfigEntry = self._get_entry()
        return entry.runtime_data.readings.is_offered

    def _submission_of(self, linked: dict[str, str]) -> dict[str, Any]:
        """Return how readings are to be sent, as it is kept.

        Who has seen the readings of other entities has not seen these.
        """
        before = self._stored.get(CONF_SUBMISSION, {})
        is_same = self._stored.get(CONF_REGISTERS) == linked
        registers = [each for name, each in self._entities().items() if name in REGISTERS]
        told, digits = self._submission, self._submission.get(CONF_DIGITS)
        return {
            CONF_RHYTHM: told[CONF_RHYTHM],
            CONF_TIME: told[CONF_TIME],
            CONF_DAY: int(told[CONF_DAY]),
            CONF_MONTH: int(told[CONF_MONTH]),
            CONF_DIGITS: None if digits is None else int(digits),
            CONF_METER_SERIAL: told.get(CONF_METER_SERIAL),
            CONF_DEVICE_SERIALS: list(device_serials(self.hass, registers)),
            CONF_METER_SINCE: before.get(CONF_METER_SINCE),
            CONF_CONFIRMED: is_same and before.get(CONF_CONFIRMED, False),
        }

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
        names = await async_register_names(self.hass)
        entry: AccountConfigEntry = self._get_entry()
        is_gas = self._point.energy is Energy.GAS
        codes = {} if is_gas else obis_codes(entry.runtime_data.supplier.country)
        lines = []
        for name, entity_id in self._entities().items():
            state = self.hass.states.get(entity_id)
            told = "–"
            if state is not None and state.state not in {STATE_UNKNOWN, STATE_UNAVAILABLE}:
                unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, "")
                told = f"{state.state} {unit}".strip()
            code = f" ({codes[name]})" if name in codes else ""
            lines.append(f"- {names[name]}{code}: **{told}** (`{entity_id}`)")
        return "\n".join(lines)


def _whole(least: int, most: int) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(min=least, max=most, step=1, mode=NumberSelectorMode.BOX)
    )
