"""A world of its own for a test: it runs in this process, in a folder of the test, without any server."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import httpx

from apps.sandbox.payers import members, policy
from apps.sandbox.rooms import Rooms, furnish
from apps.sandbox.wire.edi import Scan, at
from apps.sandbox.world.practice import ZONE
from apps.sandbox.world.world import Options, World
from tests.sandbox.outgoing import Sent, billable, interchange

NOWHERE = "http://127.0.0.1:9"  # nobody listens there: webhooks are refused at once
MONDAY_EVENING = datetime(2026, 10, 5, 18, tzinfo=ZONE)
# Nothing by chance: a test turns on what it is about.
CALM: dict[str, object] = {
    "visits_per_day": 12,
    "announce_bookings": "none",
    "announce_checkouts": False,
    "denials": dict.fromkeys(("50", "97", "16", "22", "197", "29", "96", "B7", "4"), 0.0),
    "mess": dict.fromkeys(("missing_address", "lapsed", "wrong_member_id", "other_payer", "missing_modifier_25"), 0.0),
    "payer_reject": 0.0,
    "clearinghouse_reject": 0.0,
    "interest": 0.0,
    "recoupment": 0.0,
    "underpays": 0.0,
}
Result = TypeVar("Result")


class Town:
    def __init__(
        self,
        folder: Path,
        *,
        seed: int = 7,
        now: datetime = MONDAY_EVENING,
        calm: bool = True,
        app_url: str = NOWHERE,
        **knobs: Any,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._runner = asyncio.Runner()
        base = CALM if calm else {"visits_per_day": 12, "announce_checkouts": False}
        mess = base.get("mess", {})
        wanted = {**base, **knobs}
        if "mess" in knobs and isinstance(mess, dict):
            wanted["mess"] = {**mess, **knobs["mess"]}
        options = Options(folder, app_url=app_url, seed=seed, virtual_now=now, knobs=wanted)
        self.world = World(options)
        self.rooms: Rooms = furnish(self.world)
        self._sent = 0

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self._runner.run(work)

    def close(self) -> None:
        self.run(self.rooms.close())
        self._runner.close()

    def visits(self, days: int = 1) -> list[Sent]:
        return billable(self.world, days)

    def visit(self, *, payer: str = "", code: str = "", child: bool | None = None, days: int = 30) -> Sent:
        """The first completed visit of an insured patient that fits; the clock moves to the evening of its day."""
        for sent in billable(self.world, days):
            cover = sent.patient.coverage
            assert cover is not None
            fits = payer in {"", cover.payer.payer_id} and (
                not code or code in {line.code for line in sent.visit.lines}
            )
            if fits and (child is None or child == (cover.relationship != "18")):
                evening = datetime.combine(sent.visit.day, self.world.now.astimezone(ZONE).timetz())
                self.world.state.now = max(self.world.now, evening)
                return sent
        raise AssertionError("The book holds no such visit.")

    def send(self, claims: Sequence[Sent], *, number: int = 0) -> int:
        self._sent = number or self._sent + 1
        self.upload(f"B{self._sent}.CLP", interchange(claims, self._sent))
        return self._sent

    def upload(self, name: str, text: str) -> None:
        self.run(self.rooms.desk.collect(name, text.encode("latin-1"), self.world.now))

    def advance(self, **delta: float) -> None:
        self.run(self.world.advance(self.world.now + timedelta(**delta)))

    def files(self, kind: str) -> list[str]:
        found = sorted(self.rooms.mailbox.download.glob(f"*.{kind}.txt"))
        return [path.read_bytes().decode("latin-1") for path in found]

    def rows(self, kind: str, *names: str) -> list[list[str]]:
        """The segments of these names in all files of a kind, in order."""
        return [row for text in self.files(kind) for row in scan(text).segments if row[0] in names]

    def statuses(self, control: str) -> list[str]:
        """The claim's STC01 in each 277CA, in order."""
        found, wanted = [], False
        for row in self.rows("277", "TRN", "STC"):
            if row[0] == "TRN":
                wanted = at(row, 2) == control
            elif wanted:
                found.append(row[1])
        return found

    def call(self, method: str, path: str, *, caller: str = "127.0.0.1", **options: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.rooms.app, client=(caller, 50000))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, **options)

        return self.run(ask())

    def decide(self, sent: Sent) -> policy.Decision:
        """Adjudicate a claim as its payer would, without the wires."""
        self.send([sent])
        self.advance(minutes=1)
        claim = next(each for each in self.world.state.claims.values() if each.control == sent.control)
        member = members.find(self.world, claim.payer_id, claim.subscriber[2])
        assert member is not None
        return policy.decide(self.world, member, claim)


def scan(text: str) -> Scan:
    found = Scan.of(text)
    assert found is not None
    return found


def dollars(text: str) -> Decimal:
    return Decimal(text)
