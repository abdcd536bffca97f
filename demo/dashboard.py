"""A dashboard made of Home Assistant's own cards: the bills and the supply points, and the power now."""

from collections.abc import Iterable, Mapping
from typing import Any

type Card = dict[str, Any]

DOMAIN = "lumme_energy"
LIVE = {"power_import": "From the grid", "power_export": "To the grid"}


def dashboard(entities: Iterable[Mapping[str, Any]], devices: Iterable[Mapping[str, Any]]) -> Card:
    """Return the configuration of a dashboard with a page for each supplier, the meter on the first.

    Args:
        entities: The entity registry, as `config/entity_registry/list` gives it.
        devices: The device registry, as `config/device_registry/list` gives it.

    """
    keys: dict[str, dict[str, str]] = {}
    for entity in entities:
        if entity["platform"] == DOMAIN and entity["disabled_by"] is None:
            keys.setdefault(entity["device_id"], {})[entity["translation_key"]] = entity[
                "entity_id"
            ]
    ours = [device for device in devices if device["id"] in keys]
    pages: dict[str, list[Card]] = {}
    calendars: dict[str, list[str]] = {}
    for account in ours:
        if "latest_invoice" not in keys[account["id"]]:
            continue
        name = account["name"]
        page = pages.setdefault(name, [])
        page.append(_account(name, keys[account["id"]]))
        page += [
            _supply_point(device["name"], keys[device["id"]])
            for device in ours
            if device["via_device_id"] == account["id"]
        ]
        calendars.setdefault(name, []).append(keys[account["id"]]["due_dates"])
    meters = [
        _meter(each["name"], keys[each["id"]])
        for each in ours
        if "power_import" in keys[each["id"]]
    ]
    views = [
        {
            "title": name,
            "path": f"page-{number}",
            "type": "sections",
            "max_columns": 3,
            "sections": [*(meters if number == 0 else ()), *page, _calendar(calendars[name])],
        }
        for number, (name, page) in enumerate(pages.items())
    ]
    return {"views": views}


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
            _tile(keys, "energy_price_day"),
            _tile(keys, "energy_price_night"),
            _tile(keys, "contract_end"),
            _tile(keys, "deposit"),
            _tile(keys, "next_deposit"),
        ],
    )


def _calendar(calendars: list[str]) -> Card:
    return _section(
        "Due dates",
        "mdi:calendar",
        [{"type": "calendar", "entities": calendars, "grid_options": {"columns": 12, "rows": 8}}],
    )
