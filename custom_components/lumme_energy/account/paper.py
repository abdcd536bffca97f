"""Makes documents in an executor. What draws them is large, and loaded when it is first needed."""

from datetime import date

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..billing.documents.language import Language
from ..billing.documents.move import Move
from ..const import DOMAIN
from ..portal.model import ExportFormat, Statement, SupplyPoint
from .coordinator import AccountCoordinator
from .meter_link import METER_LINK
from .written import written_day, written_money

# Where the texts of documents are, and by which prefix a document knows them.
TEXTS = (
    ("common", "document_", ""),
    ("selector", "invoice_status.options.", "status_"),
    ("config_subentries", f"{METER_LINK}.step.registers.data.", "register_"),
)


async def async_language(hass: HomeAssistant, language: str) -> Language:
    """Return how a document speaks in a language."""
    words: dict[str, str] = {}
    for category, prefix, ours in TEXTS:
        texts = await async_get_translations(hass, language, category, {DOMAIN})
        start = f"component.{DOMAIN}.{category}.{prefix}"
        words |= {
            f"{ours}{key.removeprefix(start)}": text
            for key, text in texts.items()
            if key.startswith(start)
        }
    return Language(
        words=words,
        day=lambda day: written_day(day, language),
        money=lambda amount, currency: written_money(amount, currency, language),
    )


async def async_statement(
    coordinator: AccountCoordinator,
    statement: Statement,
    point: SupplyPoint,
    form: ExportFormat,
    *,
    told: date,
    language: str,
) -> bytes:
    """Return a statement made from what the portal told on a day."""
    speech = await async_language(coordinator.hass, language)

    def make() -> bytes:
        from ..billing.documents.printed import printed  # noqa: PLC0415
        from ..billing.documents.statement import report  # noqa: PLC0415
        from ..billing.documents.workbook import workbook  # noqa: PLC0415

        found = report(
            statement,
            point,
            speech,
            supplier=coordinator.supplier.name,
            portal=coordinator.supplier.portal_name,
            told=told,
        )
        return workbook(found) if form is ExportFormat.EXCEL else printed(found, speech)

    return await coordinator.hass.async_add_executor_job(make)


async def async_takeover(hass: HomeAssistant, move: Move, *, language: str) -> bytes:
    """Return the document of a move."""
    speech = await async_language(hass, language)

    def make() -> bytes:
        from ..billing.documents.takeover import takeover  # noqa: PLC0415

        return takeover(move, speech)

    return await hass.async_add_executor_job(make)
