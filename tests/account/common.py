"""Helpers of the account's tests."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.util import slugify
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.lumme_energy.account.facts import place
from custom_components.lumme_energy.account.flow import unique_id
from custom_components.lumme_energy.billing.payment import next_to_pay
from custom_components.lumme_energy.const import (
    CONF_ACCOUNT_ID,
    CONF_KIND,
    CONF_PORTAL_ADDRESS,
    CONF_SUPPLIER,
    DOMAIN,
    KIND_ACCOUNT,
)
from custom_components.lumme_energy.portal.model import DepositPermissions, Invoice, Statement
from demo.households import Customer, Household
from demo.households.finland import SUPPLY_POINTS
from demo.server import DemoPortal

# Below these paths a portal answers to customers who are logged in.
CALLS = (
    "/FA-OmaLumme-Prod/v1/contractBasicData",
    "/FA-OmaLumme-Prod/v1/consumption",
    "/FA-OmaLumme-Prod/v1/accountStatement",
    "/FA-OmaLumme-Prod/v1/budgetBillLines",
    "/FA-OmaLumme-Prod/v1/billingSettings",
    "/FA-OmaLumme-Prod/v1/customerBenefits",
    "/myluminus/api/account",
    "/myluminus/api/active-contracts",
    "/myluminus/api/billing-settings",
    "/myluminus/api/budget-bill-lines",
    "/myluminus/api/consumptions",
    "/myluminus/api/meter-readings",
    "/myluminus/api/price-information",
)

# How the entity ids of the two Finnish supply points begin.
FLAT, COTTAGE = (f"sensor.{slugify(place(point))}" for point in SUPPLY_POINTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A running demo portal."""

    supplier: str
    portal: DemoPortal
    address: str

    @property
    def household(self) -> Household:
        """The truth of today."""
        return self.portal.household

    @property
    def customer(self) -> Customer:
        """The first customer of the log-in."""
        return self.household.customers[0]

    def calls(self) -> int:
        """Return how many requests were made to what only a customer sees."""
        return sum(
            count for path, count in self.portal.requests.paths.items() if path.startswith(CALLS)
        )

    def revise(self, change: Callable[[Customer], Customer], customer: int = 0) -> None:
        """Let something happen to a customer."""
        before = self.portal._household

        def revised(today: date) -> Household:
            household = before(today)
            customers = [*household.customers]
            customers[customer] = change(customers[customer])
            return replace(household, customers=tuple(customers))

        self.portal._household = revised

    def allow(self, permissions: DepositPermissions, customer: int = 0) -> None:
        """Let the portal allow a customer's deposits to be changed like this."""
        self.revise(
            lambda before: replace(
                before,
                deposits=tuple(replace(plan, permissions=permissions) for plan in before.deposits),
            ),
            customer,
        )

    async def stop(self) -> None:
        """Take the portal off the net."""
        await self.portal.stop()

    async def start_again(self) -> None:
        """Bring it back at its old address."""
        await self.portal.start(int(self.address.rpartition(":")[2]))

    def entry(self, hass: HomeAssistant, customer: int = 0, **data: Any) -> MockConfigEntry:
        """Add an entry of a customer, as the config flow creates it."""
        account_id = self.household.customers[customer].account.account_id
        entry = MockConfigEntry(
            domain=DOMAIN,
            title="Supplier (demo)",
            unique_id=unique_id(self.supplier, account_id),
            data={
                CONF_KIND: KIND_ACCOUNT,
                CONF_SUPPLIER: self.supplier,
                CONF_USERNAME: self.household.username,
                CONF_PASSWORD: self.household.password,
                CONF_PORTAL_ADDRESS: self.address,
                CONF_ACCOUNT_ID: account_id,
                **data,
            },
        )
        entry.add_to_hass(hass)
        return entry


async def settled(hass: HomeAssistant) -> None:
    """Wait until Home Assistant has nothing left to do, in the background neither."""
    await hass.async_block_till_done(wait_background_tasks=True)


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Set an entry up and let it settle."""
    await hass.config_entries.async_setup(entry.entry_id)
    await settled(hass)
    return entry


async def restart(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Unload an entry and set it up again from what is on disk."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    await start(hass, entry)


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, **time: float) -> None:
    """Move the clock, and let happen what is due."""
    freezer.tick(timedelta(**time))
    async_fire_time_changed(hass)
    await settled(hass)


def next_bill(demo: Demo) -> Invoice:
    """Return the bill of the first customer that is to be paid first."""
    invoice = next_to_pay(demo.customer.statement.invoices)
    assert invoice is not None
    return invoice


def bills(demo: Demo, *invoices: Invoice) -> None:
    """Let the first customer have had these bills and no others."""
    demo.revise(lambda each: replace(each, statement=Statement(invoices=invoices)))
