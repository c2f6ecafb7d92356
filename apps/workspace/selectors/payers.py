"""The payer directory as its pages show it: who lacks what, and which claims wait because of it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from apps.audit.models import AuditEvent
from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection
from apps.connectors.registry import adapters_of
from apps.core.chips import Chip
from apps.practice.models import Payer, PayerChannel, PayerDeadline, ProviderEnrollment
from apps.practice.rules.deadlines import GOOD_FOR
from apps.practice.selectors.payer_channels import usual_id

# Rules whose finding goes away when somebody completes the payer directory.
CAUSED_HERE = ("COV-PAYER-ID", "COV-PAYER-CHANNEL", "PRV-ENROLLED")
# The clocks without which a claim or a denial has no due date.
NEEDED = (PayerDeadline.Kind.FILING, PayerDeadline.Kind.APPEAL_1)
SHOWN = {
    "unconfirmed": Q(confirmed=False),
    "deadline": ~Q(has_filing=True) | ~Q(has_appeal=True),
    "enrollment": Q(channel_to_do=True) | Q(provider_to_do=True),
    "stale": Q(is_stale=True),
    "waiting": Q(holds_claims=True),
}
_LABELS = {
    "unconfirmed": "Unconfirmed",
    "deadline": "Deadline not configured",
    "enrollment": "Enrollment to do",
    "stale": "Not verified for a year",
    "waiting": "Claims wait because of it",
}
_HISTORY = 12
ELIGIBILITY = PayerChannel.Transaction.ELIGIBILITY
_TO_DO = (PayerChannel.Enrollment.TO_DO, PayerChannel.Enrollment.APPLIED, PayerChannel.Enrollment.REFUSED)


def directory(today: date) -> "QuerySet[Payer]":
    """Every payer with what it lacks, by name."""
    of_it = Q(payer=OuterRef("pk"))
    deadlines, (filing, appeal) = PayerDeadline.objects.filter(of_it), NEEDED
    return Payer.objects.annotate(
        has_filing=Exists(deadlines.filter(kind=filing)),
        has_appeal=Exists(deadlines.filter(kind=appeal)),
        is_stale=Exists(deadlines.filter(verified_on__lt=today - GOOD_FOR)),
        channel_to_do=Exists(PayerChannel.objects.filter(of_it, enrollment__in=_TO_DO)),
        provider_to_do=Exists(ProviderEnrollment.objects.filter(of_it).exclude(state=ProviderEnrollment.State.ACTIVE)),
        holds_claims=Exists(_waiting().filter(of_it)),
    ).order_by("name")


def with_numbers(rows: "QuerySet[Payer]") -> "QuerySet[Payer]":
    """And how many claims wait because of each: for the rows of a page, not for their count."""
    waiting = _waiting().filter(payer=OuterRef("pk")).order_by().values("payer")
    number = waiting.annotate(number=Count("pk", distinct=True)).values("number")[:1]
    return rows.annotate(waiting=Coalesce(Subquery(number, output_field=IntegerField()), 0))


def searched(rows: "QuerySet[Payer]", words: str) -> "QuerySet[Payer]":
    """By name or by any id."""
    if not words:
        return rows
    elsewhere = PayerChannel.objects.filter(payer=OuterRef("pk"), identifier__icontains=words)
    told = Q(name__icontains=words) | Q(claims_id__icontains=words) | Q(eligibility_id__icontains=words)
    return rows.filter(told | Q(remittance_ids__icontains=words) | Exists(elsewhere))


def chips(rows: "QuerySet[Payer]") -> list[Chip]:
    """How many of them lack what. One query."""
    numbers = rows.aggregate(**{name: Count("pk", filter=lacks) for name, lacks in SHOWN.items()})
    return [Chip(name, _LABELS[name], numbers[name]) for name in SHOWN]


def waiting_claims(payer: Payer) -> int:
    return _waiting().filter(payer=payer).distinct().count()


def _waiting() -> "QuerySet[Claim]":
    return Claim.objects.filter(
        status=ClaimStatus.EXCEPTION, findings__state="open", findings__severity="block", findings__rule__in=CAUSED_HERE
    )


@dataclass(frozen=True, slots=True)
class Ids:
    """One transaction: the ids that count where no clearinghouse has its own, in words, and those that have their own."""

    label: str
    usual: str
    channels: tuple[PayerChannel, ...]
    by_phone: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """A kind of deadline with its rows, the strictest first; none: not configured."""

    label: str
    rows: tuple[PayerDeadline, ...]
    needed: bool


def ids_of(payer: Payer) -> list[Ids]:
    rows = list(payer.channels.order_by("clearinghouse"))
    return [
        Ids(
            label,
            ", ".join(usual_id(payer, value).split()),
            tuple(row for row in rows if row.transaction == value),
            value == ELIGIBILITY,
        )
        for value, label in PayerChannel.Transaction.choices
    ]


def clocks_of(payer: Payer) -> list[Clock]:
    rows = list(payer.deadlines.order_by("days", "pk"))
    return [
        Clock(label, tuple(row for row in rows if row.kind == value), value in NEEDED)
        for value, label in PayerDeadline.Kind.choices
    ]


def history(payer: Payer) -> "QuerySet[AuditEvent]":
    """Who changed what of it, the newest first."""
    rows = AuditEvent.objects.filter(subject_kind="payer", subject_public_id=payer.public_id)
    return rows.select_related("actor").order_by("-at", "-pk")[:_HISTORY]


def clearinghouses() -> list[str]:
    """By adapter: those connected first, then what else this installation can connect."""
    connected = Connection.objects.filter(kind=Connection.Kind.CLEARINGHOUSE).order_by("pk")
    names = connected.values_list("adapter", flat=True)
    return list(dict.fromkeys([*names, *adapters_of(Connection.Kind.CLEARINGHOUSE)]))
