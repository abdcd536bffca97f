"""Sensors of a meter: one for each thing that it really sends, added when it is first sent."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final, override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorStateClass,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..metering.registers import Event, RegisterGuard, capacity
from ..metering.telegram import SubMeter, Telegram, Value
from .base import BaseMeterCoordinator, MeterConfigEntry
from .descriptions import (
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
        # A channel that has never told a reading may have no meter on it.
        meters = {
            (meter.kind, meter.identifier): meter
            for meter in telegram.sub_meters
            if meter.reading.at
        }
        # A new meter in the place of the old one is news, too: its device is named anew.
        sent = {*telegram.values, *meters, len(coordinator.memory.totals.segments)}
        if sent <= known:
            return
        new = sent - known
        device = meter_device(hass, entry, telegram)
        entities: list[Entity] = [
            MeterSensor(
                coordinator,
                description,
                entry.entry_id,
                device,
                _quantity(description, coordinator),
            )
            for description in SENSORS
            if description.quantity in new and not _is_nameless(description, coordinator)
        ]
        for key, meter in meters.items():
            if key in new:
                entities += _sub_meter_sensors(coordinator, meter, device)
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


def _quantity(
    description: MeterSensorDescription, coordinator: BaseMeterCoordinator
) -> Callable[[Telegram], Value]:
    return lambda telegram: description.read(telegram, coordinator.heard_at)


def _sub_meter_sensors(
    coordinator: BaseMeterCoordinator, meter: SubMeter, parent: dr.DeviceEntry
) -> list[Entity]:
    def now(telegram: Telegram) -> SubMeter:
        meters = {(other.kind, other.identifier): other for other in telegram.sub_meters}
        return meters[meter.kind, meter.identifier]

    entry = coordinator.config_entry
    owner = sub_meter_id(entry, meter)
    device = sub_meter_device(coordinator.hass, entry, meter, parent)
    sensors: list[Entity] = [
        MeterSensor(coordinator, description, owner, device, lambda telegram: now(telegram).reading)
        for description in SUB_METER_SENSORS
        if description.kind is meter.kind and description.unit is meter.reading.unit
    ]
    if meter.valve is not None:
        sensors.append(
            MeterSensor(coordinator, VALVE, owner, device, lambda telegram: now(telegram).valve)
        )
    return sensors


class MeterSensor(MeterEntity, RestoreSensor):
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
    ) -> None:
        """Show what read finds in a telegram; it raises KeyError if that was not sent."""
        super().__init__(coordinator, description, owner, device)
        self._read = read
        self._owner = owner
        self._pace = coordinator.paces[description.pace] - EARLY
        self._drift_pace = coordinator.paces[Pace.REGISTER] - EARLY
        self._segment = 0
        self._shown = Decimal(0)
        self._guard: RegisterGuard | None = None
        self._seen = coordinator.received
        self._due = self._drift_due = AT_ONCE
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
        """Go on from the register's last state: a zero after a restart is as wrong as before."""
        await super().async_added_to_hass()
        if self.entity_description.state_class is SensorStateClass.TOTAL_INCREASING:
            data = await self.async_get_last_sensor_data()
            total = data.native_value if data else None
            self._resume(total if isinstance(total, Decimal) else None)
        self._take()

    def _take(self) -> bool:
        """Take the value over from the newest telegram; return whether there is news to show."""
        telegram = self.coordinator.data
        assert telegram is not None  # noqa: S101  there is no entity before the first telegram
        now = self.coordinator.received
        native = None
        try:
            value = self._read(telegram)
        except KeyError:
            # Nobody looked for it before it was due.
            if now - max(self._seen, self._due) <= FORGET_AFTER:
                return False
        else:
            self._seen = now
            native = self.entity_description.value_fn(value, self.coordinator.tariffs)
            if self._guard and isinstance(native, Decimal):
                native = self._total(native, now)
        is_news = native != self._attr_native_value and not self._is_drift(native, now)
        if is_news:
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
    def _segments(self) -> int:
        return len(self.coordinator.memory.totals.segments)

    def _resume(self, total: Decimal | None) -> None:
        """Go on from a total that was published before; None if none was."""
        self._segment = self._segments
        if self._owner != self.coordinator.config_entry.entry_id or total is None:
            self._guard = RegisterGuard(total)
            return
        totals = self.coordinator.memory.totals
        register = self.entity_description.key
        offset = totals.segments[-1].offsets.get(register)
        if offset is None and self._segments > 1:
            self._guard = RegisterGuard()  # the register of a new meter
            return
        self._shown = total - (offset or 0)
        totals.total(register, self._shown)
        self._guard = RegisterGuard(self._shown)

    def _total(self, value: Decimal, now: float) -> Decimal:
        """Return what all meters of this place have counted when the register shows value."""
        assert self._guard is not None  # noqa: S101
        if self._owner != self.coordinator.config_entry.entry_id:
            return self._guard.accept(value, now)  # a meter behind it is an entity of its own
        memory = self.coordinator.memory
        if self._segment != self._segments:
            self._guard = RegisterGuard()
        register = self.entity_description.key
        value = self._guard.accept(value, now)
        match self._guard.event:
            case Event.ROLLOVER:
                memory.totals.roll_over(register, capacity(self._shown))
            case Event.REPLACEMENT:
                self.coordinator.async_replaced()
        self._shown = value
        self._segment = self._segments
        memory.save_later()
        return memory.totals.total(register, value)

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
