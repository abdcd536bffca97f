"""Sensors of a meter: one for each thing that it really sends, added when it is first sent."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Final, override

from homeassistant.components.sensor import (
    DOMAIN as SENSOR,
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from ..const import DOMAIN
from ..metering.registers import MOST_PER_HOUR, Event, RegisterGuard, capacity, most_per_hour
from ..metering.sub_meters import Place
from ..metering.telegram import Quantity, SubMeter, Telegram, Value
from .base import BaseMeterCoordinator, MeterConfigEntry
from .descriptions import (
    CAPACITY_COSTS,
    SENSORS,
    SUB_METER_SENSORS,
    VALVE,
    CounterDescription,
    MeterSensorDescription,
    Pace,
)
from .entity import MeterEntity, meter_device, sub_meter_device, sub_meter_id

# A meter may send its registers less often than its powers, but no less than once a minute.
FORGET_AFTER: Final = 150.0
# A meter that sends as often as the pace is not always on time; its telegrams all count.
EARLY: Final = 0.4
# Before every reading of a clock.
AT_ONCE: Final = float("-inf")


async def async_setup(
    hass: HomeAssistant,
    entry: MeterConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add sensors with the first telegram, and again whenever a telegram has something new."""
    coordinator = entry.runtime_data
    known: set[object] = set()

    @callback
    def add_new() -> None:
        telegram = coordinator.data
        if telegram is None:
            return
        memory = coordinator.memory
        # A new meter in the place of the old one is news, too: its device is named anew.
        meters = {
            place: len(place.totals.segments)
            for place in memory.sub_meters.places.values()
            if place.meter
        }
        places = {*meters, *meters.items(), len(memory.totals.segments)}
        if telegram.values.keys() <= known and places <= known:
            return
        new = {*telegram.values, *places} - known
        device = meter_device(hass, entry, telegram)
        entities: list[Entity] = [
            MeterSensor(
                coordinator,
                _by_default(description, coordinator),
                entry.entry_id,
                device,
                _quantity(description, coordinator),
            )
            for description in SENSORS
            if description.quantity in new and not _is_nameless(description, coordinator)
        ]
        if Quantity.MONTH_PEAKS in new:
            entities += _cost_sensors(coordinator, device)
        for place in meters:
            sub_device = sub_meter_device(hass, entry, place, device)
            if place in new:
                entities += _sub_meter_sensors(coordinator, place, sub_device)
        if not known:
            entities += [
                MeterCounter(coordinator, counter, device)
                for counter in coordinator.counter_descriptions
            ]
        known.update(new)
        async_add_entities(entities)

    entry.async_on_unload(coordinator.async_add_listener(add_new))
    add_new()


def _is_nameless(description: MeterSensorDescription, coordinator: BaseMeterCoordinator) -> bool:
    """Tell whether it shows the name of the tariff in a country that has no names for tariffs."""
    return description.device_class is SensorDeviceClass.ENUM and not coordinator.tariffs


def _by_default(
    description: MeterSensorDescription, coordinator: BaseMeterCoordinator
) -> MeterSensorDescription:
    """Let sleep what we work out ourselves: where the meter does not send it, few pay by it."""
    if description.quantity in coordinator.derived:
        return replace(description, entity_registry_enabled_default=False)
    return description


def _cost_sensors(coordinator: BaseMeterCoordinator, device: dr.DeviceEntry) -> list[Entity]:
    """Return what the capacity tariff costs, if its price is known; else forget it."""
    entry_id, price = coordinator.config_entry.entry_id, coordinator.capacity_price
    if price is not None:
        return [
            MeterSensor(coordinator, cost, entry_id, device, partial(cost.cost_fn, price))
            for cost in CAPACITY_COSTS
        ]
    registry = er.async_get(coordinator.hass)
    for cost in CAPACITY_COSTS:
        if entity_id := registry.async_get_entity_id(SENSOR, DOMAIN, f"{entry_id}_{cost.key}"):
            registry.async_remove(entity_id)
    return []


def _quantity(
    description: MeterSensorDescription, coordinator: BaseMeterCoordinator
) -> Callable[[Telegram], Value]:
    if telegram_fn := description.telegram_fn:
        return lambda telegram: telegram_fn(telegram, coordinator.heard_at)
    quantity = description.quantity
    return lambda telegram: telegram.values[quantity]


def _sub_meter_sensors(
    coordinator: BaseMeterCoordinator, place: Place, device: dr.DeviceEntry
) -> list[Entity]:
    def now() -> SubMeter:
        if place.meter is None:
            raise KeyError(place.key)
        return place.meter

    meter = now()
    owner = sub_meter_id(coordinator.config_entry, place.key)
    sensors: list[Entity] = [
        MeterSensor(coordinator, description, owner, device, lambda _: now().reading, place)
        for description in SUB_METER_SENSORS
        if description.kind is meter.kind and description.unit is meter.reading.unit
    ]
    if meter.valve is not None:
        sensors.append(MeterSensor(coordinator, VALVE, owner, device, lambda _: now().valve, place))
    return sensors


