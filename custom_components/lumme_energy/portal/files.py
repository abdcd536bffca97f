"""No portal at all: everything there is to know comes as files."""

from typing import ClassVar, override

from .base import Portal
from .model import Account, Contract, SupplyPoint


class FilesPortal(Portal):
    """Stands where a portal would; it is never spoken to, and needs no log-in."""

    capabilities: ClassVar = frozenset()
    unconfirmed: ClassVar = frozenset()
    lost_statuses: ClassVar = frozenset()

    @override
    async def _log_in(self) -> None:
        """Do nothing: there is no door."""

    @override
    async def async_accounts(self) -> tuple[Account, ...]:
        return ()

    @override
    async def async_supply(
        self, account: Account
    ) -> tuple[tuple[SupplyPoint, ...], tuple[Contract, ...]]:
        return (), ()


class FinnishFiles(FilesPortal):
    """Bills of a Finnish supplier."""

    time_zone: ClassVar = "Europe/Helsinki"


class BelgianFiles(FilesPortal):
    """Bills of a Belgian supplier."""

    time_zone: ClassVar = "Europe/Brussels"
