"""Numbers of a supplier account: the deposit, which a customer may move."""

from decimal import Decimal
from functools import partial
from typing import Final, override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..action import invalid
from ..billing.deposit import amount_range
from ..billing.tax import CENT
from ..portal.model import DepositPlan
from .coordinator import AccountConfigEntry
from .deposit import async_set_deposit, plan_of
from .entity import Offered, SupplyPointEntity, async_add_as_they_appear

DEPOSIT: Final = NumberEntityDescription(
    key="deposit",
    translation_key="deposit",
    device_class=NumberDeviceClass.MONETARY,
    mode=NumberMode.BOX,
    native_step=0.01,
)


async def async_setup(
    hass: HomeAssistant,
    entry: AccountConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers of an account."""
    coordinator = entry.runtime_data

    def offered() -> Offered:
        return {
            (point.gsrn, DEPOSIT.key): partial(DepositNumber, coordinator, DEPOSIT, point)
            for point in coordinator.data.supply_points or ()
            if (plan := plan_of(coordinator, point.gsrn)) is not None
            and None not in amount_range(plan)
        }

    async_add_as_they_appear(entry, async_add_entities, offered)


class DepositNumber(SupplyPointEntity, NumberEntity):
    """A deposit. To move it is to confirm: it is sent if no rule stands against it."""

    @property
    def _plan(self) -> DepositPlan | None:
        return plan_of(self.coordinator, self._gsrn)

    @property
    @override
    def available(self) -> bool:
        return self._plan is not None

    @property
    @override
    def native_value(self) -> float | None:
        return None if self._plan is None else float(self._plan.amount)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        return None if self._plan is None else self._plan.currency

    @property
    @override
    def native_min_value(self) -> float:
        """The least that the portal accepts; what is less is for customer service."""
        minimum = None if self._plan is None else amount_range(self._plan)[0]
        return super().native_min_value if minimum is None else float(minimum)

    @property
    @override
    def native_max_value(self) -> float:
        """The most that the portal accepts; what is more is for customer service."""
        maximum = None if self._plan is None else amount_range(self._plan)[1]
        return super().native_max_value if maximum is None else float(maximum)

    @override
    async def async_set_native_value(self, value: float) -> None:
        if (plan := self._plan) is None:
            raise invalid("no_deposit")
        await async_set_deposit(
            self.coordinator,
            plan,
            Decimal(str(value)).quantize(CENT),
            is_empty_house=bool(plan.is_empty_house),
            user_id=self._context.user_id if self._context else None,
        )
