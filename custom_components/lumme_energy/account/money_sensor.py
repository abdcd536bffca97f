"""Sensors about money that no portal tells: what energy costs, what the settlement will be.

Those of costs and bills exist where a meter is linked to the supply point, those of the settlement
where it has a deposit. A value is unknown where the meter, the prices or the bills tell too little.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import MATCH_ALL
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er

from ..billing.bill_check import Verdict
from ..billing.days import midnight
from ..portal.model import LineKind
from .bookkeeper import links_of
from .coordinator import AccountCoordinator
from .deposit import plan_of
from .entity import Offered, SupplyPointEntity
from .money import Money, Spent

CURRENCY: Final = "EUR"


@dataclass(frozen=True, kw_only=True)
class MoneySensorDescription(SensorEntityDescription):
    """Describes a sensor about the money of a supply point, given by its GSRN."""

    value_fn: Callable[[Money, str], Decimal | str | None]
    attributes_fn: Callable[[Money, str], dict[str, Any]] = lambda _money, _gsrn: {}
    of_deposit: bool = False


def _spent(money: Money, gsrn: str, key: str) -> Spent | None:
    costs = money.costs.get(gsrn)
    return None if costs is None else (costs.today if key == "cost_today" else costs.month)


def _total(money: Money, gsrn: str, *, key: str) -> Decimal | None:
    spent = _spent(money, gsrn, key)
    return None if spent is None or spent.cost is None else spent.cost.total


def _parts(money: Money, gsrn: str, *, key: str) -> dict[str, Any]:
    """Return what a cost is made of, and what it lacks."""
    spent = _spent(money, gsrn, key)
    if spent is None:
        return {}
    lacks = {"missing_hours": spent.missing_hours}
    if (cost := spent.cost) is None:
        return lacks
    return {
        "energy": float(cost.energy),
        "energy_cost": float(cost.amount(LineKind.ENERGY)),
        "export_revenue": float(-cost.amount(LineKind.EXPORT)),
        "fees": float(cost.amount(LineKind.FIXED_FEE)),
        "network_and_taxes": float(cost.amount(LineKind.NETWORK)),
        "energy_without_price": float(cost.unpriced),
        **lacks,
    }


def _foreseen(money: Money, gsrn: str) -> dict[str, Any]:
    """Return the calculation behind a forecast, and how far it can be trusted."""
    if (found := money.forecasts.get(gsrn)) is None:
        return {}
    return {
        "period_start": found.first.isoformat(),
        "period_end": found.last.isoformat(),
        "expected_total": float(found.cost.total),
        "deposits_paid": float(found.paid),
        "deposits_to_come": float(found.to_come),
        "confidence": found.expectation.confidence,
        "basis": found.expectation.basis,
        "days_measured": found.expectation.measured,
        "days_like_last_year": found.expectation.last_year,
        "days_like_the_mean": found.expectation.mean,
    }


def _checked(money: Money, gsrn: str) -> dict[str, Any]:
    """Return what the newest bill differs by."""
    if (found := money.check_of(gsrn)) is None:
        return {}
    energy, amount = found.energy_difference, found.amount_difference
    return {
        "invoice": found.invoice.number,
        "energy_difference": None if energy is None else float(energy),
        "amount_difference": None if amount is None else float(amount),
        "estimated": found.is_estimated,
    }


def _cost(key: str) -> MoneySensorDescription:
    return MoneySensorDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=CURRENCY,
        suggested_display_precision=2,
        value_fn=partial(_total, key=key),
        attributes_fn=partial(_parts, key=key),
    )


MONEY_SENSORS: Final = (
    _cost("cost_today"),
    _cost("cost_month"),
    MoneySensorDescription(
        key="expected_settlement",
        translation_key="expected_settlement",
        device_class=SensorDeviceClass.MONETARY,
        native_unit_of_measurement=CURRENCY,
        suggested_display_precision=2,
        value_fn=lambda money, gsrn: f.settlement if (f := money.forecasts.get(gsrn)) else None,
        attributes_fn=_foreseen,
        of_deposit=True,
    ),
    MoneySensorDescription(
        key="suggested_deposit",
        translation_key="suggested_deposit",
        device_class=SensorDeviceClass.MONETARY,
        native_unit_of_measurement=CURRENCY,
        suggested_display_precision=2,
        value_fn=lambda money, gsrn: f.suggested if (f := money.forecasts.get(gsrn)) else None,
        of_deposit=True,
    ),
    MoneySensorDescription(
        key="bill_check",
        translation_key="bill_check",
        device_class=SensorDeviceClass.ENUM,
        options=[*Verdict],
        value_fn=lambda money, gsrn: found.verdict if (found := money.check_of(gsrn)) else None,
        attributes_fn=_checked,
    ),
)


def offered(coordinator: AccountCoordinator) -> Offered:
    """Return the sensors about money that an account has."""
    links = links_of(coordinator)
    found: Offered = {}
    for point in coordinator.data.supply_points or ():
        link = links.get(point.gsrn)
        for description in MONEY_SENSORS:
            make = partial(MoneySensor, coordinator, description, point)
            if description.of_deposit:
                if plan_of(coordinator, point.gsrn) is not None:
                    found[point.gsrn, description.key] = make
            elif link is not None:
                # A meter that is linked anew brings its sensors anew.
                found[point.gsrn, f"{description.key}_{link.subentry_id}"] = make
    return found


class MoneySensor(SupplyPointEntity, SensorEntity):
    """A sensor about the money of a supply point."""

    _unrecorded_attributes = frozenset({MATCH_ALL})
    entity_description: MoneySensorDescription

    @property
    def _of_deposit(self) -> bool:
        return self.entity_description.of_deposit

    @property
    @override
    def available(self) -> bool:
        """Tell nothing until it was worked out: “unknown” would look like news after each start."""
        return self.coordinator.money.known and (
            not self._of_deposit or plan_of(self.coordinator, self._gsrn) is not None
        )

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Go with the link, if it is about the meter."""
        if self._of_deposit or self._gsrn in links_of(self.coordinator):
            super()._handle_coordinator_update()
        else:
            er.async_get(self.hass).async_remove(self.entity_id)

    @property
    @override
    def native_value(self) -> Decimal | str | None:
        return self.entity_description.value_fn(self.coordinator.money, self._gsrn)

    @property
    @override
    def last_reset(self) -> datetime | None:
        """A cost begins anew with the supplier's day or month."""
        if self.state_class is not SensorStateClass.TOTAL:
            return None
        today = self.coordinator.today
        first = today if self.entity_description.key == "cost_today" else today.replace(day=1)
        return midnight(first, self.coordinator.zone)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        return self.entity_description.attributes_fn(self.coordinator.money, self._gsrn)
