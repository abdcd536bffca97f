"""What the PDF documents that we make have in common: a plain page that imitates no supplier."""

from collections.abc import Sequence
from html import escape
from io import BytesIO
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

from .language import CHARACTERS

INK: Final = HexColor(0x1F2A37)
FAINT: Final = HexColor(0x5B6776)
PALE: Final = HexColor(0xF1F4F7)
RULE: Final = HexColor(0xC3CDD8)
MARGIN: Final = 18 * mm

PLAIN: Final = ParagraphStyle("plain", fontName="Helvetica", fontSize=9, leading=12, textColor=INK)
SMALL: Final = ParagraphStyle("small", PLAIN, fontSize=7.5, leading=9.5)
FAINTLY: Final = ParagraphStyle("faint", PLAIN, fontSize=8, leading=10.5, textColor=FAINT)
STRONG: Final = ParagraphStyle("strong", PLAIN, fontName="Helvetica-Bold")
HEADING: Final = ParagraphStyle(
    "heading", STRONG, fontSize=11, leading=14, spaceBefore=5 * mm, spaceAfter=1.5 * mm
)
TITLE: Final = ParagraphStyle("title", STRONG, fontSize=17, leading=21, spaceAfter=2 * mm)


def paragraph(text: str, style: ParagraphStyle = PLAIN) -> Paragraph:
    """Return a text as it is: it is never read as markup, and `?` stands for what cannot be shown."""
    shown = text.encode(CHARACTERS, "replace").decode(CHARACTERS)
    return Paragraph(escape(shown), style)


def paper(content: Sequence[Flowable], *, title: str, footer: str, wide: bool = False) -> bytes:
    """Return a PDF.

    Args:
        content: What is on it.
        title: What it is, for the reader's window.
        footer: What stands below each page: where it comes from.
        wide: Whether the paper lies on its long side.
    """
    size = landscape(A4) if wide else A4

    def below(canvas: Canvas, document: Any) -> None:
        note = paragraph(footer, FAINTLY)
        room = size[0] - 2 * MARGIN - 25 * mm
        _, height = note.wrap(room, 20 * mm)
        note.drawOn(canvas, MARGIN, 16 * mm - height)
        canvas.setFont("Helvetica", 8)
        canvas.setFillColor(FAINT)
        canvas.drawRightString(size[0] - MARGIN, 13 * mm, str(document.page))

    buffer = BytesIO()
    SimpleDocTemplate(
        buffer,
        pagesize=size,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=24 * mm,
        title=title,
        author="Home Assistant",
        invariant=1,
    ).build(list(content), onFirstPage=below, onLaterPages=below)
    return buffer.getvalue()
