"""A statement as a workbook."""

from decimal import Decimal
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from .statement import Cell, Report, Table

MONEY: Final = "#,##0.00"
DAY: Final = "yyyy-mm-dd"
WIDTH: Final = 16
# A text that begins like a formula is marked, so that it stays a text when somebody edits it.
_FORMULA: Final = ("=", "+", "-", "@")


def workbook(report: Report) -> bytes:
    """Return a workbook with a sheet for each table: dates and amounts can be calculated with."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "Home Assistant"
    book.properties.title = report.title
    for table in report.tables:
        _fill(book.create_sheet(table.title), table)
    about = book.create_sheet(report.title)
    for text in (report.title, report.subject, report.source):
        about.append([_cell(about, text)])
    about.column_dimensions["A"].width = 100
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _fill(sheet: Worksheet, table: Table) -> None:
    headings = [_cell(sheet, heading) for heading in table.columns]
    for column, heading in enumerate(headings, start=1):
        heading.font = Font(bold=True)
        heading.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(column)].width = WIDTH
    sheet.append(headings)
    for row in table.rows:
        sheet.append([_cell(sheet, value) for value in row])
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"


def _cell(sheet: Worksheet, value: Cell) -> ExcelCell:
    """Return a value as what it is; a text never becomes a formula."""
    if isinstance(value, str):
        cell = ExcelCell(sheet, 1, 1, ILLEGAL_CHARACTERS_RE.sub("", value))
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(_FORMULA)
        return cell
    cell = ExcelCell(sheet, 1, 1, value)
    if value is not None:
        cell.number_format = MONEY if isinstance(value, Decimal) else DAY
    return cell
