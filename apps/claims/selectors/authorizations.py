"""What payers want numbers of, the authorizations and referrals on file, and what claims use of them.

Any number of claims in two queries, and one more for each kind of number that has a limit.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from apps.claims.models import Claim, ClaimLine
from apps.claims.rules.authorization_view import AUTHORIZATION, REFERRAL, AuthorizationView
from apps.claims.rules.snapshot import LineView
from apps.claims.selectors.refused_lines import not_refused
from apps.claims.states import GIVEN_UP, WITH_US, ClaimStatus
from apps.intake.models import Authorization
from apps.practice.models import AuthorizationRequirement

_UNSENT = WITH_US | {ClaimStatus.READY}
_COLUMN = {AUTHORIZATION: "prior_authorization", REFERRAL: "referral_number"}


def wanted_numbers(
    claims: Collection[Claim], lines: Mapping[int, Sequence[LineView]]
) -> dict[int, dict[str, tuple[str, ...]]]:
    """Claim's key to its procedures of which its payer wants a number on that day, with the kinds of number."""
    rows = AuthorizationRequirement.objects.filter(
        payer__in={claim.payer_id for claim in claims},
        procedure__in={line.procedure for claim in claims for line in lines[claim.pk]},
    )
    by_payer: defaultdict[int, list[AuthorizationRequirement]] = defaultdict(list)
    for row in rows.order_by("kind", "pk"):
        by_payer[row.payer_id].append(row)
    found = {}
    for claim in claims:
        codes = {line.procedure for line in lines[claim.pk]}
        kinds: defaultdict[str, list[str]] = defaultdict(list)
        for row in by_payer[claim.payer_id]:
            in_force = row.starts_on <= claim.service_date and (
                row.ends_on is None or claim.service_date <= row.ends_on
            )
            if row.procedure in codes and in_force:
                kinds[row.procedure].append(row.kind)
        if kinds:
            found[claim.pk] = {code: tuple(dict.fromkeys(each)) for code, each in kinds.items()}
    return found


class _Use(NamedTuple):
    """A line of a claim under a number."""

    claim: int
    patient: int
    payer: int
    number: str
    procedure: str
    units: Decimal
    day: date
    status: str
    first_sent: datetime | None

    def comes_before(self, claim: Claim) -> bool:
        """Whatever has left uses its number; of what has not, the earlier service does."""
        waits = self.status in _UNSENT and self.first_sent is None
        return self.claim != claim.pk and (not waits or (self.day, self.claim) < (claim.service_date, claim.pk))


def authorizations_of(claims: Collection[Claim]) -> dict[int, tuple[AuthorizationView, ...]]:
    """Claim's key to what is on file of its patient at its payer, with what other claims use of it: billed and not
    refused, or to be billed for an earlier service.
    """
    rows = list(
        Authorization.objects.filter(
            patient__in={claim.patient_id for claim in claims}, payer__in={claim.payer_id for claim in claims}
        ).order_by("pk")
    )
    if not rows:
        return {}
    uses = {kind: _uses(kind, [row for row in rows if row.kind == kind]) for kind in _COLUMN}
    on_file: defaultdict[tuple[int, int], list[Authorization]] = defaultdict(list)
    for row in rows:
        on_file[row.patient_id, row.payer_id].append(row)
    return {
        claim.pk: tuple(_view(row, claim, uses[row.kind]) for row in on_file[claim.patient_id, claim.payer_id])
        for claim in claims
        if on_file[claim.patient_id, claim.payer_id]
    }


def _uses(kind: str, rows: Sequence[Authorization]) -> list[_Use]:
    limited = [row for row in rows if row.units_allowed is not None]
    if not limited:
        return []
    column = f"claim__{_COLUMN[kind]}"
    lines = (
        not_refused(ClaimLine.objects.all())
        .filter(
            claim__patient__in={row.patient_id for row in limited},
            claim__payer__in={row.payer_id for row in limited},
            **{f"{column}__in": {row.number for row in limited}},
        )
        .exclude(claim__status__in=GIVEN_UP)
    )
    columns = (
        "claim_id",
        "claim__patient_id",
        "claim__payer_id",
        column,
        "procedure",
        "units",
        "claim__service_date",
        "claim__status",
        "claim__first_submitted_at",
    )
    return [_Use(*each) for each in lines.values_list(*columns)]


def _view(row: Authorization, claim: Claim, uses: Iterable[_Use]) -> AuthorizationView:
    view = AuthorizationView(row.kind, row.number, tuple(row.procedures), row.starts_on, row.ends_on, row.units_allowed)
    key = (row.patient_id, row.payer_id, row.number)
    others = [use for use in uses if (use.patient, use.payer, use.number) == key and use.comes_before(claim)]
    if row.kind == REFERRAL:
        used = Decimal(len({use.claim for use in others}))
    else:
        used = sum((use.units for use in others if view.covers(use.procedure)), Decimal(0))
    return replace(view, used=used)
