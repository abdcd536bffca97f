"""The action that takes bills and payments over from a file."""

from pathlib import Path
from typing import Final

from homeassistant.components.media_source import Unresolvable, async_resolve_media
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import probatio

from ...action import Action, invalid
from ...billing.imported import Bill, UnreadableFileError
from ..imports import BillFile, async_take_over, load
from .common import ACCOUNT_FIELDS, account_of, plain

ATTR_FILE: Final = "file"
ATTR_MEDIA: Final = "media_content_id"
ATTR_DRY_RUN: Final = "dry_run"


async def import_invoice(call: ServiceCall) -> ServiceResponse:
    """Take a file over, unless it is only to be looked at, and return what it says."""
    coordinator = account_of(call)
    file = await _async_load(call)
    known = {invoice.number for invoice in coordinator.data.imported.invoices}
    is_new = file.digest not in coordinator.data.imported.files
    if not call.data[ATTR_DRY_RUN]:
        try:
            is_new = await async_take_over(coordinator, file)
        except OSError as err:
            raise invalid("import_not_kept", file=file.name) from err
    return {
        "file": file.name,
        "imported": is_new and not call.data[ATTR_DRY_RUN],
        "imported_before": not is_new,
        "invoices": [_told(bill, known) for bill in file.content.bills],
        "payments": [plain(payment) for payment in file.content.payments],
    }


async def _async_load(call: ServiceCall) -> BillFile:
    """Read the file that a call names.

    Raises:
        ServiceValidationError: there is none, or it cannot be read.
    """
    path = await _async_path(call)
    try:
        return await call.hass.async_add_executor_job(_load, call.hass, path)
    except PermissionError as err:
        raise invalid("import_not_allowed", file=path.name) from err
    except OSError as err:
        raise invalid("import_not_found", file=path.name) from err
    except UnreadableFileError as err:
        raise invalid(f"import_{err.problem}", file=path.name, field=err.field) from err


async def _async_path(call: ServiceCall) -> Path:
    if (file := call.data.get(ATTR_FILE)) is not None:
        return Path(file)
    if (media := call.data.get(ATTR_MEDIA)) is None:
        raise invalid("import_which")
    try:
        found = (await async_resolve_media(call.hass, media, None)).path
    except Unresolvable:
        found = None
    if found is None:
        raise invalid("import_not_found", file=media.rpartition("/")[2])
    return found


def _load(hass: HomeAssistant, path: Path) -> BillFile:
    """Read a file, if it is in a folder from which Home Assistant may read for others."""
    if not hass.config.is_allowed_path(str(path)):
        raise PermissionError
    return load(path)


def _told(bill: Bill, known: set[str]) -> JsonValueType:
    told = plain(bill.invoice)
    assert isinstance(told, dict)  # noqa: S101
    return {
        **told,
        "seller": bill.seller,
        "has_document": bill.document is not None,
        "known": bill.invoice.number in known,
    }


ACTIONS: Final = (
    Action(
        name="import_invoice",
        fields={
            **ACCOUNT_FIELDS,
            probatio.Optional(ATTR_FILE): cv.string,
            probatio.Optional(ATTR_MEDIA): cv.string,
            probatio.Optional(ATTR_DRY_RUN, default=False): cv.boolean,
        },
        handler=import_invoice,
    ),
)
