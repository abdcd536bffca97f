"""The truth in unconfirmed shapes, and back again."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
import json
from typing import Any

import pytest

from custom_components.lumme_energy.portal import unconfirmed as parsers
from custom_components.lumme_energy.portal.wire import Drift
from demo import unconfirmed
from demo.documents import invoice_document
from demo.households import Customer
from demo.households.belgium import household as belgium
from demo.households.finland import household as finland

TODAY = date(2026, 11, 24)
CUSTOMERS = [*belgium(TODAY).customers, *finland(TODAY).customers]


def wire(data: Any) -> Any:
    """Send an answer through JSON, as the portal's session reads it."""
    return json.loads(unconfirmed.json_response(data).text or "", parse_float=Decimal)


@pytest.mark.parametrize("customer", CUSTOMERS, ids=["bakery", "home", "Finland"])
def test_what_is_written_is_what_is_read(customer: Customer) -> None:
    drift = Drift()
    statement = parsers.statement("s", wire(unconfirmed.statement(customer)), drift, TODAY)
    assert statement == customer.statement
    deposits = parsers.deposit_plans("d", wire(unconfirmed.deposits(customer)), drift)
    assert deposits == customer.deposits
    readings = parsers.readings("r", wire(unconfirmed.readings(customer)), drift)
    assert readings == customer.readings
    benefits = parsers.benefits("b", wire(unconfirmed.benefits(customer)), drift)
    assert benefits == customer.benefits
    settings = parsers.settings("t", wire(unconfirmed.settings(customer)), drift)
    assert settings == customer.settings
    assert drift.report() == {"unknown_keys": {}, "unknown_words": {}}


def test_what_the_truth_does_not_know_is_null() -> None:
    bakery = CUSTOMERS[0]
    invoice = replace(bakery.statement.invoices[0], open_amount=None, due=None)
    plan = replace(bakery.deposits[0], simulation=None, next_invoice=None)
    bare = replace(
        bakery,
        statement=replace(bakery.statement, balance=None, invoices=(invoice,)),
        deposits=(plan,),
    )
    statement = parsers.statement("s", wire(unconfirmed.statement(bare)), Drift(), TODAY)
    assert statement == bare.statement
    assert parsers.deposit_plans("d", wire(unconfirmed.deposits(bare)), Drift()) == (plan,)


def test_documents() -> None:
    bakery = CUSTOMERS[0]
    newest = bakery.statement.invoices[0]
    found = unconfirmed.document(bakery, newest.document_id or "")
    assert (found.content_type, found.body) == ("application/pdf", invoice_document(bakery, newest))
    assert unconfirmed.document(CUSTOMERS[0], "doc-0").status == 404


def test_only_json_is_written() -> None:
    with pytest.raises(TypeError):
        unconfirmed.json_response({"oops": object()})
