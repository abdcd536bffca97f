"""Tests of the actions about documents."""

from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from openpyxl import load_workbook
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from demo.documents import invoice_document
from demo.exports import statement_document
from demo.faults import FaultKind
from tests.account.common import Demo, start
from tests.account.paper import texts
from tests.account.test_archiving import asked, begin, some

from .common import call

EXPORT = "/myluminus/api/account-statement/export"


async def test_newest_document(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, demo: Demo
) -> None:
    """Its address works without logging in, so that it can be sent to a phone."""
    await start(hass, demo.entry(hass))
    told = await call(hass, "get_document")
    invoice = next(each for each in demo.customer.statement.invoices if each.amount > 0)
    assert told["invoice"] == invoice.number
    assert told["issued"] == invoice.issued.isoformat()
    assert told["archived"] is False
    assert told["media_content_id"].startswith("media-source://lumme_energy/")
    client = await hass_client_no_auth()
    response = await client.get(told["url"])
    assert response.status == HTTPStatus.OK
    assert await response.read() == invoice_document(demo.customer, invoice)
    assert asked(demo) == 1


async def test_one_from_the_archive(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """What left the portal can be named still."""
    old, _new = some(oma_lumme, 2)
    await begin(hass, oma_lumme)
    await oma_lumme.stop()
    told = await call(hass, "get_document", invoice=old.number)
    assert (told["invoice"], told["archived"]) == (old.number, True)


async def test_one_that_is_nowhere(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Customer service has what is older than three years."""
    await start(hass, my_luminus.entry(hass))
    with pytest.raises(ServiceValidationError) as refusal:
        await call(hass, "get_document", invoice="none")
    assert refusal.value.translation_key == "no_such_document"
    assert refusal.value.translation_placeholders == {
        "portal": "My Luminus",
        "contact": "+32 78 150 210",
    }


async def test_a_document_that_is_not_handed_out(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """The action fails in words."""
    await start(hass, oma_lumme.entry(hass))
    oma_lumme.portal.faults.add(FaultKind.MISSING, path="/FA-OmaLumme-Prod/v1/invoiceDocument")
    with pytest.raises(ServiceValidationError) as refusal:
        await call(hass, "get_document")
    assert refusal.value.translation_key == "document_failed"


async def test_the_portals_own_statement(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, my_luminus: Demo
) -> None:
    """Where the portal exports statements, that is what one gets."""
    await start(hass, my_luminus.entry(hass))
    point = my_luminus.customer.supply_points[0]
    told = await call(hass, "export_statement", supply_point=point.gsrn, format="pdf")
    assert told["source"] == "portal"
    client = await hass_client_no_auth()
    response = await client.get(told["url"])
    assert response.content_type == "application/pdf"
    assert await response.read() == statement_document(my_luminus.customer, point)
    again = await call(hass, "export_statement", supply_point=point.gsrn, format="pdf")
    assert again["media_content_id"] == told["media_content_id"]


@pytest.mark.parametrize("kind", [FaultKind.MISSING, FaultKind.SERVER_ERROR])
async def test_when_the_portal_has_none(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    my_luminus: Demo,
    kind: FaultKind,
) -> None:
    """One is made from what is known; it says so, and does not look like the supplier's."""
    await start(hass, my_luminus.entry(hass))
    my_luminus.portal.faults.add(kind, path=EXPORT)
    point = my_luminus.customer.supply_points[0]
    told = await call(
        hass, "export_statement", supply_point=point.gsrn, format="pdf", language="nl"
    )
    assert told["source"] == "home_assistant"
    response = await (await hass_client_no_auth()).get(told["url"])
    shown = texts(await response.read())
    assert "Door Home Assistant gemaakt uit wat My Luminus op 24/11/2026 toonde" in shown
    assert point.gsrn in shown
    newest = my_luminus.customer.statement.invoices[0]
    assert (newest.number in shown) is (point.gsrn in newest.gsrns)


async def test_a_statement_of_our_own(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, oma_lumme: Demo
) -> None:
    """OmaLumme exports none; a workbook made here can be calculated with."""
    await start(hass, oma_lumme.entry(hass))
    requests = oma_lumme.portal.requests.total
    gsrn = oma_lumme.customer.supply_points[0].gsrn
    told = await call(hass, "export_statement", supply_point=gsrn, format="xlsx")
    assert told["source"] == "home_assistant"
    assert oma_lumme.portal.requests.total == requests
    response = await (await hass_client_no_auth()).get(told["url"])
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")
    book = load_workbook(BytesIO(await response.read()))
    bills = [each for each in oma_lumme.customer.statement.invoices if gsrn in each.gsrns]
    amounts = [row[6].value for row in book["Invoices"].iter_rows(min_row=2)]
    assert sum(Decimal(str(each)) for each in amounts) == sum(each.amount for each in bills)


async def test_a_disk_that_is_full(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """The action says that the folder cannot be written."""
    await start(hass, oma_lumme.entry(hass))
    Path(hass.config.media_dirs["local"]).write_text("a file")  # noqa: ASYNC240
    gsrn = oma_lumme.customer.supply_points[0].gsrn
    with pytest.raises(HomeAssistantError) as failure:
        await call(hass, "export_statement", supply_point=gsrn, format="xlsx")
    assert failure.value.translation_key == "folder_not_writable"


async def test_a_name_that_is_a_path(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Whatever a street is called, the statement stays in its folder."""
    oma_lumme.revise(
        lambda each: replace(
            each,
            supply_points=tuple(
                replace(point, address=replace(point.address, street="../../etc"))
                for point in each.supply_points
            ),
        )
    )
    await start(hass, oma_lumme.entry(hass))
    gsrn = oma_lumme.customer.supply_points[0].gsrn
    await call(hass, "export_statement", supply_point=gsrn, format="pdf")
    folder = Path(hass.config.media_dirs["local"])
    (path,) = folder.rglob("*.pdf")  # noqa: ASYNC240
    assert path.parent.name == "statements"