class MeterSensor(MeterEntity, SensorEntity):
    """A quantity that the meter sends.

    Writes a state only when there is something to say: at most once per pace, and only if the
    value is another; at once when the meter falls silent or speaks again. A value that is less
    than a step from the shown one waits as long as a register would.
    """

    entity_description: MeterSensorDescription

    def __init__(
        self,
        coordinator: BaseMeterCoordinator,
        description: MeterSensorDescription,
        owner: str,
        device: dr.DeviceEntry,
        read: Callable[[Telegram], Value],
        place: Place | None = None,
    ) -> None:
        """Show what read finds in a telegram; it raises KeyError if that was not sent.

        Without a place it is the meter itself that counts, else the one that is there.
        """
        super().__init__(coordinator, description, owner, device)
        self._read = read
        self._place = place
        self._totals = place.totals if place else coordinator.memory.totals
        self._pace = coordinator.paces[description.pace] - EARLY
        self._drift_pace = coordinator.paces[Pace.REGISTER] - EARLY
        self._segment = 0
        self._shown = Decimal(0)
        self._guard: RegisterGuard | None = None
        self._seen = coordinator.received
        self._due = self._drift_due = AT_ONCE
        self._value: Value | None = None  # what the state that is shown was made of
        self._was_available = True
        if description.tariff is not None:
            name = description.quantity.rpartition("_")[0]
            tariffs = coordinator.tariffs
            if description.tariff <= len(tariffs):
                self._attr_translation_key = f"{name}_{tariffs[description.tariff - 1]}"
            else:
                self._attr_translation_key = f"{name}_tariff"
                self._attr_translation_placeholders = {"tariff": str(description.tariff)}

    @override
    async def async_added_to_hass(self) -> None:
        """Go on from what the register showed: a zero after a restart is as wrong as before."""
        await super().async_added_to_hass()
        description = self.entity_description
        if description.state_class is SensorStateClass.TOTAL_INCREASING:
            shown = self._totals.shown(description.key)
            self._segment = len(self._totals.segments)
            self._shown = shown or Decimal(0)
            self._guard = RegisterGuard(shown)
        self._take()

    def _take(self) -> bool:
        """Take the value over from the newest telegram; return whether there is news to show."""
        telegram = self.coordinator.data
        assert telegram is not None  # noqa: S101  there is no entity before the first telegram
        now = self.coordinator.received
        value = native = None
        try:
            value = self._read(telegram)
        except KeyError:
            # Nobody looked for it before it was due.
            if now - max(self._seen, self._due) <= FORGET_AFTER:
                return False
        else:
            self._seen = now
            if value is self._value and not self._guard:
                return False
            native = self.entity_description.value_fn(value, self.coordinator.tariffs)
            if self._guard and isinstance(native, Decimal):
                native = self._total(native, now, telegram)
        is_news = native != self._attr_native_value and not self._is_drift(native, now)
        if is_news:
            self._value = value
            self._attr_native_value = native
            self._due = now + self._pace
            self._drift_due = now + self._drift_pace
        return is_news

    def _is_drift(self, native: object, now: float) -> bool:
        """Tell whether it is so near to what is shown that it can wait."""
        step, shown = self.entity_description.step, self._attr_native_value
        return (
            step is not None
            and now < self._drift_due
            and isinstance(native, Decimal)
            and isinstance(shown, Decimal)
            and not step.separates(shown, native)
        )

    @property
    @override
    def extra_state_attributes(self) -> dict[str, StateType] | None:
        """Say what the value rests on."""
        telegram, attributes_fn = self.coordinator.data, self.entity_description.attributes_fn
        return attributes_fn(telegram) if telegram and attributes_fn else None

    def _total(self, value: Decimal, now: float, telegram: Telegram) -> Decimal:
        """Return what all meters of this place have counted when the register shows value."""
        assert self._guard is not None  # noqa: S101
        totals, register = self._totals, self.entity_description.key
        if self._segment != len(totals.segments):
            self._guard = RegisterGuard()
        most = MOST_PER_HOUR if self._place else most_per_hour(telegram.values)
        value = self._guard.accept(value, now, most)
        match self._guard.event:
            case Event.ROLLOVER:
                totals.roll_over(register, capacity(self._shown))
            case Event.REPLACEMENT:
                self.coordinator.async_replaced(self._place)
        self._shown = value
        self._segment = len(totals.segments)
        self.coordinator.memory.save_later()
        return totals.total(register, value)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        available = self.coordinator.last_update_success
        if available is self._was_available:
            if not available or self.coordinator.received < self._due or not self._take():
                return
        elif available:
            self._drift_due = AT_ONCE
            self._take()
        self._was_available = available
        self.async_write_ha_state()


class MeterCounter(SensorEntity):
    """A counter of what became of the bytes that arrived; it counts in silence, too."""

    _attr_has_entity_name = True
    entity_description: CounterDescription

    def __init__(
        self,
        coordinator: BaseMeterCoordinator,
        description: CounterDescription,
        device: dr.DeviceEntry,
    ) -> None:
        """Attach the counter to the meter's device."""
        self.entity_description = description
        self._coordinator = coordinator
        self._attr_unique_id = f"{coordinator.config_entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers=device.identifiers)

    @property
    @override
    def native_value(self) -> int:
        """Read the counter; polled, because bad telegrams announce themselves to nobody."""
        return self.entity_description.value_fn(self._coordinator.counters)
