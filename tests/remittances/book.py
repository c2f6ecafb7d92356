"""The notation of the worked examples: claims and an 835 in, the whole trial balance out.

An example is one text of these parts; what follows `--` is a remark. A visit's charges are named by the claim billed first.

    billed
      A Prairie 100.00 60.00:25    a claim, its payer, its lines: charge, perhaps a modifier; last perhaps the payer's number (ICN...)
      B Medicaid after A           the same visit's claim to its next payer
    classes
      Prairie CO 97 M15 denial     a row of the practice's own in the table of adjustment classes; `-` for any remark
    corrected
      A 7                          the answered claim is with its payer again, as a replacement (7) or a new claim (1)
    remittance                     one file; PAY, CLP, SVC and PLB are filled up to real segments, all others go in as they stand
      PAY Prairie 80.00 EFT1       ST, BPR, TRN, N1: payer, BPR02, TRN02, perhaps the payer's id and the payee's; `-` for nothing
      CLP A 1 160.00 80.00         CLP01 is the claim's control number (LOST:A: another one); its patient follows (NM1*QC). After CLP05 may
                                   stand CLP07 and CLP09, else P and the control number, and 1
      SVC A1 100.00 80.00          SVC01 is the line's code; REF*6R follows
      CAS CO 45 20.00
    books                          every account that does not stand at zero, debit positive
    answers                        each standing answer of a payer, on a line (A1) or on the claim as a whole (A)
    outcome                        each CLP, each claim, each open exception with what waits in clearing because of it

What is stated must be all that is found, line by line.
"""

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from django.db.models import Sum

from apps.claims.models import Adjudication, AdjudicationAdjustment
from apps.ledger.models import Account, Leg
from apps.ledger.selectors import ledger_faults
from apps.remittances.models import AdjustmentClass, RemittanceException, RemittedClaim
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import post_remittances
from tests.factories.remittances import NOW, stored_file
from tests.remittances.book_cast import Cast
from tests.remittances.book_remittance import file_of

PARTS = ("billed", "classes", "corrected", "remittance", "books", "answers", "outcome")
OF_A_LINE = {Account.INSURANCE_RECEIVABLE, Account.PATIENT_RECEIVABLE, Account.CONTRACTUAL, Account.REVENUE}
OF_A_PATIENT = {Account.PATIENT_RECEIVABLE, Account.REVENUE}


def prove(example: str) -> None:
    """Play it, file by file; after each the books must be sound. Then compare all that is found with all that is stated."""
    cast, stated = Cast(), defaultdict(list)
    deeds: dict[str, Callable[..., None]] = {
        "billed": cast.bill,
        "classes": partial(_classify, cast),
        "corrected": cast.correct,
    }
    for part, lines in _parts(example):
        if part in {"books", "answers", "outcome"}:
            stated[part] = [" ".join(line.split()) for line in lines]
        elif part == "remittance":
            _receive(file_of(cast, lines))
        for line in lines:
            if part in deeds:
                deeds[part](*line.split())
    assert sum(Decimal(line.split()[-1]) for line in stated["books"]) == 0, "The example's own books do not balance."
    found = {"books": _books(cast), "answers": _answers(cast), "outcome": _outcome(cast)}
    differences = [
        line
        for part, lines in found.items()
        for line in difflib.ndiff(sorted(stated[part]), sorted(lines))
        if line[0] in "+-"
    ]
    if differences:
        raise AssertionError("\n".join(["stated (-) and found (+):", *differences]))


def _parts(example: str) -> Iterator[tuple[str, list[str]]]:
    part, lines = "", list[str]()
    for text in example.splitlines():
        line = text.partition("--")[0].strip()
        if line in PARTS:
            if part:
                yield part, lines
            part, lines = line, []
        elif line:
            lines.append(line)
    yield part, lines


def _classify(cast: Cast, payer: str, *row: str) -> None:
    group, carc, rarc, name = ("" if each == "-" else each for each in row)
    AdjustmentClass.objects.create(payer=cast.payer(payer), group=group, carc=carc, rarc=rarc, adjustment_class=name)


def _receive(payload: bytes) -> None:
    stored_file(payload=payload)
    result = post_remittances(now=NOW)
    assert (result.failures, result.refused) == ((), 0)
    assert ledger_faults() == []
    assert payment_faults() == []


def _books(cast: Cast) -> list[str]:
    balances: dict[str, Decimal] = defaultdict(Decimal)
    for account, charge_id, payer_id, amount in Leg.objects.values_list("account", "charge", "payer").annotate(
        Sum("amount")
    ):
        line = cast.charges[charge_id] if account in OF_A_LINE else ""
        payer = "" if account in OF_A_PATIENT else cast.payer_name(payer_id)
        balances[" ".join(f"{account.replace('_', ' ')} {line} {payer}".split())] += amount
    return [f"{name} {amount}" for name, amount in balances.items() if amount]


def _answers(cast: Cast) -> list[str]:
    rows = Adjudication.objects.filter(reversed=False).select_related("line").prefetch_related("adjustments")
    found = []
    for row in rows:
        line = row.line.number if row.line else ""
        said = [f"{cast.letter(row.claim_id)}{line} {cast.payer_name(row.payer_id)}: allowed {row.allowed}"]
        said += ["denied"] if row.is_denied else []
        said += [_adjustment(each) for each in sorted(row.adjustments.all(), key=lambda each: each.pk)]
        said += list(row.remark_codes)
        found.append(", ".join(said))
    return found


def _adjustment(item: AdjudicationAdjustment) -> str:
    return f"{item.adjustment_class.replace('_', ' ')} {item.group}-{item.carc} {item.amount}"


def _outcome(cast: Cast) -> list[str]:
    rows = RemittedClaim.objects.select_related("payment")
    undone = set(rows.exclude(reverses=None).values_list("reverses", flat=True))
    clps = [
        f"{row.payment.trace_number} {cast.letter(row.claim_id)}: {row.outcome.replace('_', ' ')}"
        + (", taken back" if row.pk in undone else "")
        for row in rows
    ]
    for claim in cast.claims.values():
        claim.refresh_from_db()
    claims = [f"claim {letter}: {claim.status.replace('_', ' ')}" for letter, claim in cast.claims.items()]
    waiting = RemittanceException.objects.filter(state=RemittanceException.State.OPEN)
    return clps + claims + [f"open: {item.kind.replace('_', ' ')} {item.amount}" for item in waiting]
