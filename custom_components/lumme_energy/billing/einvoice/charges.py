"""From net amounts, as e-invoices have them, to lines with VAT that add up to what is asked for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from ...portal.model import InvoiceKind, InvoiceLine, LineKind
from ..imported import Problem, UnreadableFileError
from ..tax import CENT, cents, with_vat
from . import words
from .xml import Node

# Units of energy by their codes (UN/ECE Recommendation 20) and as people write them.
_UNITS: Final = {"KWH": Decimal(1), "MWH": Decimal(1000)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One net amount of an invoice.

    Attributes:
        net: Without VAT.
        vat_percent: Rate; None where there is no VAT.
        line: Everything else that is known, its amount still to be filled in.
    """

    net: Decimal
    vat_percent: Decimal | None
    line: InvoiceLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums as the invoice has them.

    Attributes:
        lines: Of the charges, without VAT; None where it is not told.
        net: Without VAT.
        vat: VAT.
        gross: With VAT.
        prepaid: What was paid before, as with advance payments.
        rounding: What the payable amount is rounded by.
        payable: What is asked for.
        by_rate: Net and VAT by rate; empty where it is not told.
    """

    lines: Decimal | None
    net: Decimal
    vat: Decimal
    gross: Decimal
    prepaid: Decimal
    rounding: Decimal
    payable: Decimal
    by_rate: Mapping[Decimal | None, tuple[Decimal, Decimal]]


def charge(
    net: Decimal,
    vat_percent: Decimal | None,
    text: str | None,
    *,
    quantity: Decimal | None = None,
    unit: str | None = None,
    gsrn: str | None = None,
    start: date | None = None,
    end: date | None = None,
) -> Charge:
    """Return a charge; what it is for is told by its text and its unit."""
    factor = _UNITS.get((unit or "").upper())
    energy = None if factor is None or quantity is None else quantity * factor
    kind = words.kind_of(text or "", has_energy=energy is not None)
    is_energy = kind in {LineKind.ENERGY, LineKind.EXPORT}
    return Charge(
        net=net,
        vat_percent=vat_percent,
        line=InvoiceLine(
            kind=kind,
            amount=net,
            text=text,
            gsrn=gsrn,
            register=words.register_of(text or "") if is_energy else None,
            energy=energy if is_energy else None,
            start=start,
            end=end,
            vat_percent=vat_percent,
        ),
    )


def by_rate(
    parts: Iterable[Node], rate: str, base: str, vat: str
) -> dict[Decimal | None, tuple[Decimal, Decimal]]:
    """Return net and VAT by rate, of an invoice that tells them.

    Args:
        parts: What it tells of each rate; it may tell of one more than once.
        rate: Where in it the rate stands.
        base: Where what it is taken of stands.
        vat: Where the VAT stands.

    Raises:
        UnreadableFileError: a number is missing, or is none.
    """
    found: dict[Decimal | None, tuple[Decimal, Decimal]] = {}
    for part in parts:
        percent = part.percent(rate)
        net, tax = found.get(percent, (Decimal(), Decimal()))
        found[percent] = (net + part.need_number(base), tax + part.need_number(vat))
    return found


def lines(charges: Sequence[Charge], totals: Totals) -> tuple[InvoiceLine, ...]:
    """Return the lines, VAT included, which add up to what is asked for.

    Raises:
        UnreadableFileError: the sums of the invoice do not add up.
    """
    _check(charges, totals)
    if not charges:
        return ()
    found: list[InvoiceLine] = []
    groups: defaultdict[Decimal | None, list[Charge]] = defaultdict(list)
    for each in charges:
        groups[each.vat_percent if totals.by_rate else None].append(each)
    for rate, group in groups.items():
        gross = sum(totals.by_rate[rate]) if totals.by_rate else totals.gross
        found.extend(_with_vat(group, Decimal(gross)))
    if totals.prepaid:
        found.append(InvoiceLine(kind=LineKind.DEPOSITS, amount=-totals.prepaid))
    if totals.rounding:
        found.append(InvoiceLine(kind=LineKind.OTHER, amount=totals.rounding))
    return tuple(found)


def kind(lines: Sequence[InvoiceLine], *, is_credit: bool) -> InvoiceKind:
    """Return what an invoice is for."""
    kinds = {line.kind for line in lines}
    if is_credit:
        return InvoiceKind.CREDIT_NOTE
    if LineKind.DEPOSITS in kinds:
        is_settled = LineKind.ENERGY in kinds
        return InvoiceKind.SETTLEMENT if is_settled else InvoiceKind.DEPOSIT
    return InvoiceKind.CONSUMPTION if LineKind.ENERGY in kinds else InvoiceKind.OTHER


def _with_vat(charges: Sequence[Charge], gross: Decimal) -> list[InvoiceLine]:
    """Add VAT, and the cents that rounding leaves over to the largest line."""
    amounts = [cents(with_vat(each.net, each.vat_percent or Decimal())) for each in charges]
    largest = max(range(len(amounts)), key=lambda place: abs(amounts[place]))
    amounts[largest] += gross - sum(amounts)
    return [
        replace(each.line, amount=amount) for each, amount in zip(charges, amounts, strict=True)
    ]


def _check(charges: Sequence[Charge], totals: Totals) -> None:
    """Add everything up. Only rounding each line to cents may make a difference."""
    rounding = CENT * max(1, len(charges)) / 2
    net = sum((each.net for each in charges), Decimal())
    bases: defaultdict[Decimal | None, Decimal] = defaultdict(Decimal)
    for each in charges:
        bases[each.vat_percent] += each.net
    rates = totals.by_rate.items()
    expected_vat = sum((base * (rate or 0) / 100 for rate, base in bases.items()), Decimal())
    fits = {
        "lines": not charges or abs(net - totals.net) <= rounding,
        "line total": not charges or totals.lines is None or _same(totals.lines, net, rounding),
        "VAT": totals.net + totals.vat == totals.gross,
        "payable": totals.gross - totals.prepaid + totals.rounding == totals.payable,
        "VAT rates": not rates
        or (
            sum(base for _, (base, _) in rates) == totals.net
            and sum(vat for _, (_, vat) in rates) == totals.vat
            and all(_same(vat, base * (rate or 0) / 100, rounding) for rate, (base, vat) in rates)
        ),
        "VAT of lines": not charges
        or (
            all(_same(base, bases[rate], rounding) for rate, (base, _) in rates)
            and bases.keys() <= totals.by_rate.keys()
            if rates
            else _same(totals.vat, expected_vat, rounding)
        ),
    }
    for name, is_right in fits.items():
        if not is_right:
            raise UnreadableFileError(Problem.SUM_MISMATCH, name)


def _same(one: Decimal, other: Decimal, rounding: Decimal) -> bool:
    return abs(one - other) <= rounding
