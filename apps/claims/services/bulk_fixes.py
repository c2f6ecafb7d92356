"""One suggested fix for many claims: asked for once, done in chunks by a worker, each claim's outcome kept."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from apps.audit.trail import record
from apps.claims.models import BulkFix, BulkFixItem, Claim, Finding
from apps.claims.rules.fields import BadValueError
from apps.claims.selectors.exceptions import ONE_CLICK
from apps.claims.services.change_fields import EDITABLE, locked_claims
from apps.claims.services.settle_findings import CannotSettleError, apply_fixes
from apps.claims.states import ClaimStatus
from apps.core.bulk_rows import copy_rows
from apps.core.jobs import nudge, start_job
from apps.core.models import JobRun, User

logger = logging.getLogger(__name__)
STEP = "fix_in_bulk"
CHUNK = 100
State = BulkFixItem.State
# What is worth another try: what failed, and what was not as it had been shown.
_AGAIN = (State.FAILED, State.CHANGED)


@transaction.atomic
def start_bulk_fix(
    *,
    findings: "QuerySet[Finding]",
    rule: str = "",
    acting_user: User,
    now: datetime,
    retry_of: BulkFix | None = None,
) -> BulkFix:
    """Keep which findings are meant, and let a worker apply their fixes. Raises CannotSettleError where none is, or one is a coder's."""
    rows = list(
        findings.filter(fix__isnull=False)
        .order_by("claim__patient", "claim", "pk")
        .values_list("claim", "pk", "fix__clinical")
    )
    if not rows:
        raise CannotSettleError("There is nothing to apply: choose claims with a suggested fix.")
    if any(clinical is not False for *_, clinical in rows):
        raise CannotSettleError("A proposal that says something of the visit is confirmed by a coder, one at a time.")
    claims = len({claim for claim, *_ in rows})
    bulk = BulkFix.objects.create(
        rule=rule,
        requested_by=acting_user,
        requested_at=now,
        claim_count=claims,
        retry_of=retry_of,
        run=start_job(STEP, now=now, requested_by=acting_user, total=claims, counts={"claims": claims}),
    )
    JobRun.objects.filter(pk=bulk.run_id).update(url_name="claims:bulk_fix", subject_public_id=bulk.public_id)
    waiting = ((bulk.pk, claim, finding, State.WAITING.value, "") for claim, finding, _ in rows)
    copy_rows(BulkFixItem, ("bulk", "claim", "finding", "state", "why"), waiting)
    record(
        "bulk_fix",
        acting_user=acting_user,
        now=now,
        subject_kind="bulk_fix",
        subject_public_id=bulk.public_id,
        rule=rule,
        claims=claims,
    )
    nudge(STEP, bulk.public_id)
    return bulk


def retry_bulk_fix(*, bulk_id: str, acting_user: User, now: datetime) -> BulkFix:
    """Those that failed or had changed, as they stand now, in a bulk of their own. Raises CannotSettleError, BulkFix.DoesNotExist."""
    bulk = BulkFix.objects.get(public_id=bulk_id)
    if bulk.finished_at is None:
        raise CannotSettleError("It is still at work. Wait for its end.")
    left = bulk.items.filter(state__in=_AGAIN, claim=OuterRef("claim"), finding__rule=OuterRef("rule"))
    findings = Finding.objects.filter(ONE_CLICK, Exists(left), claim__status__in=EDITABLE)
    return start_bulk_fix(findings=findings, rule=bulk.rule, acting_user=acting_user, now=now, retry_of=bulk)


@dataclass(frozen=True, slots=True)
class BulkFixResult:
    """Claims done by this call; `more`: some are left."""

    claims: int
    more: bool


@transaction.atomic
def run_bulk_fix(*, bulk_id: str, now: datetime, limit: int = CHUNK) -> BulkFixResult:
    """The next claims of it. What fails or has changed is noted and keeps no other back. Done twice it does nothing twice."""
    found = BulkFix.objects.select_for_update(skip_locked=True, of=("self",)).select_related("run", "requested_by")
    bulk = found.filter(public_id=bulk_id, finished_at=None).first()
    if bulk is None:
        return BulkFixResult(0, more=False)
    items = _next_items(bulk, limit)
    outcomes = _outcomes(items, bulk.requested_by, now)
    for (state, why), claims in _by_outcome(outcomes).items():
        bulk.items.filter(state=State.WAITING, claim__any_of=claims).update(state=state, why=why[:200])
    more = bulk.items.filter(state=State.WAITING).exists()
    _tell(bulk, Counter(state.value for state, _ in outcomes.values()), now=now, more=more)
    return BulkFixResult(len(outcomes), more)


