"""Where to turn with what cannot be done online."""

from dataclasses import dataclass
from typing import Final

from ..portal.model import Segment
from ..portal.suppliers import Supplier


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach a customer service; None where no public page of the supplier says it."""

    url: str
    phone: str | None = None
    email: str | None = None

    @property
    def label(self) -> str:
        """The ways in one line, the quickest first: `+32 78 155 230, pme@luminus.be`."""
        return ", ".join(way for way in (self.phone, self.email) if way) or self.url


# Sources, each a page of the supplier itself:
# Lumme Energia: lumme-energia.fi/en/privacy-policy (2024-06-06), the company's number for all its
# customers. Luminus, private: luminus.be/nl/prive/hulp-en-contact, which names no e-mail address
# but a form. Luminus, business: luminus.be/fr/entreprises/a-votre-service/faq. Of a supplier that we
# do not know only the bill tells the number; who helps against any supplier is the consumer
# authority in Finland and the ombudsman for energy in Belgium.
_LUMME: Final = Contact(url="https://www.lumme-energia.fi/", phone="+358 29 1800 056")
_FINLAND: Final = Contact(url="https://www.kkv.fi/")
_BELGIUM: Final = Contact(url="https://www.mediateurenergie.be/")
_CONTACTS: Final = {
    (Supplier.OMA_LUMME, Segment.PRIVATE): _LUMME,
    (Supplier.OMA_LUMME, Segment.BUSINESS): _LUMME,
    (Supplier.MY_LUMINUS, Segment.PRIVATE): Contact(
        url="https://www.luminus.be/", phone="+32 78 150 210"
    ),
    (Supplier.MY_LUMINUS, Segment.BUSINESS): Contact(
        url="https://www.luminus.be/", phone="+32 78 155 230", email="pme@luminus.be"
    ),
    (Supplier.FILES_FI, Segment.PRIVATE): _FINLAND,
    (Supplier.FILES_FI, Segment.BUSINESS): _FINLAND,
    (Supplier.FILES_BE, Segment.PRIVATE): _BELGIUM,
    (Supplier.FILES_BE, Segment.BUSINESS): _BELGIUM,
}


def contact(supplier: Supplier, segment: Segment) -> Contact:
    """Return the customer service that a supplier has for a segment."""
    return _CONTACTS[supplier, segment]
