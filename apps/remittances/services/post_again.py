"""A correction that came before its reversal was posted upon what the reversal now undoes: it is posted again (DOMAIN 4: either order)."""

from collections.abc import Sequence
from datetime import datetime

from apps.claims.models import Adjudication
from apps.ledger.services import Undoing, post_entries, reversing_entries
from apps.remittances.encode import Source, entry_key, posting_entry
from apps.remittances.models import RemittedClaim
from apps.remittances.rules.adjudicate import AdjudicatedLine, ClassedAdjustment
from apps.remittances.rules.billed import BilledClaim
from apps.remittances.rules.classes import AdjustmentClass
from apps.remittances.rules.effect import effect_of
from apps.remittances.rules.outcomes import Outcome
from apps.remittances.rules.parts import parts_of
from apps.remittances.rules.plan import FURTHER_PAYER
from apps.remittances.rules.plans import PlannedPosting, PlannedReversal
from apps.remittances.selectors.situations import open_charges, standing_adjudications, standing_rows


def post_again(reversals: Sequence[tuple[PlannedReversal, Source]], *, now: datetime) -> None:
    """For reversals that were just written, in their transaction: the answers that came after what they undid.

    The payers' words stand as they were recorded; only what they do to the books is undone and worked out afresh. Where all
    that came since is further payers', nothing is: the correction is still to come and finds the charge untouched. First payers
    go before further ones, each upon what the last left.
    """
    moved = [each for each in reversals if each[0].undoes.entry_id is not None]
    if not moved:
        return
    rows = standing_rows(plan.billed.claim_id for plan, _ in moved)
    for plan, source in moved:
        words = standing_adjudications(plan.billed.claim_id)
        later = [
            row
            for row in rows.get(plan.billed.claim_id, [])
            if row.pk > plan.undoes.remitted_claim_id and row.key in words
        ]
        if not all(_is_further(row) for row in later):
            _undo(later, source, now)
            for row in sorted(later, key=_is_further):
                _post(row, _plan(row, plan.billed, words[row.key]), source, now)


def _is_further(row: RemittedClaim) -> bool:
    return row.status_code in FURTHER_PAYER


def _undo(rows: Sequence[RemittedClaim], source: Source, now: datetime) -> None:
    undo = [
        Undoing(row.entry_id, f"{entry_key(source)}:posts_again:{row.entry_id}", source.segment)
        for row in rows
        if row.entry_id is not None
    ]
    entries = reversing_entries(undo, posted_on=source.posted_on, transmission_id=source.transmission_id)
    post_entries(entries, now=now)


def _post(row: RemittedClaim, plan: PlannedPosting, cause: Source, now: datetime) -> None:
    """Under a key that names the reversal that led to it."""
    key = f"{row.key}:again:{cause.key}"
    source = Source(key, row.payment.file.transmission_id, row.segment, cause.posted_on, row.payment.paid_on)
    entry = posting_entry(plan, source)
    row.entry_id = post_entries([entry], now=now).entry_id(entry.key) if entry else None
    row.save(update_fields=["entry"])


def _plan(row: RemittedClaim, billed: BilledClaim, words: Sequence[Adjudication]) -> PlannedPosting:
    """What people gave up is left as it is: that answer was weighed against it when it came."""
    lines = tuple(_line(word, billed) for word in words)
    effect = effect_of(
        parts_of(billed, lines),
        frozenset(),
        open_charges=open_charges(billed.charge_ids),
        concessions=(),
        further=_is_further(row),
    )
    payer_id, status = words[0].payer_id, words[0].claim_status_code
    return PlannedPosting(Outcome(row.outcome), billed, payer_id, status, effect, lines)


def _line(word: Adjudication, billed: BilledClaim) -> AdjudicatedLine:
    line = next((line for line in billed.lines if line.line_id == word.line_id), None)
    adjustments = tuple(
        ClassedAdjustment(each.group, each.carc, each.amount, AdjustmentClass(each.adjustment_class), each.segment)
        for each in word.adjustments.all()
    )
    position = int(word.key.rpartition(":")[2])
    return AdjudicatedLine(line, position, word.charge, word.paid, adjustments, tuple(word.remark_codes), word.segment)
