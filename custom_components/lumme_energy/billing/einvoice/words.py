"""What suppliers call the things they charge for, in the languages of Finland and Belgium.

E-invoices have no codes for them. A word that is not here makes a line *other*: it is shown and
counted, but not laid beside a meter.
"""

import re
from typing import Final

from ...portal.model import LineKind

# The first that matches counts: a fee for the network is no fee for the energy.
_KINDS: Final = (
    (
        LineKind.REMINDER_FEE,
        (
            r"muistutus|maksukehotus|påminnelse|rappel|sommation|mise en demeure|aanmaning"
            r"|herinnering|ingebrekestelling|mahn|erinnerung|reminder"
        ),
    ),
    (
        LineKind.DEPOSITS,
        (
            r"ennakkomaksu|ennakkolasku|tasaer|förskott|acompte|voorschot|abschlag|vorschuss"
            r"|advance payment|deposit"
        ),
    ),
    (
        LineKind.EXPORT,
        (
            r"inject|teruglever|einspeis|pientuotanto|ylijäämä|tuotannon osto|överskott|egenproduktion"
            r"|feed-in"
        ),
    ),
    (
        LineKind.TAX,
        (
            r"vero\b|sähkövero|\bskatt|elskatt|accise|accijn|akzise|steuer|cotisation|bijdrage|heffing"
            r"|taxe|contribution|redevance(?! fixe)|huoltovarmuus|levy|\btax\b"
        ),
    ),
    (
        LineKind.NETWORK,
        (
            r"siirto|verkko|jakelu|överföring|nät|réseau|distribution|transport|transmission|netwerk"
            r"|nettarie|distributie|transmissie|prosumer|capaciteit|capacitaire|netz|network|grid"
        ),
    ),
    (
        LineKind.FIXED_FEE,
        (
            r"perusmaksu|kuukausimaksu|kuukausi|grundavgift|månadsavgift|abonnement|redevance fixe"
            r"|vaste vergoeding|vastrecht|grundgebühr|grundpreis|monthly fee|standing charge"
            r"|fixed fee"
        ),
    ),
    (
        LineKind.ENERGY,
        (
            r"energi|énergie|sähkö|elförbrukning|consommation|verbruik|verbrauch|électricité"
            r"|elektriciteit|strom|\bgas\b|\bgaz\b|aardgas|electricity"
        ),
    ),
)
_REGISTERS: Final = (
    ("night", r"\byö|\bnatt|\bnuit|creuse|nacht|\bdal|night|off-peak"),
    ("day", r"päivä|\bdag|\bjour|pleine|\btag|\bday|\bpeak|piek"),
)


def kind_of(text: str, *, has_energy: bool) -> LineKind:
    """Return what a line charges for.

    Args:
        text: The supplier's words.
        has_energy: Whether its quantity is energy.
    """
    lowered = text.casefold()
    kind = next((kind for kind, words in _KINDS if re.search(words, lowered)), LineKind.OTHER)
    if has_energy and kind in {LineKind.OTHER, LineKind.FIXED_FEE}:
        return LineKind.ENERGY
    if kind is LineKind.ENERGY and not has_energy:
        return LineKind.OTHER
    return kind


def register_of(text: str) -> str:
    """Return the tariff period of energy."""
    lowered = text.casefold()
    return next((name for name, words in _REGISTERS if re.search(words, lowered)), "single")
