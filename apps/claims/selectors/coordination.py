"""What the payers before a claim's own decided, for the claims that are not the first of their visit."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from apps.claims.models import Adjudication, Claim
from apps.claims.rules.answer_keys import answer_of
from apps.claims.rules.snapshot import AdjustmentView, DecisionView, OtherPayerView
from apps.claims.selectors.parties import claims_channels, coverage_view, payer_view
from apps.claims.states import ClaimStatus
from apps.practice.selectors.payer_channels import Channel


def other_payers(claims: Iterable[Claim], *, on: date) -> dict[int, tuple[OtherPayerView, ...]]:
    """By claim; a first claim has none and costs no query. As the answers stand now, whenever the claim was built.

    `on` is the day on which their ids are read from the payer directory.
    """
    further = [claim for claim in claims if claim.payer_rank > 1]
    if not further:
        return {}
    earlier: dict[int, list[Claim]] = defaultdict(list)
    rows = Claim.objects.filter(encounter__in=[claim.encounter_id for claim in further])
    for row in rows.exclude(status=ClaimStatus.VOIDED).select_related("coverage", "payer").order_by("payer_rank"):
        earlier[row.encounter_id].append(row)
    known = {row.payer_id: row.payer for of_visit in earlier.values() for row in of_visit}
    ids = claims_channels(known.values(), on=on)
    answers = _answers([row.pk for of_visit in earlier.values() for row in of_visit])
    return {
        claim.pk: tuple(
            _view(row, answers[row.pk], ids[row.payer_id])
            for row in earlier[claim.encounter_id]
            if row.payer_rank < claim.payer_rank
        )
        for claim in further
    }


def _answers(claim_ids: Sequence[int]) -> defaultdict[int, list[Adjudication]]:
    found: defaultdict[int, list[Adjudication]] = defaultdict(list)
    standing = Adjudication.objects.filter(claim__in=claim_ids, reversed=False)
    for row in standing.select_related("line__charge").prefetch_related("adjustments").order_by("remitted_on", "pk"):
        found[row.claim_id].append(row)
    return found


def _view(claim: Claim, answers: Sequence[Adjudication], channel: Channel) -> OtherPayerView:
    """Of each line the newest answer counts; what is said of the claim as a whole counts only with that."""
    theirs = [row for row in answers if row.payer_id == claim.payer_id]
    newest = [row for row in theirs if answer_of(row.key) == answer_of(theirs[-1].key)]
    whole = next((row for row in newest if row.line is None), None)
    # An answer without any line speaks for all of them.
    by_line = theirs if any(row.line for row in newest) else []
    return OtherPayerView(
        rank=claim.payer_rank,
        payer=payer_view(claim.payer, channel),
        coverage=coverage_view(claim.coverage),
        payer_claim_number=claim.payer_claim_number,
        lines={row.line.charge.number: _decision(row) for row in by_line if row.line},
        whole=_decision(whole) if whole else None,
        remark_codes=tuple(dict.fromkeys(code for row in newest for code in row.remark_codes)),
    )


def _decision(row: Adjudication) -> DecisionView:
    """Equal codes are one: a payer that split the line said some of them twice."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for each in sorted(row.adjustments.all(), key=lambda each: each.pk):
        sums[each.group, each.carc] += each.amount
    said = sorted(((group, carc, amount) for (group, carc), amount in sums.items() if amount), key=lambda each: each[0])
    return DecisionView(row.paid, tuple(AdjustmentView(*each) for each in said), row.remitted_on, row.decided_procedure)
