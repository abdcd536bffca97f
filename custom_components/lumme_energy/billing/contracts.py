"""Which contract is in force."""

from collections.abc import Iterable
from datetime import date

from ..portal.model import Contract


def current_contract(contracts: Iterable[Contract], gsrn: str, today: date) -> Contract | None:
    """Return the contract in force at a supply point, else the one that starts next or ended last."""
    mine = [contract for contract in contracts if contract.gsrn == gsrn]

    def rank(contract: Contract) -> tuple[int, int]:
        start, end = contract.start or date.min, contract.end or date.max
        if start <= today <= end:
            return (0, -start.toordinal())
        return (1, start.toordinal()) if start > today else (2, -end.toordinal())

    return min(mine, key=rank, default=None)
