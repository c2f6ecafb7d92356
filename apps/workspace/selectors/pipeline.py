"""The five hand-offs as stages of one line: what flowed since yesterday, what is stuck, one measure of each."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.core.money import ZERO
from apps.denials.models import Denial
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import Encounter
from apps.intake.selectors.uncharged import uncharged_visits
from apps.patient_balances.models import Balance, Message, PatientPayment
from apps.patient_balances.selectors.owed import owed_now
from apps.practice.roles import Permission

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Stage:
    """`stuck` is the number in the bead; `shape` is watch or problem where something is stuck, else empty."""

    title: str
    url_name: str
    permission: Permission
    stuck: int
    shape: str
    stuck_words: str
    flow: str
    measure: str
    measure_value: str
    # All that the number counts: a list's plain address may open with somebody's own view of it.
    query: str = ""


def _plural(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _dollars(amount: Decimal) -> str:
    return f"${amount:,.2f}"


def stages(*, since: datetime, today: date) -> list[Stage]:
    """In the order in which a charge passes them. Each count reads what is open or recent, never all history."""
    claims = _claim_counts(since)
    return [
        _eligibility(since, today),
        _charges(claims, today),
        _sending(claims),
        _denials(since, today),
        _balances(since),
    ]


def _claim_counts(since: datetime) -> dict[str, Decimal | int]:
    held = [ClaimStatus.EXCEPTION, ClaimStatus.REJECTED]
    counts: dict[str, Decimal | int] = Claim.objects.filter(
        status__in=[ClaimStatus.DRAFT, ClaimStatus.READY, *held]
    ).aggregate(
        drafts=Count("pk", filter=Q(status=ClaimStatus.DRAFT)),
        ready=Count("pk", filter=Q(status=ClaimStatus.READY)),
        held=Count("pk", filter=Q(status__in=held)),
        rejected=Count("pk", filter=Q(status=ClaimStatus.REJECTED)),
        held_total=Coalesce(Sum("total", filter=Q(status__in=held)), ZERO),
    )
    counts["built"] = Claim.objects.filter(built_at__gte=since).count()
    counts["sent"] = Claim.objects.filter(first_submitted_at__gte=since).count()
    return counts


def _eligibility(since: datetime, today: date) -> Stage:
    same_visit = {"coverage": OuterRef("coverage"), "service_date": OuterRef("service_date")}
    newer = EligibilityCheck.objects.filter(**same_visit, created_at__gt=OuterRef("created_at"))
    state = EligibilityCheck.State
    not_covered = Q(state=state.ANSWERED) & ~Q(verdict=EligibilityCheck.Verdict.ACTIVE)
    unclear = Q(state__in=[state.OUTAGE, state.BY_PHONE, state.NOT_ASKED]) | not_covered
    ahead = Q(service_date__gte=today)
    asking = Q(state__in=[state.WAITING, state.ASKING])
    answered = EligibilityCheck.objects.filter(answered_at__gte=since).count()
    asked = EligibilityCheck.objects.filter(asking, ahead).count()
    stuck = EligibilityCheck.objects.filter(unclear, ahead, ~Exists(newer), settled_at=None).count()
    return Stage(
        "Eligibility",
        "eligibility:tomorrow",
        Permission.VIEW_ELIGIBILITY,
        stuck,
        "watch" if stuck else "",
        f"{_plural(stuck, 'visit')} to solve" if stuck else "Nothing stuck",
        f"{answered:,} checked",
        "Waiting for a payer's answer",
        f"{asked:,}",
    )


def _charges(claims: dict[str, Decimal | int], today: date) -> Stage:
    uncharged = uncharged_visits(today).count()
    billed = Claim.objects.filter(encounter=OuterRef("pk"))
    waiting = Encounter.objects.filter(~Exists(billed), billed_at=None, coverage__isnull=False).count()
    stuck = waiting + int(claims["drafts"])
    parts = [f"{_plural(uncharged, 'visit')} without charges"] if uncharged else []
    if stuck:
        parts.append(f"{_plural(stuck, 'visit')} not yet a checked claim")
    return Stage(
        "Charges",
        "intake:uncharged" if uncharged else "claims:list",
        Permission.ENTER_CHARGES if uncharged else Permission.VIEW_CLAIMS,
        stuck + uncharged,
        "watch" if stuck + uncharged else "",
        ", ".join(parts) or "Nothing stuck",
        f"{_plural(int(claims['built']), 'claim')} built",
        "Visits without a claim",
        f"{waiting:,}",
    )


def _sending(claims: dict[str, Decimal | int]) -> Stage:
    held, rejected = int(claims["held"]), int(claims["rejected"])
    return Stage(
        "Scrub and send",
        "claims:exceptions",
        Permission.VIEW_CLAIMS,
        held,
        "problem" if rejected else "watch" if held else "",
        f"{_plural(held, 'claim')} held, {_dollars(Decimal(claims['held_total']))}" if held else "Nothing stuck",
        f"{int(claims['sent']):,} sent",
        "Ready for the next batch",
        f"{int(claims['ready']):,}",
        "view=all",
    )


def _denials(since: datetime, today: date) -> Stage:
    routed = Denial.objects.filter(routed_at__gte=since).count()
    counts = Denial.objects.filter(state=Denial.State.OPEN).aggregate(
        stuck=Count("pk"),
        amount=Coalesce(Sum("amount"), ZERO),
        over=Count("pk", filter=Q(due_on__lt=today)),
        soon=Count("pk", filter=Q(due_on__range=(today, today + WEEK))),
        unknown=Count("pk", filter=Q(appeal_deadline=None)),
    )
    over, unknown, soon = counts["over"], counts["unknown"], counts["soon"]
    if over:
        words = f"{_plural(over, 'denial')} past due"
    elif unknown:
        words = f"{_plural(unknown, 'deadline')} not configured"
    elif soon:
        words = f"{soon:,} due in 7 days"
    else:
        words = f"{_plural(counts['stuck'], 'denial')} open" if counts["stuck"] else "Nothing stuck"
    shape = "problem" if over or unknown else "watch" if counts["stuck"] else ""
    return Stage(
        "Denials",
        "denials:list",
        Permission.VIEW_DENIALS,
        counts["stuck"],
        shape,
        words,
        f"{routed:,} routed",
        "Open",
        _dollars(counts["amount"]),
        "view=open",
    )


def _balances(since: datetime) -> Stage:
    unsent = Message.objects.filter(balance=OuterRef("pk"), state__in=[Message.State.FAILED, Message.State.UNKNOWN])
    running = Balance.objects.filter(state=Balance.State.OPEN)
    # What is owed is the ledger's, as on the board; what a balance opened with is history.
    owed = running.annotate(owed=owed_now()).aggregate(total=Sum("owed", default=ZERO))["total"]
    waiting = Balance.objects.filter(state__in=[Balance.State.STOPPED, Balance.State.SEQUENCE_DONE]).count()
    notices = Message.objects.filter(sent_at__gte=since).count()
    paid = PatientPayment.objects.filter(paid_at__gte=since).count()
    stuck = waiting + running.filter(Exists(unsent)).count()
    return Stage(
        "Patient balances",
        "balances:board",
        Permission.VIEW_BALANCES,
        stuck,
        "watch" if stuck else "",
        f"{_plural(stuck, 'balance')} for a person" if stuck else "Nothing stuck",
        f"{_plural(notices, 'notice')}, {paid:,} paid",
        "In the sequence",
        _dollars(owed),
    )
