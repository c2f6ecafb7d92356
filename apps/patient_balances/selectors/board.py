"""The sequence board: every balance that is not settled, by where it stands, with what is owed now from the ledger."""

from collections.abc import Callable, Mapping, Sequence
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
from apps.intake.models import Patient
from apps.ledger.models import Account
from apps.patient_balances.models import LIVE, Balance, Message
from apps.patient_balances.rules.sequence import Touch, following
from apps.patient_balances.selectors.owed import owed_now
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
_OWED_OF_MESSAGE = f"balance__ledger_balance__{Account.PATIENT_RECEIVABLE.value}"
_TOUCHES = {place: touch for touch, place in _AFTER.items()}
_FLAGS = tuple(place.key for place in BESIDE)
_GONE = (State.PAID, State.WITHDRAWN, State.WRITTEN_OFF)
_STATES = {"review": (State.SEQUENCE_DONE,), "credit": (State.CREDIT,), "paid": _GONE}
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
    last = messages.exclude(sent_at=None).order_by("-sent_at", "-pk").values("touch")[:1]
    # By a question of its own and not by a join: of a list in order of what is owed the keys are sorted without their patients.
    number = Subquery(Patient.objects.filter(pk=OuterRef(OuterRef("patient"))).values("phone"))
    wrote = pausing().filter(Q(patient=OuterRef("patient")) | Q(address=number, address__gt=""))
    return (
        _shown(now)
        .annotate(
            owed=owed_now(),
            last_touch=Subquery(last),
            letter=Exists(messages.filter(state=Message.State.TO_MAIL)),
            unknown=Exists(messages.filter(state=Message.State.UNKNOWN)),
            paused=Exists(wrote),
        )
        .annotate(place=_place())
    )


def _shown(now: datetime) -> "QuerySet[Balance]":
    return Balance.objects.filter(~Q(state__in=_GONE) | Q(paid_at__gt=now - RECENTLY))


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
    """Those of one place; all that is not settled where it is empty or unknown.

    Asked of what an index finds: to work out the place of every balance takes a look at the messages of each.
    """
    return found.filter(_is_in(place))


def _is_in(place: str) -> Q:
    if place in _FLAGS:
        return _FLAGGED[place]() & Q(state__in=LIVE)
    if place in _AFTER.values():
        return Q(state=State.OPEN, pk__in=_last_sent().filter(touch=_TOUCHES[place]).values("balance"))
    if place == "day_0":
        return Q(~Exists(Message.objects.filter(balance=OuterRef("pk"), sent_at__isnull=False)), state=State.OPEN)
    if place in _NAMED_STOPS:
        return Q(state=State.STOPPED, stopped_reason=place)
    if place == "stopped":
        return Q(state=State.STOPPED) & ~Q(stopped_reason__in=_NAMED_STOPS)
    return Q(state__in=_STATES.get(place, LIVE))


def _last_sent() -> "QuerySet[Message]":
    """Of each balance the message that left last."""
    later = Q(sent_at__gt=OuterRef("sent_at")) | Q(sent_at=OuterRef("sent_at"), pk__gt=OuterRef("pk"))
    return Message.objects.filter(
        ~Exists(Message.objects.filter(later, balance=OuterRef("balance"))), sent_at__isnull=False
    )


def _wrote() -> Q:
    """Few write, and many owe: who wrote is looked up first."""
    found = list(pausing().order_by().values_list("patient", "address"))
    numbers = [address for _, address in found if address]
    of_number = Patient.objects.filter(phone__in=numbers).values_list("pk", flat=True)
    return Q(patient__in={key for key, _ in found if key is not None} | set(of_number))


def _with_message(state: Message.State) -> Q:
    return Q(pk__in=Message.objects.filter(state=state).order_by().values("balance"))


_FLAGGED: Mapping[str, Callable[[], Q]] = {
    "letter": lambda: _with_message(Message.State.TO_MAIL),
    "unknown": lambda: _with_message(Message.State.UNKNOWN),
    "paused": _wrote,
}


def totals(now: datetime) -> dict[str, PlaceSum]:
    """Count and money of every place, in a constant number of queries; a place without balances is left out."""
    sums = _by_state(now)
    told = _last_sent().filter(balance__state=State.OPEN).values_list("touch").order_by()
    for touch, number, amount in told.annotate(Count("pk"), Sum(_OWED_OF_MESSAGE, default=ZERO)):
        _move(sums, "day_0", _AFTER[Touch(touch)], PlaceSum(number, amount))
    live = Balance.objects.filter(state__in=LIVE)
    for flag in _FLAGS:
        found = live.filter(_FLAGGED[flag]()).annotate(owed=owed_now())
        sums[flag] = PlaceSum(**found.aggregate(number=Count("pk"), amount=Sum("owed", default=ZERO)))
    return {place: each for place, each in sums.items() if each.number}


def _by_state(now: datetime) -> dict[str, PlaceSum]:
    """As though no message had ever left."""
    sums: dict[str, PlaceSum] = {}
    found = _shown(now).annotate(owed=owed_now()).values_list("state", "stopped_reason").order_by()
    for state, reason, number, amount in found.annotate(Count("pk"), Sum("owed")):
        place = _placed(state, reason)
        before = sums.get(place, PlaceSum())
        sums[place] = PlaceSum(before.number + number, before.amount + amount)
    return sums


def _placed(state: str, reason: str) -> str:
    if state == State.STOPPED:
        return reason if reason in _NAMED_STOPS else "stopped"
    return {State.OPEN: "day_0", State.SEQUENCE_DONE: "review", State.CREDIT: "credit"}.get(State(state), "paid")


def _move(sums: dict[str, PlaceSum], start: str, end: str, part: PlaceSum) -> None:
    before = sums.get(start, PlaceSum())
    sums[start] = PlaceSum(before.number - part.number, before.amount - part.amount)
    sums[end] = part


def number_in(sums: Mapping[str, PlaceSum], place: str) -> int:
    """How many `in_place` finds."""
    return (sums.get(place, PlaceSum()) if place in PLACES else all_open(sums)).number


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
