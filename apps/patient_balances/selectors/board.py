"""The sequence board: every balance that is not settled, by where it stands, with what is owed now from the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias, TypedDict

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)

from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.ledger.selectors import receivable_now
from apps.patient_balances.models import Balance, Message
from apps.patient_balances.rules.sequence import Touch, following
from apps.patient_balances.selectors.ways import pausing

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

State, Stop = Balance.State, Balance.Stop
RECENTLY = timedelta(days=30)
SORTS = {"patient": ("patient__last_name", "patient__first_name"), "opened": ("opened_at",), "owed": ("owed",)}


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the board. `shape` where it asks for somebody."""

    key: str
    title: str
    shape: str = ""


# Along the line, in the order in which a balance passes them.
LINE = (
    Place("day_0", "Not told yet"),
    Place("day_7", "First notice sent"),
    Place("day_14", "Reminder sent"),
    Place("day_21", "Final notice sent"),
    Place("review", "To review", "watch"),
)
# Beside it: a balance may be here and on the line.
BESIDE = (
    Place("letter", "Letters to mail", "watch"),
    Place("unknown", "Not known if sent", "problem"),
    Place("paused", "Patient wrote", "watch"),
)
STOPPED = (
    Place("dispute", "Disputed", "watch"),
    Place("plan", "Plan asked for", "watch"),
    Place("insurance", "Other insurance", "watch"),
    Place("protected", "May not be billed", "watch"),
    Place("other_coverage", "Other plan first", "watch"),
    Place("stopped", "Stopped otherwise", "off"),
)
SETTLED = (Place("credit", "Credits to refund", "watch"), Place("paid", "Paid in 30 days", "good"))
PLACES = {place.key: place for place in (*LINE, *BESIDE, *STOPPED, *SETTLED)}
_AFTER = {Touch.FIRST: "day_7", Touch.REMINDER: "day_14", Touch.FINAL: "day_21"}
_FLAGS = tuple(place.key for place in BESIDE)
_GONE = (State.PAID, State.WITHDRAWN, State.WRITTEN_OFF)
_NAMED_STOPS = ("dispute", "plan", "insurance", "protected", "other_coverage")


@dataclass(frozen=True, slots=True)
class PlaceSum:
    number: int = 0
    amount: Decimal = ZERO


class Annotated(TypedDict):
    """What `rows` adds to a balance."""

    owed: Decimal
    place: str
    last_touch: str | None
    letter: bool
    unknown: bool
    paused: bool


PlacedBalance: TypeAlias = "WithAnnotations[Balance, Annotated]"


def rows(now: datetime) -> "QuerySet[PlacedBalance]":
    """With `owed`, `place`, `last_touch` and the flags `letter`, `unknown`, `paused`."""
    messages = Message.objects.filter(balance=OuterRef("pk"))
    last = messages.exclude(sent_at=None).order_by("-sent_at").values("touch")[:1]
    wrote = pausing().filter(Q(patient=OuterRef("patient")) | Q(address=OuterRef("patient__phone"), address__gt=""))
    return (
        Balance.objects.filter(~Q(state__in=_GONE) | Q(paid_at__gt=now - RECENTLY))
        .annotate(
            owed=receivable_now(),
            last_touch=Subquery(last),
            letter=Exists(messages.filter(state=Message.State.TO_MAIL)),
            unknown=Exists(messages.filter(state=Message.State.UNKNOWN)),
            paused=Exists(wrote),
        )
        .annotate(place=_place())
    )


def _place() -> Case:
    return Case(
        When(state=State.OPEN, last_touch=None, then=Value("day_0")),
        *(When(state=State.OPEN, last_touch=touch, then=Value(place)) for touch, place in _AFTER.items()),
        When(state=State.SEQUENCE_DONE, then=Value("review")),
        When(state=State.STOPPED, stopped_reason__in=_NAMED_STOPS, then=F("stopped_reason")),
        When(state=State.STOPPED, then=Value("stopped")),
        When(state=State.CREDIT, then=Value("credit")),
        default=Value("paid"),
        output_field=CharField(),
    )


def in_place(found: "QuerySet[PlacedBalance]", place: str) -> "QuerySet[PlacedBalance]":
    """Those of one place; all that is not settled where it is empty or unknown."""
    if place in _FLAGS:
        return found.filter(**{place: True}).exclude(state__in=_GONE)
    if place in PLACES:
        return found.filter(place=place)
    return found.exclude(place__in=("paid", "credit"))


def totals(now: datetime) -> dict[str, PlaceSum]:
    """Count and money of every place, in two queries; a place without balances is left out."""
    found = rows(now)
    by_place = found.values("place").annotate(number=Count("pk"), amount=Sum("owed")).order_by()
    sums = {row["place"]: PlaceSum(row["number"], row["amount"]) for row in by_place}
    live = found.exclude(state__in=(*_GONE, State.CREDIT))
    counted = live.aggregate(
        **{f"{flag}_number": Count("pk", filter=Q(**{flag: True})) for flag in _FLAGS},
        **{f"{flag}_amount": Sum("owed", filter=Q(**{flag: True}), default=ZERO) for flag in _FLAGS},
    )
    for flag in _FLAGS:
        if counted[f"{flag}_number"]:
            sums[flag] = PlaceSum(counted[f"{flag}_number"], counted[f"{flag}_amount"])
    return sums


def all_open(sums: Mapping[str, PlaceSum]) -> PlaceSum:
    """Everything that is on the line or stopped."""
    parts = [sums[place.key] for place in (*LINE, *STOPPED) if place.key in sums]
    return PlaceSum(sum(part.number for part in parts), sum((part.amount for part in parts), ZERO))


def latest_messages(balances: Sequence[Balance]) -> dict[int, Message]:
    """The newest message of each, whatever became of it."""
    found = Message.objects.filter(balance__in=balances).select_related("sent_with")
    newest = found.order_by("balance", "-due_at", "-pk").distinct("balance")
    return {message.balance_id: message for message in newest}


def next_steps(balances: Sequence[Balance]) -> dict[int, tuple[str, date | None]]:
    """What the sequence does next with each open balance, and from which day on; no day where it is due."""
    sent: dict[int, dict[Touch, date]] = {balance.pk: {} for balance in balances}
    told = Message.objects.filter(balance__in=balances, sent_at__isnull=False)
    for key, touch, sent_at in told.values_list("balance_id", "touch", "sent_at"):
        if sent_at:
            sent[key][Touch(touch)] = practice_date(sent_at)
    steps = {}
    for balance in balances:
        step, on = following(sent[balance.pk])
        words = Message.Touch(step).label if isinstance(step, Touch) else "Review"
        steps[balance.pk] = (words, on)
    return steps
