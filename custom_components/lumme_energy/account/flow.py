"""Config flow of a supplier account: supplier, log-in, and which customer if there are several."""

from collections.abc import Mapping
import hashlib
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_NAME, CONF_PASSWORD, CONF_USERNAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.util.ulid import ulid_now
import probatio

from ..const import (
    CONF_ACCOUNT_ID,
    CONF_IMPORT_FOLDER,
    CONF_KIND,
    CONF_PORTAL_ADDRESS,
    CONF_SUPPLIER,
    KIND_ACCOUNT,
    LOGGER,
)
from ..portal.errors import (
    PortalAuthenticationError,
    PortalError,
    PortalUnavailableError,
)
from ..portal.model import Account
from ..portal.politeness import Politeness
from ..portal.suppliers import SUPPLIERS, Supplier, SupplierInfo
from .import_folder import async_may_watch
from .login import async_login, login_key, new_http, new_portal, now, siblings

SECTION_TESTING: Final = "testing"


def unique_id(supplier: str, account_id: str) -> str:
    """Return an entry's unique id: the customer number itself must not travel in logs."""
    return hashlib.sha256(f"{supplier}:{account_id}".encode()).hexdigest()[:16]


class AccountFlow(ConfigFlow):
    """The steps of a supplier account."""

    def __init__(self) -> None:
        """Know nothing yet."""
        super().__init__()
        self._data: dict[str, Any] = {CONF_KIND: KIND_ACCOUNT}
        self._accounts: dict[str, Account] = {}

    async def async_step_account(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the supplier."""
        if user_input is not None:
            self._data[CONF_SUPPLIER] = user_input[CONF_SUPPLIER]
            if not self._supplier.has_portal:
                return await self.async_step_files()
            return await self.async_step_credentials()
        suppliers = SelectSelector(
            SelectSelectorConfig(options=[*Supplier], translation_key=CONF_SUPPLIER)
        )
        return self.async_show_form(
            step_id="account",
            data_schema=probatio.Schema({probatio.Required(CONF_SUPPLIER): suppliers}),
        )

    async def async_step_files(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask who sends the bills that come as files, and where they are put."""
        errors: dict[str, str] = {}
        if user_input is not None:
            folder = user_input.get(CONF_IMPORT_FOLDER)
            if await async_may_watch(self.hass, folder):
                account_id = ulid_now()
                await self.async_set_unique_id(unique_id(self._data[CONF_SUPPLIER], account_id))
                name = user_input[CONF_NAME]
                return self.async_create_entry(
                    title=name,
                    data=self._data | {CONF_NAME: name, CONF_ACCOUNT_ID: account_id},
                    options={CONF_IMPORT_FOLDER: folder} if folder else {},
                )
            errors[CONF_IMPORT_FOLDER] = "folder_not_allowed"
        schema = probatio.Schema(
            {
                probatio.Required(CONF_NAME): TextSelector(),
                probatio.Optional(CONF_IMPORT_FOLDER): TextSelector(),
            }
        )
        return self.async_show_form(
            step_id="files",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or {}),
            errors=errors,
        )

    async def async_step_credentials(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the customer's log-in and try it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._data = _merged(self._data, user_input)
            accounts = await self._async_log_in(errors)
            if not errors:
                return await self._async_pick(accounts)
        return self._show_credentials("credentials", errors)

    async def async_step_customer(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which of several customers of the log-in to set up."""
        if user_input is not None:
            account = self._accounts[user_input[CONF_ACCOUNT_ID]]
            return await self._async_finish(account, named=True)
        options = [
            SelectOptionDict(value=account.account_id, label=account.name or account.account_id)
            for account in self._accounts.values()
        ]
        return self.async_show_form(
            step_id="customer",
            data_schema=probatio.Schema(
                {
                    probatio.Required(CONF_ACCOUNT_ID): SelectSelector(
                        SelectSelectorConfig(options=options)
                    )
                }
            ),
            description_placeholders=self._placeholders(),
        )

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Start because the portal refuses the password."""
        self._data = dict(entry_data)
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the password that the portal takes now."""
        return await self._async_change("reauth_confirm", self._get_reauth_entry, user_input)

    async def async_step_reconfigure_account(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another log-in of the same customer."""
        if not SUPPLIERS[Supplier(self._get_reconfigure_entry().data[CONF_SUPPLIER])].has_portal:
            return self.async_abort(reason="no_log_in")
        return await self._async_change(
            "reconfigure_account", self._get_reconfigure_entry, user_input
        )

    async def _async_change(
        self, step_id: str, get_entry: Any, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Try a log-in for an existing entry and take it over, if it is the same customer's."""
        entry: ConfigEntry[Any] = get_entry()
        self._data = dict(entry.data)
        errors: dict[str, str] = {}
        if user_input is not None:
            self._data = _merged(self._data, user_input)
            accounts = await self._async_log_in(errors)
            if not errors:
                mine = self._data[CONF_ACCOUNT_ID]
                if mine not in {account.account_id for account in accounts}:
                    return self.async_abort(reason="wrong_account")
                await async_login(self.hass, self._data).async_forgive()
                self._update_siblings(entry)
                return self.async_update_reload_and_abort(entry, data=self._data)
        return self._show_credentials(step_id, errors)

    def _update_siblings(self, entry: ConfigEntry[Any]) -> None:
        """Give the new password to the log-in's other customers, who were refused as well."""
        for other in siblings(self.hass, entry):
            if login_key(self._data) == login_key(other.data):
                password = {CONF_PASSWORD: self._data[CONF_PASSWORD]}
                self.hass.config_entries.async_update_entry(other, data={**other.data, **password})
                self.hass.config_entries.async_schedule_reload(other.entry_id)

    async def _async_log_in(self, errors: dict[str, str]) -> tuple[Account, ...]:
        """Log in and return the customers it may act for, or fill in `errors`."""
        http = new_http(self.hass)
        portal = new_portal(http, self._data, Politeness(now))
        try:
            return await portal.async_accounts()
        except PortalAuthenticationError:
            errors["base"] = "invalid_auth"
        except PortalUnavailableError as err:
            LOGGER.debug("%s", err)
            errors["base"] = "cannot_connect"
        except PortalError as err:
            LOGGER.warning("%s has changed: %s", self._supplier.portal_name, err)
            errors["base"] = "portal_changed"
        except Exception:  # noqa: BLE001
            LOGGER.exception("Unexpected error while logging in")
            errors["base"] = "unknown"
        finally:
            http.detach()
        return ()

    async def _async_pick(self, accounts: tuple[Account, ...]) -> ConfigFlowResult:
        """Leave out the customers that are set up already; ask when there is still a choice."""
        taken = {entry.unique_id for entry in self._async_current_entries(include_ignore=False)}
        supplier = self._data[CONF_SUPPLIER]
        self._accounts = {
            account.account_id: account
            for account in accounts
            if unique_id(supplier, account.account_id) not in taken
        }
        if not accounts:
            return self.async_abort(reason="no_accounts")
        if not self._accounts:
            return self.async_abort(reason="already_configured")
        if len(self._accounts) == 1:
            (account,) = self._accounts.values()
            return await self._async_finish(account, named=len(accounts) > 1)
        return await self.async_step_customer()

    async def _async_finish(self, account: Account, *, named: bool) -> ConfigFlowResult:
        """Create the entry of a customer; one among several is named in its title."""
        await self.async_set_unique_id(unique_id(self._data[CONF_SUPPLIER], account.account_id))
        self._abort_if_unique_id_configured()
        title = self._supplier.name
        if named:
            name = f": {account.name}" if account.name else f" …{account.account_id[-4:]}"
            title = f"{title}{name}"
        if CONF_PORTAL_ADDRESS in self._data:
            title = f"{title} (demo)"
        return self.async_create_entry(
            title=title, data=self._data | {CONF_ACCOUNT_ID: account.account_id}
        )

    @property
    def _supplier(self) -> SupplierInfo:
        return SUPPLIERS[Supplier(self._data[CONF_SUPPLIER])]

    def _placeholders(self) -> dict[str, str]:
        """Return where the customer finds help at the supplier."""
        return {
            "supplier": self._supplier.name,
            "portal": self._supplier.portal_name,
            "portal_url": self._supplier.portal_url,
            "register_url": self._supplier.register_url,
            "reset_url": self._supplier.reset_url,
        }

    def _show_credentials(self, step_id: str, errors: dict[str, str]) -> ConfigFlowResult:
        """Show the log-in form, with what was typed before but the password."""
        testing = section(
            probatio.Schema(
                {
                    probatio.Optional(CONF_PORTAL_ADDRESS): TextSelector(
                        TextSelectorConfig(type=TextSelectorType.URL)
                    )
                }
            ),
            {"collapsed": True},
        )
        # An account of the supplier cannot be turned into one of a stand-in.
        is_offered = step_id == "credentials" or CONF_PORTAL_ADDRESS in self._data
        schema = probatio.Schema(
            {
                probatio.Required(CONF_USERNAME): TextSelector(
                    TextSelectorConfig(type=TextSelectorType.EMAIL, autocomplete="username")
                ),
                probatio.Required(CONF_PASSWORD): TextSelector(
                    TextSelectorConfig(
                        type=TextSelectorType.PASSWORD, autocomplete="current-password"
                    )
                ),
                **({probatio.Required(SECTION_TESTING): testing} if is_offered else {}),
            }
        )
        known = {key: value for key, value in self._data.items() if key == CONF_USERNAME}
        if CONF_PORTAL_ADDRESS in self._data:
            known[SECTION_TESTING] = {CONF_PORTAL_ADDRESS: self._data[CONF_PORTAL_ADDRESS]}
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, known),
            description_placeholders=self._placeholders(),
            errors=errors,
        )


def _merged(data: dict[str, Any], user_input: dict[str, Any]) -> dict[str, Any]:
    """Take over what was typed in; without an address it is the supplier's own portal."""
    merged = {key: value for key, value in data.items() if key != CONF_PORTAL_ADDRESS}
    merged |= {key: value for key, value in user_input.items() if key != SECTION_TESTING}
    if address := user_input.get(SECTION_TESTING, {}).get(CONF_PORTAL_ADDRESS):
        merged[CONF_PORTAL_ADDRESS] = address
    return merged
