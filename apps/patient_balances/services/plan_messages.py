"""Plan the touches that are due now: rows first, one message per patient, within hours, limits and consents (DOMAIN 6)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from apps.core.clock import practice_date
from apps.intake.models import Patient
from apps.patient_balances.encode import link_url, masked, new_link, practice_words, required
from apps.patient_balances.models import Balance, Message, PaymentLink
from apps.patient_balances.rules import guard, texts
from apps.patient_balances.rules.channels import NoWay, Way, choose
from apps.patient_balances.rules.limits import WEEK, may_hear
from apps.patient_balances.rules.sequence import VERSION_1, Close, Touch, due, loudest
from apps.patient_balances.rules.windows import is_open
from apps.patient_balances.rules.zones import zones_of
from apps.patient_balances.selectors.sums import owed_by_balance
from apps.patient_balances.selectors.ways import Usable, consents_in_force, pausing, unreachable, usable_channels
from apps.patient_balances.services.report_setup import (
    anything_lacks,
    clear_lacking,
    report_blocked_words,
    report_lacking,
)
from apps.patient_balances.services.reroute import CONSENT_ENDED, reroute_unconsented
from apps.patient_balances.services.work import Tasks, open_for_balances, open_for_messages
from apps.practice.models import Practice

PATIENTS_A_CHUNK = 200
State = Message.State
# Rows of a touch in one of these have not settled: the next touch waits for them.
_UNSETTLED = (State.WAITING, State.SENDING, State.UNKNOWN, State.TO_MAIL)
_IDENTITY = ("balance", "touch")
_PLANNED = (
    "channel",
    "address",
    "body",
    "state",
    "due_at",
    "words",
    "link",
    "sent_with",
    "attempts",
    "problem",
    "work_item",
)
_NOT_HEARD = (State.CANCELLED, State.FAILED, State.JOINED, State.TO_MAIL)


@dataclass(frozen=True, slots=True)
class PlannedMessages:
    """`messages`: public ids of all that is due to leave now; `letters`: those that a person mails; `closed`: sequences ended."""

    messages: tuple[str, ...] = ()
    planned: int = 0
    letters: int = 0
    closed: int = 0


def plan_messages(*, now: datetime) -> PlannedMessages:
    """Safe to call at any hour and as often as one likes: a touch exists once, by a constraint of the database."""
    practice = Practice.objects.first()
    if practice is None:
        return PlannedMessages()
    reroute_unconsented(Message.objects.all(), why=CONSENT_ENDED, now=now)
    planned = letters = closed = 0
    patients = _patients(0, now)
    # Nobody to write to, and nothing that waits for a channel: then it does not matter which may be used.
    usable = usable_channels(practice_date(now)) if patients or anything_lacks() else Usable()
    clear_lacking(usable.connections, now=now)
    while patients:
        with transaction.atomic():
            part = _Chunk(patients, practice, usable, now).run()
        planned, letters, closed = planned + part.planned, letters + part.letters, closed + part.closed
        patients = _patients(patients[-1], now) if len(patients) == PATIENTS_A_CHUNK else []
    waiting = Message.objects.filter(state=State.WAITING, due_at__lte=now).order_by("pk")
    return PlannedMessages(tuple(waiting.values_list("public_id", flat=True)), planned, letters, closed)


def _patients(after: int, now: datetime) -> list[int]:
    """Those of whom a balance may have a step due. One that was written of lately, or whose letter still lies here, has none."""
    lately = now - timedelta(days=VERSION_1.rest - 1)
    rests = Message.objects.filter(Q(sent_at__gt=lately) | Q(state__in=_UNSETTLED), balance=OuterRef("pk"))
    live = Balance.objects.filter(
        ~Exists(rests.exclude(state=State.CANCELLED)), state=Balance.State.OPEN, patient_id__gt=after
    )
    return list(live.order_by("patient_id").values_list("patient_id", flat=True).distinct()[:PATIENTS_A_CHUNK])


@dataclass(slots=True)
class _Chunk:
    """Some patients' open balances, read in a constant number of queries, planned one patient at a time, written in bulk."""

    patient_ids: Sequence[int]
    practice: Practice
    usable: Usable
    now: datetime
    messages: list[Message] = field(default_factory=list)
    joined: list[tuple[Message, Message]] = field(default_factory=list)
    closing: list[Balance] = field(default_factory=list)
    lacking: set[str] = field(default_factory=set)
    blocked: list[guard.Fault] = field(default_factory=list)

    def run(self) -> PlannedMessages:
        balances = self._balances()
        owed = owed_by_balance([row.pk for row in balances])
        history = _history(balances)
        due_now = list(self._due(balances, owed, history))
        consents = consents_in_force({row.patient_id for row, _ in due_now})
        self._close(owed)
        dead = unreachable({way.address for ways in consents.values() for way in ways})
        heard = _heard({row.patient_id for row, _ in due_now}, consents, self.now)
        by_patient: defaultdict[Patient, list[tuple[Balance, Touch]]] = defaultdict(list)
        for balance, touch in due_now:
            by_patient[balance.patient].append((balance, touch))
        for patient, group in by_patient.items():
            way = choose(consents.get(patient.pk, []), unreachable=dead, usable=self.usable.connections)
            self._plan_patient(patient, group, way, heard, consents)
        return self._write()

    def _balances(self) -> list[Balance]:
        paused = pausing().filter(
            Q(patient=OuterRef("patient")) | Q(address=OuterRef("patient__phone"), address__gt="")
        )
        rows = Balance.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            ~Exists(paused), patient__in=self.patient_ids, state=Balance.State.OPEN
        )
        return list(rows.select_related("patient").order_by("patient_id", "opened_at", "pk"))

    def _due(
        self, balances: Sequence[Balance], owed: Mapping[int, Decimal], history: Mapping[int, list[Message]]
    ) -> Iterator[tuple[Balance, Touch]]:
        today = practice_date(self.now)
        for balance in balances:
            rows = history[balance.pk]
            if owed[balance.pk] < max(self.practice.minimum_balance, Decimal("0.01")) or _is_waiting(rows):
                continue
            step = due(_sent_on(rows), today)
            if isinstance(step, Close):
                self.closing.append(balance)
            elif step and step not in {row.touch for row in rows}:
                yield balance, step

    def _close(self, owed: Mapping[int, Decimal]) -> None:
        for balance in self.closing:
            balance.state = Balance.State.SEQUENCE_DONE
        Balance.objects.bulk_update(self.closing, ["state"])
        open_for_balances([(row, Tasks.REVIEW, owed[row.pk]) for row in self.closing], now=self.now)

    def _plan_patient(
        self,
        patient: Patient,
        group: list[tuple[Balance, Touch]],
        way: Way | NoWay,
        heard: "_Heard",
        consents: Mapping[int, list[Way]],
    ) -> None:
        if way is NoWay.WAIT:
            self.lacking |= {each.channel for each in consents[patient.pk]} & set(self.usable.lacking)
        elif way is NoWay.PAPER:
            self._add(group, Message(channel=Message.Channel.PAPER, state=State.TO_MAIL))
        elif isinstance(way, Way) and self._may_write(patient, way, heard):
            message = self._written(patient, way, group)
            if message:
                self._add(group, message)
                heard.add(patient.pk, way.address, practice_date(self.now))

    def _may_write(self, patient: Patient, way: Way, heard: "_Heard") -> bool:
        zones = zones_of(state=patient.state, postcode=patient.postcode, phone=patient.phone)
        return is_open(self.now, zones) and heard.may_hear(patient.pk, way.address, practice_date(self.now))

    def _written(self, patient: Patient, way: Way, group: list[tuple[Balance, Touch]]) -> Message | None:
        """The message with its words and link; None where the guard refuses it, which a person then sees."""
        link, token = new_link(group[0][0], now=self.now)
        url = link_url(token)
        words = loudest([touch for _, touch in group])
        body = texts.body_of(
            way.channel, words, texts.language_of(patient.language), practice_words(self.practice, url)
        )
        found = guard.faults(body, required(self.practice, url))
        if found:
            self.blocked += found
            return None
        return Message(channel=way.channel, address=way.address, body=masked(body, token), link=link)

    def _add(self, group: list[tuple[Balance, Touch]], message: Message) -> None:
        (first, touch), *others = group
        words = loudest([each for _, each in group])
        message.balance, message.touch, message.words, message.due_at = first, touch, words, self.now
        self.messages.append(message)
        for balance, each in others:
            row = Message(balance=balance, touch=each, words=words, channel=message.channel, address=message.address)
            row.state, row.due_at = State.JOINED, self.now
            self.joined.append((row, message))

    def _write(self) -> PlannedMessages:
        PaymentLink.objects.bulk_create([row.link for row in self.messages if row.link])
        _write_rows(self.messages)
        for row, carrier in self.joined:
            row.sent_with = carrier
        _write_rows([row for row, _ in self.joined])
        letters = [row for row in self.messages if row.state == State.TO_MAIL]
        open_for_messages(letters, Tasks.LETTER, now=self.now)
        report_lacking({channel: self.usable.lacking[channel] for channel in self.lacking}, now=self.now)
        report_blocked_words(self.blocked, now=self.now)
        return PlannedMessages((), len(self.messages) - len(letters), len(letters), len(self.closing))


