"""What happens to an upload: judged by pyx12, answered, and its sound claims handed on to their payers."""

import asyncio
import json
import logging
from datetime import datetime, timedelta

from apps.sandbox.clearinghouse import acknowledgements as answers
from apps.sandbox.clearinghouse.edits import refusal
from apps.sandbox.clearinghouse.judge import GroupVerdict, Verdict, judge
from apps.sandbox.clearinghouse.reading import claims_of, transaction_sets
from apps.sandbox.payers import status
from apps.sandbox.payers.office import Office
from apps.sandbox.wire import claim_reports
from apps.sandbox.wire.edi import PLAIN, Envelope, Scan, Segment, at, interchanges
from apps.sandbox.wire.identity import NAME, RECEIVER_ID, SUBMITTER_ID, is_inquiry, routed
from apps.sandbox.wire.mailbox import Mailbox
from apps.sandbox.world.state import Claim
from apps.sandbox.world.world import Happening, World

logger = logging.getLogger("sandbox")
UNTIL_999, UNTIL_277CA, UNTIL_277 = timedelta(minutes=3), timedelta(minutes=25), timedelta(minutes=15)
OURSELVES = claim_reports.Source("AY", NAME, "46", RECEIVER_ID)
DUPLICATE, BAD_SENDER, BAD_RECEIVER, UNREADABLE = "025", "006", "008", "024"


