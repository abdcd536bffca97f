"""Actions about documents: an invoice's PDF, and a supply point's statement."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import probatio

from ...action import Action, invalid
from ...billing.documents.names import safe, token
from ...billing.invoices import is_credit_note
from ...const import DOMAIN
from ...portal.errors import PortalCapabilityError, PortalError, PortalUnavailableError
from ...portal.model import Capability, ExportFormat, Invoice, SupplyPoint
from ..coordinator import AccountCoordinator
from ..document_view import signed
from ..errors import document_error, portal_errors
from ..facts import place
from ..feeds import Feed
from ..media import LIFETIME, content_id, statement_id
from ..paper import async_statement
from .common import ACCOUNT_FIELDS, POINT_FIELDS, account_of, point_of
from .payment import ATTR_INVOICE, ATTR_LANGUAGE, LANGUAGES
from .statement import statement_of

ATTR_FORMAT: Final = "format"
LANGUAGE_FIELDS: Final = {probatio.Optional(ATTR_LANGUAGE): probatio.In(LANGUAGES)}


async def get_document(call: ServiceCall) -> ServiceResponse:
    """Return where a document can be opened. The portal is asked for it now, unless it is archived."""
    coordinator = account_of(call)
    invoice = _invoice(coordinator, call.data.get(ATTR_INVOICE))
    key = token(invoice.number)
    try:
        await coordinator.documents.async_open(key)
    except PortalError as err:
        raise document_error(coordinator, err) from err
    return {
        "invoice": invoice.number,
        "issued": invoice.issued.isoformat(),
        "archived": coordinator.documents.archive.document(invoice) is not None,
        "url": signed(coordinator, key, LIFETIME),
        "media_content_id": content_id(coordinator, invoice, key),
    }


def _invoice(coordinator: AccountCoordinator, number: str | None) -> Invoice:
    """Return the invoice with a number, else the newest one with a document.

    Raises:
        ServiceValidationError: there is none; it names who has those that left the portal.
    """
    for invoice in coordinator.documents.invoices().values():
        if number == invoice.number or (number is None and not is_credit_note(invoice)):
            return invoice
    raise invalid(
        "no_such_document",
        portal=coordinator.supplier.portal_name,
        contact=coordinator.contact.label,
    )


async def export_statement(call: ServiceCall) -> ServiceResponse:
    """Keep the statement of a supply point in the media folder and return where it is."""
    coordinator = account_of(call)
    point, form = point_of(call, coordinator), ExportFormat(call.data[ATTR_FORMAT])
    content = await _async_exported(coordinator, point, form)
    is_own = content is None
    if content is None:
        # Without a portal it is as told today.
        told = coordinator.data.fetched.get(Feed.STATEMENT, dt_util.utcnow())
        content = await async_statement(
            coordinator,
            statement_of(coordinator),
            point,
            form,
            told=told.astimezone(coordinator.zone).date(),
            language=call.data.get(ATTR_LANGUAGE, call.hass.config.language),
        )
    name = f"{coordinator.today.isoformat()}_{safe(place(point))}"
    try:
        key = await call.hass.async_add_executor_job(
            coordinator.documents.archive.keep_statement, name, form.value, content
        )
    except OSError as err:
        raise _not_writable() from err
    return {
        "source": "home_assistant" if is_own else "portal",
        "url": signed(coordinator, key, LIFETIME),
        "media_content_id": statement_id(coordinator, key),
    }


async def _async_exported(
    coordinator: AccountCoordinator, point: SupplyPoint, form: ExportFormat
) -> bytes | None:
    """Return the portal's own statement; None where there is none now, and we have to make one."""
    if Capability.EXPORTS not in coordinator.portal.capabilities:
        return None
    with portal_errors(coordinator):
        try:
            return await coordinator.portal.async_export(coordinator.account, point, form)
        except PortalCapabilityError, PortalUnavailableError:
            return None


def _not_writable() -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="folder_not_writable")


ACTIONS: Final = (
    Action(
        name="get_document",
        fields={**ACCOUNT_FIELDS, probatio.Optional(ATTR_INVOICE): cv.string},
        handler=get_document,
    ),
    Action(
        name="export_statement",
        fields={
            **POINT_FIELDS,
            probatio.Required(ATTR_FORMAT): probatio.In([*ExportFormat]),
            **LANGUAGE_FIELDS,
        },
        handler=export_statement,
    ),
)
