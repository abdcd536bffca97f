"""The QR code with which a banking app pays the next bill."""

from functools import partial
from typing import override

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from ..billing.epc import picture
from .coordinator import AccountConfigEntry, AccountCoordinator
from .entity import ACCOUNT, AccountEntity, async_add_as_they_appear

PAYMENT_QR = ImageEntityDescription(key="payment_qr", translation_key="payment_qr")


async def async_setup(
    hass: HomeAssistant,
    entry: AccountConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the images of an account."""
    coordinator = entry.runtime_data
    async_add_as_they_appear(
        entry,
        async_add_entities,
        lambda: (
            {}
            if coordinator.statement is None
            else {(ACCOUNT, PAYMENT_QR.key): partial(PaymentQr, hass, coordinator)}
        ),
    )


class PaymentQr(AccountEntity, ImageEntity):
    """A code that fills in a transfer: the payee's account, the amount and the reference.

    It is unavailable when there is nothing to pay, and when anything about the bill does not check
    out: a wrong code would send money to the wrong place.
    """

    _attr_content_type = "image/png"

    def __init__(self, hass: HomeAssistant, coordinator: AccountCoordinator) -> None:
        """Draw the code of what is to be paid now."""
        AccountEntity.__init__(self, coordinator, PAYMENT_QR)
        ImageEntity.__init__(self, hass)
        self._payload: str | None = None
        self._look()

    @property
    @override
    def available(self) -> bool:
        return self._payload is not None

    @override
    def image(self) -> bytes | None:
        return None if self._payload is None else picture(self._payload)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._look()
        super()._handle_coordinator_update()

    @callback
    def _look(self) -> None:
        """Take note of when the code becomes another one: browsers keep the one that they have."""
        facts = self.coordinator.statement
        ready = None if facts is None else facts.payment
        payload = None if ready is None else ready.epc
        if payload != self._payload:
            self._payload = payload
            self._attr_image_last_updated = dt_util.utcnow()
