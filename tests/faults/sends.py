"""Senders are killed before, during and after the upload and before its state is saved; then recovery, answers and a person do their part.

The clearinghouse is a real SFTP server that collects a file the moment its handle closes, also when the line broke: what a killed
sender left may be nothing, an empty file or a whole one, and nobody can be asked which.
"""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection as database
from django.test import Client
from django.urls import reverse

from apps.automations.steps import STEPS
from apps.claims.models import Batch, BatchClaim, Claim
from apps.claims.services import (
    acknowledge_claims,
    batch_claims,
    release_batch,
    resolve_unknown_batch,
    scrub_claims,
    submit_batch,
)
from apps.claims.states import ClaimStatus
from apps.connectors import journal
from apps.connectors.models import Connection
from apps.worklist.models import WorkItem
from apps.x12 import read
from tests.claims.answers import f999, ta1
from tests.connectors.sftp_server import FolderServer
from tests.factories.claims import ClaimFactory
from tests.factories.practice import UserFactory
from tests.faults.killable import Warm

MOMENTS = ("before", "during", "after", "unsaved")
State = Batch.State
LATER = timedelta(minutes=15)
# An interchange header: what is shorter is no file that anybody could answer.
SHORTEST = 106


@dataclass(slots=True)
class Found:
    """`kills` by moment. Everything else should be empty or account for all of them: see the tests."""

    kills: Counter[str] = field(default_factory=Counter)
    duplicates: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    sent_by_itself: int = 0
    unknown: int = 0
    hidden: list[str] = field(default_factory=list)
    resolved_by_answer: int = 0
    resolved_by_person: int = 0
    left_open: list[str] = field(default_factory=list)

    def wrong(self) -> dict[str, object]:
        """What should not be, by name; empty where nothing was sent twice, lost, hidden or left open."""
        unaccounted = self.unknown - self.resolved_by_answer - self.resolved_by_person
        told = {
            "duplicates": self.duplicates,
            "lost": self.lost,
            "sent by itself": self.sent_by_itself,
            "unknown and hidden": self.hidden,
            "unknown and never resolved": unaccounted,
            "left open": self.left_open,
        }
        return {name: value for name, value in told.items() if value}


