"""A dashboard made of Home Assistant's own cards: bills, supply points, power now, and the cottage."""

from collections.abc import Iterable, Mapping
from typing import Any

type Card = dict[str, Any]

DOMAIN = "lumme_energy"
DIFFERENCE = (
    "The latest bill differs from what the meter counted by "
    "**{{{{ '%+.1f' % state_attr('{entity}', 'energy_difference') }}}} kWh**, which is "
    "**{{{{ '%+.2f' % state_attr('{entity}', 'amount_difference') }}}} €**."
    "{{% if state_attr('{entity}', 'estimated') %}} Its index was estimated.{{% endif %}}"
)
OPEN_MEDIA = {"action": "navigate", "navigation_path": "/media-browser/browser"}
READINGS = {"supplier_reading_single", "supplier_reading_day"}
LIVE = {"power_import": "From the grid", "power_export": "To the grid"}


def dashboard(entities: Iterable[Mapping[str, Any]], devices: Iterable[Mapping[str, Any]]) -> Card:
    """Return the configuration of a dashboard with a page for each account, the meters on the first.

    Args:
        entities: The entity registry, as `config/entity_registry/list` gives it.
        devices: The device registry, as `config/device_registry/list` gives it.

    """
    keys: dict[str, dict[str, str]] = {}
    for entity in entities:
        if entity["platform"] == DOMAIN and entity["disabled_by"] is None:
            keys.setdefault(entity["device_id"], {})[_key(entity)] = entity["entity_id"]
    ours = [device for device in devices if device["id"] in keys]
    meters = [
        _meter(device["name"], keys[device["id"]])
        for device in ours
        if "power_import" in keys[device["id"]]
    ]
    pages = []
    for account in (device for device in ours if "latest_invoice" in keys[device["id"]]):
        sections = [_account(account["name"], keys[account["id"]]), _payment(keys[account["id"]])]
        for device in ours:
            if device["via_device_id"] == account["id"]:
                sections.append(_supply_point(device["name"], keys[device["id"]]))
                if READINGS & keys[device["id"]].keys():
                    sections.append(_readings(device["name"], keys[device["id"]]))
        sections.append(_calendar(keys[account["id"]]["due_dates"]))
        pages.append({"title": account["name"], "sections": sections})
    accounts = len(pages)
    for house in (device for device in ours if "set_heating_mode" in keys[device["id"]]):
        rooms = [device for device in ours if device["via_device_id"] == house["id"]]
        sections = [_house(house["name"], keys[house["id"]])]
        sections += [_room(room["name"], keys[room["id"]]) for room in rooms]
        pages.append({"title": house["name"], "sections": sections})
    if accounts:
        *bills, calendar = pages[0]["sections"]
        pages[0]["sections"] = [*meters[:1], *bills, *meters[1:], calendar]
    return {
        "views": [
            {**page, "path": f"page-{number}", "type": "sections", "max_columns": 3}
            for number, page in enumerate(pages)
        ]
    }


def _key(entity: Mapping[str, Any]) -> str:
    """Return what an entity shows; one that can be set has the name of the sensor beside it."""
    domain = entity["entity_id"].partition(".")[0]
    key = str(entity["translation_key"])
    return f"set_{key}" if domain in {"number", "select"} else key


def _section(title: str, icon: str, cards: Iterable[Card | None]) -> Card:
    return {
        "type": "grid",
        "cards": [
            {"type": "heading", "heading": title, "icon": icon},
            *(card for card in cards if card),
        ],
    }


def _tile(keys: Mapping[str, str], key: str, **options: Any) -> Card | None:
    """Return a tile, where the entity exists."""
    if key not in keys:
        return None
    # The section's heading names the device; the tile needs only what it shows of it.
    return {"type": "tile", "entity": keys[key], "name": {"type": "entity"}, **options}


def _meter(title: str, keys: Mapping[str, str]) -> Card:
    return _section(
        title,
        "mdi:meter-electric",
        [
            _tile(
                keys,
                "power_import",
                color="amber",
                grid_options={"columns": 12},
                features=[{"type": "trend-graph", "hours_to_show": 1}],
            ),
            {
                "type": "history-graph",
                "hours_to_show": 1,
                "entities": [
                    {"entity": keys[key], "name": name} for key, name in LIVE.items() if key in keys
                ],
            },
        ],
    )


def _account(name: str, keys: Mapping[str, str]) -> Card:
    return _section(
        name,
        "mdi:receipt-text",
        [
            _tile(keys, "latest_invoice", color="green", grid_options={"columns": 12}),
            _tile(keys, "payment_status"),
            _tile(keys, "next_due"),
            _tile(keys, "open_amount"),
            _tile(keys, "overdue_amount"),
            _tile(keys, "latest_payment"),
            _tile(keys, "last_updated"),
            _tile(keys, "set_delivery", name="Bills come by"),
            _tile(keys, "set_direct_debit"),
            _tile(keys, "price_fix_next", name="Fix next quarter"),
            _tile(keys, "price_fix_cheapest", name="Cheapest to fix"),
            _tile(keys, "documents_to_archive", tap_action=OPEN_MEDIA),
            _tile(keys, "change", name="Latest change", grid_options={"columns": 12}),
        ],
    )