def _write_rows(rows: Sequence[Message]) -> None:
    """A touch that was taken back before it left is planned again in its own row."""
    Message.objects.bulk_create(rows, update_conflicts=True, unique_fields=_IDENTITY, update_fields=_PLANNED)


def _history(balances: Sequence[Balance]) -> defaultdict[int, list[Message]]:
    found: defaultdict[int, list[Message]] = defaultdict(list)
    for row in Message.objects.filter(balance__in=balances).exclude(state=State.CANCELLED).select_related("sent_with"):
        found[row.balance_id].append(row)
    return found


def _is_waiting(rows: Sequence[Message]) -> bool:
    return any((row.sent_with or row).state in _UNSETTLED for row in rows)


def _sent_on(rows: Sequence[Message]) -> dict[Touch, date]:
    return {Touch(row.touch): practice_date(row.sent_at) for row in rows if row.sent_at}


@dataclass(slots=True)
class _Heard:
    """Days on which a patient, or an address that several share, heard from us."""

    by_patient: defaultdict[int, list[date]] = field(default_factory=lambda: defaultdict(list))
    by_address: defaultdict[str, list[date]] = field(default_factory=lambda: defaultdict(list))

    def add(self, patient_id: int, address: str, day: date) -> None:
        self.by_patient[patient_id].append(day)
        self.by_address[address].append(day)

    def may_hear(self, patient_id: int, address: str, day: date) -> bool:
        return may_hear(self.by_patient[patient_id], day) and may_hear(self.by_address[address], day)


def _heard(patients: set[int], consents: Mapping[int, list[Way]], now: datetime) -> _Heard:
    heard = _Heard()
    addresses = {way.address for ways in consents.values() for way in ways}
    recent = Message.objects.filter(
        Q(balance__patient__in=patients) | Q(address__in=addresses), due_at__gt=now - WEEK - timedelta(days=1)
    ).exclude(state__in=_NOT_HEARD)
    for patient, address, sent_at, due_at in recent.values_list("balance__patient_id", "address", "sent_at", "due_at"):
        heard.add(patient, address, practice_date(sent_at or due_at))
    return heard
