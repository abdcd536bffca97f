"""The demo's config entries, added through the integration's own config flow as a user would."""

from typing import Any, Final

from .cottage import UNITS
from .errors import DemoError
from .home_assistant import Session

DOMAIN = "lumme_energy"
# The cottage's zones by room: name, register profile, and what the form of a zone is told besides.
ZONES: Final[dict[str, tuple[str, str, dict[str, Any]]]] = {
    "living_room": ("Living room", "hysen_hy", {"rated_power": 2500}),
    "bedroom": ("Bedroom", "hysen_hy", {"rated_power": 1250}),
    "kitchen": ("Kitchen", "mc6", {"rated_power": 1250}),
    "bathroom": (
        "Bathroom",
        "waveshare_relay",
        {"rated_power": 750, "room": "sensor.cottage_bathroom"},
    ),
}


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


async def add_cottage(session: Session, host: str, port: int) -> str:
    """Add the cottage, and each of its radiators as a zone of it; return its entry's id.

    Raises:
        DemoError: A flow did not end as it should.

    """
    flow = session.flow(DOMAIN)
    await flow.start()
    await flow.choose("heating")
    entry = _insist_on_entry(
        await flow.answer(
            name="Cottage",
            presence=["input_boolean.at_the_cottage"],
            outdoor="sensor.cottage_outdoors",
            electricity={"power": "sensor.cottage_power", "price": "sensor.exchange_price"},
        )
    )
    for room, (name, profile, told) in ZONES.items():
        zone = session.subentry_flow(entry, "zone")
        await zone.start()
        await zone.choose("modbus_tcp")
        await zone.answer(profile=profile)
        await zone.answer(host=host, port=port, type="tcp", unit_id=UNITS[room])
        await zone.answer(check=True)
        _insist(await zone.answer(name=name, more={}, **told))
    return entry


def _insist(step: dict[str, Any]) -> None:
    if step["type"] != "create_entry":
        raise DemoError(f"the config flow stopped: {step.get('errors') or step.get('reason')}")


def _insist_on_entry(step: dict[str, Any]) -> str:
    _insist(step)
    return str(step["result"]["entry_id"])