def _payment(keys: Mapping[str, str]) -> Card:
    code = keys["payment_qr"]
    return _section(
        "Pay",
        "mdi:qrcode",
        [
            {
                "type": "picture-entity",
                "entity": code,
                "show_name": False,
                "show_state": False,
                "grid_options": {"columns": 12},
                # Nothing to pay, no code.
                "visibility": [{"condition": "state", "entity": code, "state_not": "unavailable"}],
            },
            _tile(keys, "payment_reference", grid_options={"columns": 12}),
            _tile(keys, "payment_barcode", grid_options={"columns": 12}),
            _tile(keys, "collection_date", grid_options={"columns": 12}),
            _tile(keys, "reminder_fees", grid_options={"columns": 12}),
        ],
    )


def _supply_point(name: str, keys: Mapping[str, str]) -> Card:
    return _section(
        name,
        "mdi:home-lightning-bolt",
        [
            _tile(keys, "product", grid_options={"columns": 12}),
            _tile(keys, "day_consumption", name="Latest day"),
            _tile(keys, "consumption_date", name="Known until"),
            _tile(keys, "month_consumption", name="This month"),
            _tile(keys, "energy_price"),
            _tile(keys, "energy_price_day", name="Day price"),
            _tile(keys, "energy_price_night", name="Night price"),
            _tile(keys, "contract_end"),
            _tile(keys, "bill_check", name="Latest bill and meter"),
            _difference(keys),
            _tile(keys, "cost_today"),
            _tile(keys, "cost_month"),
            _tile(
                keys,
                "set_deposit",
                color="green",
                grid_options={"columns": 12},
                features=[{"type": "numeric-input", "style": "buttons"}],
            ),
            _tile(keys, "deposit_change", name="Can it be changed?"),
            _tile(keys, "next_deposit", name="Next advance"),
            _tile(keys, "expected_settlement"),
            _tile(keys, "suggested_deposit", name="Suggested"),
        ],
    )


def _readings(name: str, keys: Mapping[str, str]) -> Card:
    return _section(
        f"{name}: readings",
        "mdi:counter",
        [
            _tile(keys, "supplier_reading_single", state_content=["state", "source"]),
            _tile(keys, "supplier_reading_day", state_content=["state", "source"]),
            _tile(keys, "supplier_reading_night", state_content=["state", "source"]),
            _tile(keys, "supplier_reading_export_single", state_content=["state", "source"]),
            _tile(keys, "reading_submission", color="green"),
            _tile(keys, "next_reading"),
            _tile(keys, "reading_problem"),
            _tile(keys, "submitted_day"),
            _tile(keys, "submit_reading", grid_options={"columns": 12}),
        ],
    )


def _difference(keys: Mapping[str, str]) -> Card | None:
    """Return what a bill is said to differ by, while it does."""
    if (checked := keys.get("bill_check")) is None:
        return None
    return {
        "type": "markdown",
        "content": DIFFERENCE.format(entity=checked),
        "visibility": [{"condition": "state", "entity": checked, "state": "differs"}],
        "grid_options": {"columns": 12},
    }


def _house(name: str, keys: Mapping[str, str]) -> Card:
    return _section(
        name,
        "mdi:home-thermometer",
        [
            _tile(keys, "left_high", color="red", grid_options={"columns": 12}),
            _tile(
                keys,
                "set_heating_mode",
                grid_options={"columns": 12},
                features=[{"type": "select-options"}],
            ),
            _tile(keys, "turn_down", grid_options={"columns": 12}),
            _tile(keys, "arrival", grid_options={"columns": 12}),
            _tile(keys, "arrival_reachable"),
            _tile(keys, "preheat_start"),
            _tile(keys, "expected_temperature"),
            _tile(keys, "warm_at"),
            _tile(keys, "arrival_energy"),
            _tile(keys, "arrival_cost"),
            _tile(keys, "outdoor"),
            _tile(keys, "site_problem"),
            _tile(keys, "heating", grid_options={"columns": 12}),
        ],
    )


def _room(name: str, keys: Mapping[str, str]) -> Card:
    return _section(
        name,
        "mdi:radiator",
        [
            _tile(
                keys,
                "zone",
                grid_options={"columns": 12},
                features=[
                    {"type": "target-temperature"},
                    {"type": "climate-preset-modes", "style": "dropdown"},
                ],
            ),
            _tile(keys, "why", grid_options={"columns": 12}),
            _tile(keys, "turned_down"),
            _tile(keys, "zone_left_high"),
            _tile(keys, "zone_problem"),
            _tile(keys, "writes"),
        ],
    )


def _calendar(calendar: str) -> Card:
    return _section(
        "Due dates",
        "mdi:calendar",
        [{"type": "calendar", "entities": [calendar], "grid_options": {"columns": 12, "rows": 8}}],
    )
