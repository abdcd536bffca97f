"""The suppliers we know and how to reach their portals."""

from dataclasses import dataclass
from enum import StrEnum

from .base import Portal
from .my_luminus import MyLuminusPortal
from .oma_lumme import OmaLummePortal


class Supplier(StrEnum):
    """A supplier by the name of its portal."""

    OMA_LUMME = "oma_lumme"
    MY_LUMINUS = "my_luminus"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierInfo:
    """What a user needs to know about a supplier before and without a log-in.

    `reset_url` and `register_url` are pages of the supplier itself; passwords are reset and
    identities proved there, never here.
    """

    portal: type[Portal]
    name: str
    portal_name: str
    portal_url: str
    register_url: str
    reset_url: str
    country: str


SUPPLIERS: dict[Supplier, SupplierInfo] = {
    Supplier.OMA_LUMME: SupplierInfo(
        portal=OmaLummePortal,
        name="Lumme Energia",
        portal_name="OmaLumme",
        portal_url="https://oma.lumme-energia.fi/",
        register_url="https://lumme-energia.fi/kirjautuminen",
        reset_url="https://lumme-energia.fi/kirjautuminen",
        country="FI",
    ),
    Supplier.MY_LUMINUS: SupplierInfo(
        portal=MyLuminusPortal,
        name="Luminus",
        portal_name="My Luminus",
        portal_url="https://www.luminus.be/myluminus/",
        register_url="https://www.luminus.be/myluminus/",
        reset_url="https://www.luminus.be/myluminus/",
        country="BE",
    ),
}
