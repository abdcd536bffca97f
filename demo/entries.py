"""The demo's config entries, added through the integration's own config flow as a user would."""

from typing import Any

from .errors import DemoError
from .home_assistant import Session

DOMAIN = "lumme_energy"


async def add_account(
    session: Session, *, supplier: str, address: str, username: str, password: str, customer: str
) -> str:
    """Add one customer of a log-in to a stand-in portal, and return its entry's id.

    Raises:
        DemoError: The flow did not end in an entry.

    """
    flow = session.flow(DOMAIN)
    await flow.start()
    await flow.choose("account")
    await flow.answer(supplier=supplier)
    step = await flow.answer(
        username=username, password=password, testing={"portal_address": address}
    )
    if step.get("step_id") == "customer":
        step = await flow.answer(account_id=customer)
    return _insist_on_entry(step)


async def add_meter(session: Session, host: str, port: int) -> str:
    """Add the meter behind a network bridge, and return its entry's id.

    Raises:
        DemoError: The flow did not end in an entry.

    """
    flow = session.flow(DOMAIN)
    await flow.start()
    await flow.choose("meter")
    await flow.choose("p1_network")
    step = await flow.answer(host=host, port=port)
    if step.get("step_id") == "p1_found":
        # The flow proposes the country that it found.
        (country,) = (field["default"] for field in step["data_schema"])
        step = await flow.answer(country=country)
    return _insist_on_entry(step)


async def add_modbus_meter(session: Session, host: str, port: int) -> str:
    """Add the Modbus meter that answers at an address and names itself; return its entry's id.

    Raises:
        DemoError: The flow did not end in an entry.

    """
    flow = session.flow(DOMAIN)
    await flow.start()
    await flow.choose("meter")
    await flow.choose("modbus_tcp")
    await flow.answer(host=host, port=port, more={"unit_id": 1, "type": "tcp"})
    return _insist_on_entry(await flow.answer(profile="found:0"))


def _insist_on_entry(step: dict[str, Any]) -> str:
    if step["type"] != "create_entry":
        raise DemoError(f"the config flow stopped: {step.get('errors') or step.get('reason')}")
    return str(step["result"]["entry_id"])
