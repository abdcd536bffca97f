"""The document of a move, to be signed by both parties."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Final

from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Spacer, Table, TableStyle
from reportlab.platypus.flowables import Flowable

from ...portal.model import Energy
from .language import Language
from .move import BELGIUM, Meter, Move, Party
from .paper import FAINTLY, HEADING, PLAIN, RULE, STRONG, TITLE, paper, paragraph

WIDTH: Final = 174 * mm
LABEL: Final = 42 * mm


def takeover(move: Move, language: Language) -> bytes:
    """Return the document as PDF. What is not known has a line to be filled in by hand."""
    title = language[f"move_title_{move.country}"]
    content: list[Flowable] = [
        paragraph(title, TITLE),
        paragraph(language[f"move_intro_{move.country}"]),
        Spacer(0, 3 * mm),
        _form(
            (language["move_address"], move.meters[0].point.address.label),
            (language["move_day"], language.day(move.day)),
            (language["move_supplier"], f"{move.supplier}, {move.contact}"),
        ),
    ]
    content += [KeepTogether(list(_meter(meter, language))) for meter in move.meters]
    content += [
        Spacer(0, 5 * mm),
        KeepTogether(
            [
                _side_by_side(
                    _party(language["move_leaving"], move.leaving, language),
                    _party(language["move_arriving"], move.arriving, language),
                ),
                Spacer(0, 4 * mm),
                paragraph(language["move_agree"], FAINTLY),
            ]
        ),
    ]
    return paper(content, title=title, footer=language["move_source"])


def _meter(meter: Meter, language: Language) -> Iterator[Flowable]:
    point = meter.point
    unit = "m³" if point.energy is Energy.GAS else "kWh"
    number = language["ean" if point.address.country == BELGIUM else "gsrn"]
    yield paragraph(language[f"energy_{point.energy}"], HEADING)
    yield _form(
        (number, point.gsrn),
        (language["move_meter"], meter.serial),
        *(
            (f"{language[f'register_{register}']} ({unit})", _shown(meter.readings.get(register)))
            for register in meter.registers
        ),
    )


def _shown(value: Decimal | None) -> str | None:
    """Return an index as suppliers ask for it: without what stands behind the comma."""
    return None if value is None else str(value.quantize(Decimal(1), ROUND_DOWN))


def _party(heading: str, party: Party, language: Language) -> list[Flowable]:
    """Return a party's half of the page, with room to sign."""
    width = WIDTH / 2 - 4 * mm
    fields = [
        (language["move_name"], party.name),
        (language["move_party_address"], party.address),
        (language["move_phone"], party.phone),
        (language["move_email"], party.email),
        (language["move_customer"], party.customer),
        (language["move_signature"], None),
    ]
    heights = [None] * (len(fields) - 1) + [20 * mm]
    return [
        paragraph(heading, HEADING),
        _form(*fields, width=width, label=30 * mm, heights=heights),
    ]


def _form(
    *fields: tuple[str, str | None],
    width: float = WIDTH,
    label: float = LABEL,
    heights: Sequence[float | None] | None = None,
) -> Flowable:
    """Return fields below each other; an empty one is a line to write on."""
    rows = [[paragraph(name, PLAIN), paragraph(value or "", STRONG)] for name, value in fields]
    return Table(
        rows,
        colWidths=(label, width - label),
        rowHeights=heights,
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
                ("LINEBELOW", (1, 0), (1, -1), 0.4, RULE),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 7),
            ]
        ),
        hAlign="LEFT",
    )


def _side_by_side(left: list[Flowable], right: list[Flowable]) -> Flowable:
    return Table(
        [[left, right]],
        colWidths=(WIDTH / 2, WIDTH / 2),
        style=TableStyle(
            [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
        ),
        hAlign="LEFT",
    )
