"""What people enter and take back, as the records of an 835. Pure."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from apps.remittances.rules.adjudicate import AdjudicatedLine, ClassedAdjustment
from apps.remittances.rules.billed import BilledClaim, BilledLine
from apps.remittances.rules.entered import EnteredClaim, EnteredLine
from apps.remittances.rules.plan import REVERSAL
from apps.x12.guides.parts import Party
from apps.x12.guides.x835 import Adjustment, RemittedClaim, ServiceLine

ZERO = Decimal("0.00")
# What an identifier may hold and an interchange carries whatever its separators are (X12 basic character set).
_ILLEGAL = re.compile(r"[^A-Za-z0-9 .,/#_()-]")


def plain(text: str) -> str:
    """A number or reference as people type it, without what would end an element."""
    return " ".join(_ILLEGAL.sub(" ", text).split())


def remitted_claim(entered: EnteredClaim, patient: Party, filing_indicator: str) -> RemittedClaim:
    """The CLP of what was entered, with our own numbers, by which the posting finds claim and lines."""
    sign = entered.sign
    billed = entered.billed
    lines = tuple(_line(line, entered) for line in entered.lines)
    share = sum((item.amount for line in lines for item in line.adjustments if item.group == "PR"), ZERO)
    return RemittedClaim(
        control_number=billed.control_number,
        status=entered.status,
        charge=sign * billed.total,
        paid=entered.paid,
        patient_responsibility=share,
        filing_indicator=filing_indicator,
        payer_claim_number=plain(entered.payer_claim_number),
        patient=patient,
        lines=lines,
    )


def _line(line: EnteredLine, entered: EnteredClaim) -> ServiceLine:
    ours, sign = line.line, entered.sign
    return ServiceLine(
        procedure=ours.procedure,
        modifiers=ours.modifiers,
        charge=sign * ours.amount,
        paid=sign * line.paid,
        control_number=ours.control_number,
        service_date=entered.billed.service_date,
        adjustments=_signed(line.adjustments, sign),
        remark_codes=line.remark_codes,
    )


def reversal_of(
    billed: BilledClaim, said: Sequence[AdjudicatedLine], patient: Party, payer_claim_number: str
) -> RemittedClaim:
    """The 22 that takes back what a payer said of our lines, `said` as it was posted: every amount negated."""
    lines = tuple(_undone(line, line.line, billed) for line in said if line.line is not None)
    whole = [line for line in said if line.line is None]
    adjustments = tuple(each for line in whole for each in _negated(line.adjustments))
    of_lines = sum((line.paid for line in lines), ZERO)
    # With lines, what is adjusted on the claim as a whole was still paid by its lines (CLP04 = sum SVC03 - claim CAS).
    paid = (
        of_lines - sum((each.amount for each in adjustments), ZERO)
        if lines
        else -sum((each.paid for each in whole), ZERO)
    )
    return RemittedClaim(
        control_number=billed.control_number,
        status=REVERSAL,
        charge=sum((line.charge for line in lines), ZERO) - sum((line.charge for line in whole), ZERO),
        paid=paid,
        payer_claim_number=plain(payer_claim_number),
        adjustments=adjustments,
        patient=patient,
        lines=lines,
    )


def _undone(line: AdjudicatedLine, ours: BilledLine, billed: BilledClaim) -> ServiceLine:
    return ServiceLine(
        procedure=ours.procedure,
        modifiers=ours.modifiers,
        charge=-line.charge,
        paid=-line.paid,
        control_number=ours.control_number,
        service_date=billed.service_date,
        adjustments=_negated(line.adjustments),
        remark_codes=line.remark_codes,
    )


def _negated(adjustments: Iterable[ClassedAdjustment]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(item.group, item.carc, -item.amount) for item in adjustments)


def _signed(adjustments: tuple[Adjustment, ...], sign: int) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(item.group, item.reason, sign * item.amount) for item in adjustments)
