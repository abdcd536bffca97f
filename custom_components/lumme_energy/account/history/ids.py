"""By which names the statistics of a supply point are known."""

from ...const import DOMAIN
from ..meter_link import unique_id


def energy_id(gsrn: str) -> str:
    """Return the id of the statistic of a supply point's consumption."""
    return f"{DOMAIN}:{unique_id(gsrn)}_consumption"


def cost_id(gsrn: str) -> str:
    """Return the id of the statistic of what that has cost."""
    return f"{DOMAIN}:{unique_id(gsrn)}_cost"
