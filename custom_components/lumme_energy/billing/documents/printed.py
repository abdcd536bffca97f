"""A statement to print."""

from datetime import date
from decimal import Decimal
from typing import Final

from reportlab.platypus import Table as PaperTable, TableStyle
from reportlab.platypus.flowables import Flowable

from .language import Language
from .paper import FAINTLY, HEADING, PALE, RULE, SMALL, STRONG, TITLE, paper, paragraph
from .statement import Cell, Report, Table

STYLE: Final = TableStyle(
    [
        ("BACKGROUND", (0, 0), (-1, 0), PALE),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
)


def printed(report: Report, language: Language) -> bytes:
    """Return a statement as PDF."""
    content: list[Flowable] = [
        paragraph(report.title, TITLE),
        paragraph(report.subject, STRONG),
        paragraph(report.source, FAINTLY),
    ]
    for table in report.tables:
        content += [paragraph(table.title, HEADING), _drawn(table, language)]
    return paper(content, title=report.title, footer=report.source, wide=True)


def _drawn(table: Table, language: Language) -> Flowable:
    rows = [
        [paragraph(heading, SMALL) for heading in table.columns],
        *(
            [paragraph(_shown(value, table.currency, language), SMALL) for value in row]
            for row in table.rows
        ),
    ]
    return PaperTable(rows, repeatRows=1, style=STYLE, hAlign="LEFT")


def _shown(value: Cell, currency: str, language: Language) -> str:
    match value:
        case None:
            return "–"
        case Decimal():
            return language.money(value, currency)
        case date():
            return language.day(value)
    return value