def _next_items(bulk: BulkFix, limit: int) -> list[BulkFixItem]:
    """Whole patients, since what is mended of a patient has the patient's other claims scrubbed again."""
    waiting = bulk.items.filter(state=State.WAITING)
    first = waiting.order_by("pk").values_list("claim__patient", flat=True)[:limit]
    return list(waiting.filter(claim__patient__in=set(first)).select_related("claim", "finding").order_by("pk"))


_Outcome = tuple[State, str]


def _outcomes(items: Sequence[BulkFixItem], acting_user: User, now: datetime) -> dict[int, _Outcome]:
    """By claim."""
    claims = {claim.pk: claim for claim in locked_claims({item.claim.public_id for item in items})}
    standing = _standing(items, claims)
    outcomes: dict[int, _Outcome] = {
        key: (State.CHANGED, _changed_words(claim)) for key, claim in claims.items() if key not in standing
    }
    return outcomes | _apply(standing, acting_user, now)


def _standing(items: Sequence[BulkFixItem], claims: Mapping[int, Claim]) -> dict[int, list[int]]:
    """By claim, the findings that are still what they were when they were chosen, also where a later scrub found them again."""
    found = {_mark(row): row.pk for row in Finding.objects.filter(ONE_CLICK, claim__any_of=claims)}
    standing: dict[int, list[int]] = {}
    for item in items:
        key = found.get(_mark(item.finding))
        if key is not None and ClaimStatus(claims[item.claim_id].status) in EDITABLE:
            standing.setdefault(item.claim_id, []).append(key)
    return standing


def _mark(finding: Finding) -> tuple[int, str, int | None, str]:
    return finding.claim_id, finding.rule, finding.line, str(finding.fix)


def _changed_words(claim: Claim) -> str:
    state = claim.status.replace("_", " ")
    return f"What was to be fixed is not there as it was; the claim is {state} now."


def _apply(standing: Mapping[int, list[int]], acting_user: User, now: datetime) -> dict[int, _Outcome]:
    """All at once; where one of them cannot be, each for itself."""
    if not standing:
        return {}
    try:
        with transaction.atomic():
            every = [key for keys in standing.values() for key in keys]
            apply_fixes(finding_ids=every, acting_user=acting_user, now=now)
    except (BadValueError, CannotSettleError) as refusal:
        words = str(refusal)
    except Exception:
        logger.exception("A suggested fix could not be applied.")
        words = "The fix could not be applied. Open the claim and correct it there."
    else:
        return _fixed(standing)
    if len(standing) == 1:
        return dict.fromkeys(standing, (State.FAILED, words))
    return {key: each for key, keys in standing.items() for each in _apply({key: keys}, acting_user, now).values()}


def _fixed(claims: Iterable[int]) -> dict[int, _Outcome]:
    statuses = Claim.objects.filter(pk__any_of=claims).values_list("pk", "status")
    return {key: (State.READY if status == ClaimStatus.READY else State.STOPPED, "") for key, status in statuses}


def _by_outcome(outcomes: Mapping[int, _Outcome]) -> dict[_Outcome, list[int]]:
    claims: dict[_Outcome, list[int]] = {}
    for key, outcome in outcomes.items():
        claims.setdefault(outcome, []).append(key)
    return claims


def _tell(bulk: BulkFix, done: Counter[str], *, now: datetime, more: bool) -> None:
    run = bulk.run
    run.counts = dict(Counter(run.counts) + done)
    run.done += done.total()
    # It may have been taken for interrupted meanwhile.
    run.state, run.finished_at, run.error = JobRun.State.RUNNING, None, ""
    if not more:
        run.state, run.finished_at = JobRun.State.DONE, now
        bulk.finished_at = now
        bulk.save(update_fields=["finished_at"])
    run.save(update_fields=["counts", "done", "state", "finished_at", "error"])
