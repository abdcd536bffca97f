"""The suppliers we know and how to reach their portals."""

from dataclasses import dataclass
from enum import StrEnum

from .base import Portal
from .files import BelgianFiles, FilesPortal, FinnishFiles
from .my_luminus import MyLuminusPortal
from .oma_lumme import OmaLummePortal


class Supplier(StrEnum):
    """A supplier by the name of its portal, or any supplier of a country whose bills are files."""

    OMA_LUMME = "oma_lumme"
    MY_LUMINUS = "my_luminus"
    FILES_FI = "files_fi"
    FILES_BE = "files_be"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierInfo:
    """What a user needs to know about a supplier before and without a log-in.

    `reset_url` and `register_url` are pages of the supplier itself; passwords are reset and
    identities proved there, never here. Without a portal there are none, and the user names the
    supplier.
    """

    portal: type[Portal]
    name: str
    portal_name: str
    portal_url: str
    register_url: str
    reset_url: str
    country: str

    @property
    def has_portal(self) -> bool:
        """Whether there is a portal to talk to; otherwise all that is known comes as files."""
        return not issubclass(self.portal, FilesPortal)


def _files(portal: type[FilesPortal], country: str) -> SupplierInfo:
    return SupplierInfo(
        portal=portal,
        name="",
        portal_name="",
        portal_url="",
        register_url="",
        reset_url="",
        country=country,
    )


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
    Supplier.FILES_FI: _files(FinnishFiles, "FI"),
    Supplier.FILES_BE: _files(BelgianFiles, "BE"),
}
