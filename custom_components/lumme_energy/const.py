"""Constants of the Lumme Energy integration."""

import logging
from typing import Final

DOMAIN: Final = "lumme_energy"
LOGGER: Final = logging.getLogger(__package__)

# What a config entry is for; each kind lives without the others.
CONF_KIND: Final = "kind"
KIND_ACCOUNT: Final = "account"
KIND_METER: Final = "meter"
KIND_HEATING: Final = "heating"
KIND_BRIDGE: Final = "bridge"

# Of the device of a bridge, by which a form finds it.
BRIDGE_MODEL: Final = "Lumme bridge"

CONF_SUPPLIER: Final = "supplier"
CONF_ACCOUNT_ID: Final = "account_id"
CONF_PORTAL_ADDRESS: Final = "portal_address"
CONF_SEGMENT: Final = "segment"
CONF_TOLERANCE_PERCENT: Final = "tolerance_percent"
CONF_TOLERANCE_ENERGY: Final = "tolerance_energy"
CONF_ARCHIVE: Final = "archive"
CONF_IMPORT_FOLDER: Final = "import_folder"
CONF_TARGET_PRICE: Final = "target_price"
CONF_COUNTRY: Final = "country"
CONF_BAUDRATE: Final = "baudrate"
CONF_BITS: Final = "bits"
CONF_PARITY: Final = "parity"
CONF_ENCRYPTION_KEY: Final = "encryption_key"

CONF_SIDEBAR: Final = "sidebar"

CONF_LIVE_INTERVAL: Final = "live_interval"
CONF_REGISTER_INTERVAL: Final = "register_interval"
CONF_CAPACITY_PRICE: Final = "capacity_price"
