"""What a coming quarter costs when its price is fixed today. Sensors, and one that tells when to."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.sensor import (
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import MATCH_ALL
from homeassistant.core import callback

from ..billing.price_fix import Watched, cheapest, remember, watched
from ..billing.prices import ENERGY_PRICE, PER_EURO
from ..const import CONF_TARGET_PRICE, DOMAIN
from .coordinator import AccountCoordinator
from .entity import ACCOUNT, AccountEntity, Offered

TARGET_UNIT: Final = "c/kWh"

BELOW_TARGET: Final = BinarySensorEntityDescription(
    key="price_fix_below_target", translation_key="price_fix_below_target"
)


@dataclass(frozen=True, kw_only=True)
class PriceFixDescription(SensorEntityDescription):
    """Describes a sensor about one of the quarters on offer, the next one first."""

    pick_fn: Callable[[tuple[Watched, ...]], Watched | None]
    value_fn: Callable[[Watched], Decimal] = lambda quarter: quarter.offer.price


def _next(quarters: tuple[Watched, ...]) -> Watched | None:
    return quarters[0] if quarters else None


def _price(
    key: str,
    pick_fn: Callable[[tuple[Watched, ...]], Watched | None],
    **details: Any,
) -> PriceFixDescription:
    return PriceFixDescription(
        key=key,
        translation_key=key,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=ENERGY_PRICE,
        suggested_display_precision=4,
        pick_fn=pick_fn,
        **details,
    )


PRICE_FIX_SENSORS: Final = (
    _price("price_fix_next", _next),
    _price("price_fix_change", _next, value_fn=lambda quarter: quarter.change),
    _price("price_fix_cheapest", cheapest),
)


def quarters(coordinator: AccountCoordinator) -> tuple[Watched, ...]:
    """Return the quarters whose price can still be fixed, the next one first."""
    return watched(coordinator.data.offers or (), coordinator.store.first_prices, coordinator.today)


def offered(coordinator: AccountCoordinator) -> Offered:
    """Return the sensors of an account whose portal has prices to fix."""
    if coordinator.data.offers is None:
        return {}
    return {
        (ACCOUNT, description.key): partial(PriceFixSensor, coordinator, description)
        for description in PRICE_FIX_SENSORS
    }


def offered_binary(coordinator: AccountCoordinator) -> Offered:
    """Return the binary sensor of an account whose user has set a target."""
    if coordinator.data.offers is None or target(coordinator) is None:
        return {}
    return {(ACCOUNT, BELOW_TARGET.key): partial(PriceBelowTarget, coordinator, BELOW_TARGET)}


def target(coordinator: AccountCoordinator) -> Decimal | None:
    """Return the user's target, EUR/kWh including VAT."""
    wanted = coordinator.config_entry.options.get(CONF_TARGET_PRICE)
    return None if wanted is None else Decimal(str(wanted)) / PER_EURO[TARGET_UNIT]


@callback
def async_start(coordinator: AccountCoordinator) -> None:
    """Remember, now and after each poll, at which price each quarter is first seen."""

    @callback
    def look() -> None:
        store, offers = coordinator.store, coordinator.data.offers
        if offers is None:
            return
        if (prices := remember(offers, store.first_prices)) != store.first_prices:
            store.first_prices = prices
            coordinator.config_entry.async_create_task(
                coordinator.hass, store.async_save(), f"{DOMAIN} first prices"
            )

    look()
    coordinator.config_entry.async_on_unload(coordinator.async_add_listener(look))


class _PriceFixEntity(AccountEntity):
    """An entity about the quarters on offer."""

    _unrecorded_attributes = frozenset({MATCH_ALL})

    @property
    @override
    def available(self) -> bool:
        return self.coordinator.data.offers is not None


class PriceFixSensor(_PriceFixEntity, SensorEntity):
    """A sensor about one of the quarters."""

    entity_description: PriceFixDescription

    @property
    def _quarter(self) -> Watched | None:
        return self.entity_description.pick_fn(quarters(self.coordinator))

    @property
    @override
    def native_value(self) -> Decimal | None:
        found = self._quarter
        return None if found is None else self.entity_description.value_fn(found)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        if (found := self._quarter) is None:
            return {}
        return {
            "quarter": found.quarter,
            "first_seen": found.first.quoted.isoformat(),
            "quarters": {
                each.quarter: float(each.offer.price) for each in quarters(self.coordinator)
            },
        }


class PriceBelowTarget(_PriceFixEntity, BinarySensorEntity):
    """Whether a quarter can be fixed at the user's target or for less."""

    @property
    def _cheap(self) -> list[str]:
        wanted = target(self.coordinator)
        return [
            each.quarter
            for each in quarters(self.coordinator)
            if wanted is not None and each.offer.price <= wanted
        ]

    @property
    @override
    def is_on(self) -> bool | None:
        return bool(self._cheap) if quarters(self.coordinator) else None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        return {"quarters": self._cheap}
