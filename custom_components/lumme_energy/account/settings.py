"""How bills come and are paid: what is chosen, and choosing otherwise."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from homeassistant.exceptions import ServiceValidationError

from ..action import invalid
from ..portal.model import Delivery, DirectDebit, Settings
from ..portal.outbox import WriteRecord
from .coordinator import AccountCoordinator
from .errors import not_offered
from .writes import Change, async_change

type Value = Delivery | DirectDebit


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One thing that can be chosen at some portals.

    Attributes:
        change: What is changed.
        options: What there is to choose from; what cannot be chosen online is refused in words.
        value_fn: What is chosen; None where the portal does not say.
    """

    change: Change
    options: tuple[Value, ...]
    value_fn: Callable[[Settings], Value | None]

    def value(self, coordinator: AccountCoordinator) -> Value | None:
        """Return what is chosen; None where the portal lets nothing be chosen."""
        settings = coordinator.data.settings
        return None if settings is None else self.value_fn(settings)


DELIVERY: Final = Setting(
    change=Change.DELIVERY,
    options=tuple(Delivery),
    value_fn=lambda settings: settings.delivery,
)
DIRECT_DEBIT: Final = Setting(
    change=Change.DIRECT_DEBIT,
    options=tuple(DirectDebit),
    value_fn=lambda settings: settings.direct_debit,
)


def objection(
    coordinator: AccountCoordinator, setting: Setting, value: Value
) -> ServiceValidationError | None:
    """Return what stands against choosing a value."""
    if (present := setting.value(coordinator)) is None:
        return not_offered(coordinator)
    if present is value:
        return None
    if value is DirectDebit.OFF:
        return invalid("direct_debit_off", contact=coordinator.contact.label)
    if value is Delivery.E_INVOICE:
        return invalid("e_invoice_at_bank")
    return None


async def async_choose(
    coordinator: AccountCoordinator, setting: Setting, value: Value, *, user_id: str | None
) -> WriteRecord | None:
    """Have a value chosen at the portal; see `async_change`.

    Raises:
        ServiceValidationError: it cannot be chosen.
        HomeAssistantError: it was not, or nobody knows yet.
    """

    def check() -> None:
        if error := objection(coordinator, setting, value):
            raise error

    return await async_change(
        coordinator, setting.change, {setting.change: value}, check=check, user_id=user_id
    )
