"""What people enter and take back, as the records of an 835. Pure."""

import re
from dataclasses import replace
from decimal import Decimal

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


def reversal_of(said: RemittedClaim, control_number: str, patient: Party) -> RemittedClaim:
    """The 22 that takes back what a payer said of the claim that bears this number: every amount negated, all else as it stood."""
    lines = tuple(
        replace(line, charge=-line.charge, paid=-line.paid, adjustments=_signed(line.adjustments, -1), amounts=())
        for line in said.lines
    )
    return RemittedClaim(
        control_number=control_number,
        status=REVERSAL,
        charge=-said.charge,
        paid=-said.paid,
        patient_responsibility=-(said.patient_responsibility or ZERO),
        filing_indicator=said.filing_indicator,
        payer_claim_number=said.payer_claim_number,
        adjustments=_signed(said.adjustments, -1),
        patient=patient,
        lines=lines,
        remark_codes=said.remark_codes,
        outpatient=said.outpatient,
    )


def _signed(adjustments: tuple[Adjustment, ...], sign: int) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(item.group, item.reason, sign * item.amount) for item in adjustments)
