"""Each link to the outside: how it stands, what passed through it, what is to be done. Never a credential."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max
from django.urls import reverse

from apps.connectors.models import Connection, Transmission
from apps.core import clock
from apps.core.shown import counted
from apps.core.templatetags.ui import moment
from apps.patient_balances.models import Message
from apps.practice.models import Payer, PayerChannel, ProviderEnrollment
from apps.remittances.models import BankAccount, BankFile
from apps.workspace.setup.agreements import name_of, register

RECENT = timedelta(days=1)
# A bank's file is fetched by a person; one a week keeps the deposits within their ten days (docs/remittances.md).
BANK_FILE_EVERY = timedelta(days=7)
WORST_FIRST = ("problem", "watch", "waiting", "off", "good")
Kind = Connection.Kind
# Where a link stands on the map, what flows there, and its icon.
_FLOWS = {
    "ehr": ("EHR", "Visits, charges and coverage in", "visits, charges →", "", "file"),
    "ch": ("Clearinghouse", "Claims and questions out, answers and remittances in", "claims, 270 →", "← 835, 277, 271", "split"),
    "card": ("Card processor", "Opaque references out, payments in", "opaque IDs →", "← payments", "balances"),
    "sms": ("Phone", "Texts out, replies and missed calls in", "texts →", "← replies, calls", "message"),
    "mail": ("Email", "Emails to patients and staff", "emails →", "", "mail"),
    "bank": ("Bank", "Deposits in, by a file that a person brings", "deposits →", "", "bank"),
    "payers": ("Payers", "Enrollments for claims, eligibility, status and remittances", "", "", "eligibility"),
}  # fmt: skip
_PLACES = {Kind.EHR: "ehr", Kind.CLEARINGHOUSE: "ch", Kind.PAYMENTS: "card"}


@dataclass(frozen=True, slots=True)
class Link:
    """One system. `passed`: what went through it in the last 24 hours; `advice`: what to do, empty where nothing is."""

    place: str
    name: str
    about: str
    state: str
    word: str
    last_success: datetime | None
    last_failure: str
    failed_at: datetime | None
    passed: str
    advice: str
    agreement: str = ""
    connection: Connection | None = None
    href: str = ""
    act: str = ""

    @property
    def flow(self) -> str:
        return _FLOWS[self.place][1]


@dataclass(frozen=True, slots=True)
class Node:
    """A place of the map, as its worst link stands; without any, not connected."""

    place: str
    title: str
    about: str
    state: str
    word: str
    out: str
    back: str
    icon: str

    @property
    def line(self) -> str:
        """Nothing passes over a dashed line."""
        return {"problem": "problem", "watch": "watch", "good": ""}.get(self.state, "off")


def links(now: datetime) -> list[Link]:
    """The worst first."""
    found = [*_connections(now), *_banks(now), _payers()]
    return sorted(found, key=lambda link: (WORST_FIRST.index(link.state), link.name.lower()))


def nodes(found: Sequence[Link]) -> dict[str, Node]:
    """By place, every place of the map."""
    return {place: _node(place, [link for link in found if link.place == place]) for place in _FLOWS}


def _node(place: str, mine: Sequence[Link]) -> Node:
    title, _, out, back, icon = _FLOWS[place]
    if not mine:
        return Node(place, title, "", "waiting", "Not connected", out, back, icon)
    worst = mine[0]
    more = f" and {len(mine) - 1} more" if len(mine) > 1 else ""
    return Node(place, f"{worst.name}{more}", worst.about, worst.state, worst.word, out, back, icon)


def _connections(now: datetime) -> Iterator[Link]:
    passed, sent = _passed(now), _sent(now)
    agreements = {row.vendor: row for row in register(clock.practice_date(now))}
    for connection in Connection.objects.defer("settings").order_by("name"):
        place = _place(connection)
        state, word, advice = _standing(connection)
        agreement = agreements.get(connection.adapter)
        told = passed.get(connection.pk, "")
        if connection.kind == Kind.MESSAGING:
            told = sent.get(place, "")
        yield Link(
            place=place,
            name=connection.name,
            about=f"{_FLOWS[place][0]}, {name_of(connection.adapter)}",
            state=state,
            word=word,
            last_success=connection.last_answer_at,
            last_failure=connection.last_failure or connection.failed_with,
            failed_at=connection.failed_at,
            passed=told or "Nothing",
            advice=advice,
            agreement=agreement.word if agreement else "",
            connection=connection,
        )


def _place(connection: Connection) -> str:
    if connection.kind == Kind.MESSAGING:
        return "mail" if connection.adapter == "smtp" else "sms"
    return _PLACES[Kind(connection.kind)]


def _standing(connection: Connection) -> tuple[str, str, str]:
    if not connection.enabled:
        return "off", "Switched off", "Nothing passes through it. Switch it on where it should."
    if connection.last_failure:
        return (
            "problem",
            "Does not answer",
            "Correct first what the failure names, for example credentials; then test it.",
        )
    if connection.last_answer_at is None:
        return "waiting", "Not tried yet", "Not asked yet. Test it."
    return "good", f"Up, {moment(connection.last_answer_at)}", ""


def _passed(now: datetime) -> Mapping[int, str]:
    """By connection, files and answers that the journal has of the last 24 hours."""
    rows = Transmission.objects.filter(at__gt=now - RECENT, at__lte=now, connection__isnull=False).order_by()
    counts: dict[int, dict[str, int]] = {}
    for connection, direction, number in rows.values_list("connection", "direction").annotate(Count("pk")):
        counts.setdefault(connection, {})[direction] = number
    return {key: _in_and_out(each.get("in", 0), each.get("out", 0)) for key, each in counts.items()}


def _in_and_out(came: int, left: int) -> str:
    return ", ".join([*([f"{left:,} out"] if left else []), *([f"{came:,} in"] if came else [])])


def _sent(now: datetime) -> Mapping[str, str]:
    rows = Message.objects.filter(sent_at__gt=now - RECENT, sent_at__lte=now).order_by()
    counts = dict(rows.values_list("channel").annotate(Count("pk")))
    places = {"sms": "sms", "email": "mail"}
    return {places[channel]: f"{number:,} out" for channel, number in counts.items() if channel in places}


def _banks(now: datetime) -> Iterator[Link]:
    last = dict(BankFile.objects.order_by().values_list("account").annotate(Max("received_at")))
    for account in BankAccount.objects.order_by("name"):
        came = last.get(account.pk)
        late = came is None or now - came > BANK_FILE_EVERY
        word = "No file yet" if came is None else f"File of {moment(came)}"
        yield Link(
            place="bank",
            name=account.name,
            about="Bank, file brought by hand",
            state="watch" if late else "good",
            word=word,
            last_success=came,
            last_failure="",
            failed_at=None,
            passed="1 in" if came and now - came <= RECENT else "Nothing",
            advice="Export the days since from the bank's site and upload them." if late else "",
            href=reverse("remittances:bank_upload"),
            act="Upload a file",
        )


def _payers() -> Link:
    """Enrollments that are not through: without one a payer takes no claim, or answers on paper."""
    open_states = ("to_do", "applied", "refused")
    number = Payer.objects.count()
    channels = dict(
        PayerChannel.objects.filter(enrollment__in=open_states).values_list("enrollment").annotate(Count("pk"))
    )
    people = dict(ProviderEnrollment.objects.filter(state__in=open_states).values_list("state").annotate(Count("pk")))
    refused, to_do, applied = (
        channels.get(state, 0) + people.get(state, 0) for state in ("refused", "to_do", "applied")
    )
    state = "problem" if refused else "watch" if to_do else "waiting" if applied or not number else "good"
    told = [(refused, "refused"), (to_do, "to do"), (applied, "applied for")]
    words = ", ".join(f"{count} {word}" for count, word in told if count)
    return Link(
        place="payers",
        name=counted(number, "payer,payers"),
        about="Enrollments by payer and by provider",
        state=state,
        word=f"Enrollments: {words}" if words else "No enrollment is open" if number else "None entered",
        last_success=None,
        last_failure="",
        failed_at=None,
        passed="",
        advice=_ENROLLMENT_ADVICE[state] if number else "Payers come with the first charges, or from a CSV file.",
        href=reverse("settings:payers"),
        act="Payers",
    )


_ENROLLMENT_ADVICE = {
    "problem": "Look at what was refused, and apply again.",
    "watch": "Send the applications still to do; claims wait for them.",
    "waiting": "Wait for the answers; enter each as it comes.",
    "good": "",
}