class Desk:
    def __init__(self, mailbox: Mailbox, office: Office) -> None:
        self.mailbox, self.office = mailbox, office

    def happenings(self) -> dict[str, Happening]:
        return {
            "acknowledgement": self.acknowledge,
            "clearinghouse report": self.report,
            "status answer": self.answer_status,
        }

    async def collect(self, name: str, payload: bytes, when: datetime) -> None:
        world = self.mailbox.world
        world.counts["uploads"] += 1
        text = payload.decode("latin-1")
        if not routed(name):
            self._complain(
                when, name, "The name routes nowhere: 837P files end in .CLP, 276 files in .276, and hold no other dot."
            )
            return
        if is_inquiry(name):
            self._ask(world, name, text, when)
            return
        for one in interchanges(text):
            await self._judge(world, name, one, when)

    async def _judge(self, world: World, name: str, text: str, when: datetime) -> None:
        scan = Scan.of(text)
        if scan is None or len(scan.isa) < 17:
            self._complain(when, name, "The file does not begin with a whole ISA segment.")
            return
        code = self._envelope_problem(world, scan)
        verdict = Verdict(codes=(code,)) if code else await asyncio.to_thread(judge, text)
        if verdict.codes:
            world.counts["interchanges_rejected"] += 1
            self._answer(world, when, "TA1", f"TA1 {scan.isa[13]}", [answers.ta1(scan.isa, verdict.codes[0])])
            return
        if scan.isa[14] == "1":
            self._answer(world, when, "TA1", f"TA1 {scan.isa[13]}", [answers.ta1(scan.isa, "000")])
        groups = (_unsupported(scan),) if verdict.unsupported else verdict.groups
        for group in groups:
            self._answer(world, when, "999", f"999 {scan.isa[13]} {group.control}", answers.answer_999(group))
        self._take(world, scan, groups, when)

    def _ask(self, world: World, name: str, text: str, when: datetime) -> None:
        """A 276 is put to the payers when its answer is due: what they know by then is what they say."""
        scan = Scan.of(text)
        code = "no ISA" if scan is None or len(scan.isa) < 17 else self._envelope_problem(world, scan)
        if scan is None or code:
            self._complain(when, name, f"The inquiry was not taken: {code}.")
            return
        world.counts["inquiries"] += 1
        world.plan(when + _delayed(world, UNTIL_277), "status answer", f"276 {scan.isa[13]}", text=text)

    async def answer_status(self, world: World, when: datetime, payload: dict[str, str]) -> None:
        scan = Scan.of(payload["text"])
        asked = status.read(scan) if scan else []
        if scan is None or not asked:
            return
        reference = next((at(row, 3) for row in scan.segments if row[0] == "BHT"), "")
        number = world.serial("status answer")
        rows = status.answer(world, asked, reference, when, f"ST{number:08d}")
        serial = world.serial("interchange")
        envelope = Envelope(RECEIVER_ID, SUBMITTER_ID, serial, when, "HN", status.VERSION, dialect=PLAIN)
        self.mailbox.deliver(when, "277", envelope.wrap([rows]))

    def _envelope_problem(self, world: World, scan: Scan) -> str:
        """A control number is spent by its first use, whatever becomes of the file."""
        sender, receiver = scan.isa[6].strip(), scan.isa[8].strip()
        if sender != SUBMITTER_ID:
            return BAD_SENDER
        if receiver != RECEIVER_ID:
            return BAD_RECEIVER
        key = f"{sender} {scan.isa[13]}"
        if key in world.state.interchanges:
            world.counts["duplicate_interchanges"] += 1
            return DUPLICATE
        world.state.interchanges[key] = world.now.isoformat()
        return ""

    def _complain(self, when: datetime, name: str, sentence: str) -> None:
        self.mailbox.world.counts["uploads_unreadable"] += 1
        logger.warning("%s: %s", name, sentence)
        self.mailbox.deliver(when, "ERR", f"{name}\n{sentence}\n")

    def _answer(self, world: World, when: datetime, kind: str, key: str, rows: list[Segment]) -> None:
        due = when + _delayed(world, UNTIL_999)
        world.plan(due, "acknowledgement", key, kind=kind, rows=json.dumps(rows))

    async def acknowledge(self, world: World, when: datetime, payload: dict[str, str]) -> None:
        rows = [
            [tuple(each) if isinstance(each, list) else each for each in row] for row in json.loads(payload["rows"])
        ]
        self._deliver(world, when, payload["kind"], rows)

    def _deliver(self, world: World, when: datetime, kind: str, rows: list[Segment]) -> None:
        functional, version = ("HN", claim_reports.VERSION) if kind == "277" else ("FA", answers.VERSION)
        envelope = Envelope(
            RECEIVER_ID, SUBMITTER_ID, world.serial("interchange"), when, functional, version, dialect=PLAIN
        )
        self.mailbox.deliver(when, kind, envelope.bare(rows) if kind == "TA1" else envelope.wrap([rows]))

    def _take(self, world: World, scan: Scan, groups: tuple[GroupVerdict, ...], when: datetime) -> None:
        accepted = {one.control for group in groups if not group.codes for one in group.sets if one.accepted}
        for control, rows in transaction_sets(scan):
            found = claims_of(scan, control, rows, when)
            world.counts["claims_sent"] += len(found)
            if control not in accepted:
                world.counts["claims_refused_by_999"] += len(found)
                continue
            for claim in found:
                world.state.attempts[claim.identity] += 1
                claim.attempt = world.state.attempts[claim.identity]
                world.state.claims[claim.key] = claim
            keys = json.dumps([claim.key for claim in found])
            due = when + _delayed(world, UNTIL_277CA)
            world.plan(due, "clearinghouse report", f"{scan.isa[13]} {control}", claims=keys)

    async def report(self, world: World, when: datetime, payload: dict[str, str]) -> None:
        """The clearinghouse's own 277CA; what it accepts goes on to the payers."""
        claims = [world.state.claims[key] for key in json.loads(payload["claims"])]
        reports = [self._forward(world, claim) for claim in claims]
        if not reports:
            return
        trace = f"TG{world.serial('clearinghouse report'):08d}"
        self._deliver(world, when, "277", claim_reports.answer_277ca(OURSELVES, claims[0].batch, reports, when, trace))
        self.office.receive(world, when, [each.claim for each in reports if each.accepted])

    def _forward(self, world: World, claim: Claim) -> claim_reports.ClaimReport:
        status = refusal(world, claim)
        if status:
            claim.status = "rejected by clearinghouse"
            return claim_reports.ClaimReport(claim, status, accepted=False)
        claim.status = "forwarded"
        world.state.accepted[f"{claim.payer_id} {claim.control}"] = claim.key
        return claim_reports.ClaimReport(claim, ("A0", "16", "PR"), accepted=True)


def _delayed(world: World, usual: timedelta) -> timedelta:
    return world.wait(usual + timedelta(hours=world.knobs.response_delay_hours))


def _unsupported(scan: Scan) -> GroupVerdict:
    """A guide that is not taken here: the whole group is refused, AK905 code 2."""
    opening = next((row for row in scan.segments if row[0] == "GS"), ["GS"])
    return GroupVerdict(at(opening, 1), at(opening, 6), at(opening, 8), ("2",), ())