class Senders:
    """`claims` are made ready and batched one by one, and each file has its own killed sender."""

    def __init__(self, process: Warm, server: FolderServer, biller: Client, now: datetime, *, seed: int) -> None:
        self.process, self.server, self.biller, self.now = process, server, biller, now
        self.chance = random.Random(seed)
        self.found = Found()
        self.batches: list[int] = []
        self.quiet = self._undisturbed()

    def kill(self, kills: int) -> Found:
        """So many at each moment, then everything that follows by itself and by people."""
        while lacking := [each for each in MOMENTS if self.found.kills[each] < kills]:
            self._kill_one(lacking[0])
        self._recover()
        self._answer()
        self._decide()
        self._send_released()
        self._count()
        return self.found

    # ------------------------------------------------------------------ killing

    def _undisturbed(self) -> dict[str, Any]:
        """How a sending goes that nobody disturbs: its statements before the upload's end and in all, and how long it takes."""
        answer = self._send(self._file())
        assert answer["became"] == "done", answer
        before, whole, became = answer["told"][-3:]
        assert became == State.SENT, answer
        return {"before": int(before), "whole": int(whole), "seconds": answer["seconds"]}

    def _file(self) -> Batch:
        ClaimFactory(status=ClaimStatus.READY)
        (public_id,) = batch_claims(now=self.now).batches
        batch = Batch.objects.get(public_id=public_id)
        self.batches.append(batch.pk)
        return batch

    def _send(self, batch: Batch, **moment: Any) -> dict[str, Any]:
        name = database.settings_dict["NAME"]
        return self.process.ask({"database": name, "batch": batch.public_id, "now": self.now.isoformat(), **moment})

    def _kill_one(self, moment: str) -> None:
        """Counted by what the sender had reached, not by what was aimed at."""
        batch = self._file()
        answer = self._send(batch, **self._aim(moment))
        assert answer["became"] != "failed", answer
        batch.refresh_from_db()
        if answer["became"] == "killed" and batch.state in {State.WRITTEN, State.SENDING}:
            self.found.kills[_reached(answer["told"])] += 1

    def _aim(self, moment: str) -> dict[str, Any]:
        first, last = self.quiet["before"], self.quiet["whole"]
        a_moment = self.chance.choice((0.0, self.chance.uniform(0.0001, 0.004)))
        aims: dict[str, list[dict[str, Any]]] = {
            "before": [
                {"statement": self.chance.randrange(1, 2 * first) / 2},
                {"stage": "connect", "delay": self.chance.uniform(0.0001, self.quiet["seconds"] / 3)},
            ],
            "during": [{"stage": stage, "delay": a_moment} for stage in ("opened", "written")],
            "after": [{"stage": stage, "delay": a_moment} for stage in ("closed", "leaving")],
            "unsaved": [{"statement": self.chance.randrange(2 * first + 1, 2 * last) / 2}],
        }
        return self.chance.choice(aims[moment])

    # ------------------------------------------------------------------ what follows

    def _recover(self) -> None:
        """What the sweep does: recoveries, and files that were never taken leave. Again and again, as it comes in life."""
        for _ in range(2):
            self._sweep()
        unknown = list(Batch.objects.filter(state=State.UNKNOWN).select_related("transmission", "work_item"))
        self.found.unknown = len(unknown)
        before = len(self.server.collected)
        for batch in Batch.objects.filter(pk__in=[each.pk for each in unknown]):
            submit_batch(batch_id=batch.public_id, now=self.now + LATER)
        self._sweep()
        assert batch_claims(now=self.now + LATER).batches == ()
        self.found.sent_by_itself = len(self.server.collected) - before
        self.found.hidden = [batch.transmission.name for batch in unknown if not self._is_visible(batch)]
        assert not Batch.objects.filter(state__in=(State.WRITTEN, State.SENDING)).exists()

    def _sweep(self) -> None:
        """The scheduled step, and whatever it finds left behind."""
        for step, key in STEPS["sweep"]("", self.now + LATER).then:
            assert STEPS[step](key, self.now + LATER).failure is None

    def _is_visible(self, batch: Batch) -> bool:
        item = batch.work_item
        page = self.biller.get(reverse("claims:batch", args=[batch.public_id])).content.decode()
        open_work = item is not None and item.state == WorkItem.State.OPEN and batch.transmission.name in item.title
        return open_work and "Did this file arrive?" in page

    def _answer(self) -> None:
        """The clearinghouse says what it makes of what it collected: a 999 of a whole file, a TA1 of a broken one, of none nothing."""
        unknown = set(Batch.objects.filter(state=State.UNKNOWN).values_list("pk", flat=True))
        names = {batch.transmission.name: batch for batch in self._ours()}
        for number, (name, payload) in enumerate(self.server.collected):
            batch = names[name]
            if payload == batch.transmission.payload:
                self._receive(f999(batch, "A"), "999", number)
            elif len(payload) >= SHORTEST:
                self._receive(ta1(batch, "R", "024"), "TA1", number)
        assert acknowledge_claims(now=self.now + LATER).unreadable == 0
        self.found.resolved_by_answer = len(unknown) - Batch.objects.filter(pk__in=unknown, state=State.UNKNOWN).count()

    def _receive(self, payload: bytes, kind: str, number: int) -> None:
        connection = Connection.objects.get()
        journal.receive(payload, kind=kind, now=self.now, connection=connection, name=f"{kind}.{number}")

    def _decide(self) -> None:
        """A person finds that no file arrived, or mends what was returned."""
        person = UserFactory()
        for batch in Batch.objects.filter(state=State.UNKNOWN):
            resolve_unknown_batch(
                batch_id=batch.public_id, arrived=False, note="Called.", acting_user=person, now=self.now + LATER
            )
            self.found.resolved_by_person += 1
        for batch in Batch.objects.filter(state=State.REJECTED):
            release_batch(batch_id=batch.public_id, acting_user=person, now=self.now + LATER)

    def _send_released(self) -> None:
        while scrub_claims(now=self.now + LATER).more:
            pass
        batched = batch_claims(now=self.now + LATER)
        for public_id in batched.batches:
            assert submit_batch(batch_id=public_id, now=self.now + LATER) is State.SENT
            batch = Batch.objects.get(public_id=public_id)
            self.batches.append(batch.pk)
            self._receive(f999(batch, "A"), "999", 1_000_000 + batch.pk)
        acknowledge_claims(now=self.now + LATER)

    # ------------------------------------------------------------------ what came of it

    def _ours(self) -> Iterable[Batch]:
        return Batch.objects.filter(pk__in=self.batches).select_related("transmission")

    def _count(self) -> None:
        """By claim, how many whole files with it the clearinghouse has."""
        whole = {batch.transmission.name: batch.transmission.payload for batch in self._ours()}
        arrived: Counter[str] = Counter()
        for name, payload in self.server.collected:
            if payload == whole[name]:
                arrived.update(claim.control_number for claim in _claims_in(payload))
        sent = Claim.objects.values_list("control_number", flat=True)
        self.found.duplicates = sorted(number for number in sent if arrived[number] > 1)
        self.found.lost = sorted(number for number in sent if not arrived[number])
        silent = BatchClaim.objects.filter(in_flight=True, answer=BatchClaim.Answer.NONE)
        self.found.left_open = [
            *Batch.objects.filter(state__in=(State.SENDING, State.UNKNOWN, State.WRITTEN)).values_list(
                "reference", flat=True
            ),
            *silent.values_list("claim__control_number", flat=True),
        ]


def _reached(told: list[str]) -> str:
    if "saving" in told:
        return "unsaved"
    if "closed" in told:
        return "after"
    return "during" if "opened" in told else "before"


def _claims_in(payload: bytes) -> Iterable[Any]:
    return next(iter(read(payload).transactions)).body.claims
