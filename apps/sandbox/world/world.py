"""A clock, an agenda of what is due, and the state. Rooms register what they do when something is due."""

import asyncio
import heapq
import json
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from . import snapshot
from .chance import Chance
from .knobs import NOT_WHILE_RUNNING, Knobs
from .people import People
from .practice import PROVIDERS, ZONE
from .schedule import LONGEST_LEAD, Schedule, Visit
from .state import Item, State

logger = logging.getLogger("sandbox")
Happening = Callable[["World", datetime, dict[str, str]], Awaitable[None]]
MOST_AT_ONCE = 4
SNAPSHOT_SHARE = 100  # writing the snapshot may take at most a hundredth of the time
SNAPSHOT_EVERY = 60  # seconds, where nothing that was due happened
SHORTEST_WAIT = timedelta(seconds=5)


@dataclass(frozen=True)
class Options:
    state_dir: Path
    app_url: str = "http://127.0.0.1:8000"
    seed: int = 7
    host: str = "127.0.0.1"
    http_port: int = 0
    sftp_port: int = 0
    virtual_now: datetime | None = None
    knobs: dict[str, object] = field(default_factory=dict)
    demo_speed: float = 1.0  # how many times faster than the wall clock the outside world answers


class World:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.chance = Chance(options.seed)
        self.path = options.state_dir / f"world-{options.seed}.json"
        began = (options.virtual_now or datetime.now(UTC)).astimezone(UTC)
        found = snapshot.load(self.path)
        if found:
            self.state, self.knobs = found
        else:
            self.state, self.knobs = State(now=began, began=began, planned_until=began), Knobs().turned(options.knobs)
        self._keep_knobs()
        self.people = People(self.chance, self.knobs, tuple(provider.id for provider in PROVIDERS))
        self.schedule = Schedule(self.chance, self.knobs, self.people)
        self.happenings: dict[str, Happening] = {}
        # Kinds of which several may happen side by side, and whom one concerns: of one subject they stay in order.
        self.subjects: dict[str, Callable[[Item], str]] = {}
        self.http_url = ""
        self.sftp_port = 0
        self._turn = asyncio.Lock()
        self._work: set[asyncio.Task[None]] = set()
        self._saved_at, self._save_took = 0.0, 0.0

    @property
    def virtual(self) -> bool:
        return self.options.virtual_now is not None

    @property
    def now(self) -> datetime:
        return self.state.now if self.virtual else datetime.now(UTC)

    def wait(self, wanted: timedelta) -> timedelta:
        """How long something that takes `wanted` takes here: a demo's payers answer in minutes."""
        return max(wanted / self.options.demo_speed, min(wanted, SHORTEST_WAIT))

    @property
    def counts(self) -> Counter[str]:
        return self.state.counts

    def serial(self, kind: str) -> int:
        self.state.serials[kind] += 1
        return self.state.serials[kind]

    def turn_knobs(self, changes: dict[str, object]) -> None:
        """Raises ValueError for what no knob takes or what cannot change once the world has begun."""
        fixed = NOT_WHILE_RUNNING & changes.keys()
        if fixed:
            raise ValueError(f"{', '.join(sorted(fixed))}: only at the start (--knobs), the past hangs on it.")
        self.knobs = self.knobs.turned(changes)
        self._keep_knobs()

    def _keep_knobs(self) -> None:
        self.state.knobs = json.dumps(self.knobs.__dict__)

    def plan(self, when: datetime, kind: str, key: str, /, **payload: str) -> None:
        heapq.heappush(self.state.agenda, Item(when.astimezone(UTC), kind, key, payload))

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Work that an upload starts; the clock waits for it before it moves."""
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._work.discard(task)
        if not task.cancelled() and task.exception():
            self.counts["errors"] += 1
            logger.error("Work failed.", exc_info=task.exception())

    async def settle(self) -> None:
        while self._work:
            await asyncio.wait(self._work)

    async def advance(self, to: datetime) -> Counter[str]:
        """Everything due up to `to` happens in the order of time. Returns how much of each kind happened."""
        to = to.astimezone(UTC)
        async with self._turn:
            done: Counter[str] = Counter()
            await self.settle()
            self._plan_visits(to)
            while self.state.agenda and self.state.agenda[0].when <= to:
                items = self._next_together(to)
                self.state.now = max(self.state.now, items[-1].when)
                await asyncio.gather(*(self._happen(item, done) for item in items))
                await self.settle()
            self.state.now = max(self.state.now, to)
            self._save_when_cheap(busy=bool(done))
            return done

    def _next_together(self, to: datetime) -> list[Item]:
        """What is due first, and with it those of its kind that follow at once and concern others."""
        agenda = self.state.agenda
        first = heapq.heappop(agenda)
        items, subject = [first], self.subjects.get(first.kind)
        if subject is None:
            return items
        concerned = {subject(first)}
        while len(items) < MOST_AT_ONCE and agenda and agenda[0].kind == first.kind and agenda[0].when <= to:
            if subject(agenda[0]) in concerned:
                break
            items.append(heapq.heappop(agenda))
            concerned.add(subject(items[-1]))
        return items

    def hurry(self, kinds: frozenset[str]) -> int:
        """What of these kinds is still to come becomes due now. Returns how many."""
        now, hurried = self.now, 0
        for item in self.state.agenda:
            if item.kind in kinds and item.when > now:
                item.when, hurried = now, hurried + 1
        heapq.heapify(self.state.agenda)
        return hurried

    async def _happen(self, item: Item, done: Counter[str]) -> None:
        done[item.kind] += 1
        try:
            await self.happenings[item.kind](self, item.when, item.payload)
        except Exception:
            # One broken happening must not stop the world; the tally shows it and a test that looks there fails.
            self.counts["errors"] += 1
            logger.exception("%s %s failed.", item.kind, item.key)

    def _plan_visits(self, to: datetime) -> None:
        since = self.state.planned_until
        if to <= since:
            return
        first, last = since.astimezone(ZONE).date(), to.astimezone(ZONE).date()
        if self.knobs.announce_checkouts:
            for visit in self.schedule.between(first, last):
                if visit.fate == "Complete" and since < visit.checkout <= to:
                    self.plan(visit.checkout, "checkout", str(visit.id), visit=str(visit.id))
        if self.knobs.announce_bookings != "none":
            for visit in self.schedule.between(first, last + LONGEST_LEAD):
                if since < visit.booked_at <= to and self._announced(visit):
                    self.plan(visit.booked_at, "booking", str(visit.id), visit=str(visit.id))
        self.state.planned_until = to

    def _announced(self, visit: Visit) -> bool:
        return self.knobs.announce_bookings == "all" or visit.start - visit.booked_at < timedelta(hours=24)

    def _save_when_cheap(self, *, busy: bool) -> None:
        since = time.monotonic() - self._saved_at
        if since > (SNAPSHOT_SHARE * self._save_took if busy else SNAPSHOT_EVERY):
            self.save()

    def save(self) -> None:
        started = time.monotonic()
        snapshot.save(self.state, self.path)
        self._saved_at = time.monotonic()
        self._save_took = self._saved_at - started
