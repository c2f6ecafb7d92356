"""What a patient does about a text: decided by hash of the patient and of how many such texts came before."""

from datetime import datetime, timedelta

from apps.sandbox.phone.exchange import Exchange
from apps.sandbox.world.people import Patient
from apps.sandbox.world.practice import ZONE
from apps.sandbox.world.schedule import local
from apps.sandbox.world.world import World

from .walk import Outcome, Walker

ACTS = ("pay_now", "pay_later", "open_only", "stop", "never")
WALK_ENDED = "walk ended: "  # in the counts, before the answer at which a visit broke off


class Patients:
    def __init__(self, exchange: Exchange, walker: Walker) -> None:
        self.exchange, self.walker = exchange, walker

    async def read(self, world: World, when: datetime, payload: dict[str, str]) -> None:
        """A text with a link has arrived."""
        number = payload["number"]
        patient = world.people.by_phone().get(number)
        if patient is None:
            world.counts["texts_to_strangers"] += 1
            return
        world.state.touches[number] += 1
        touch = world.state.touches[number]
        act = decide(world, patient, touch)
        if act == "never":
            return
        key = f"{number} {touch}"
        if act == "pay_later":
            due = self._later(world, when, patient, touch)
        else:
            due = when + timedelta(minutes=world.chance.between(2, 50, "reads after", number, touch))
        world.plan(due, "patient acts", key, **payload, act=act)

    def _later(self, world: World, when: datetime, patient: Patient, touch: int) -> datetime:
        if world.options.demo_speed > 1:
            days = timedelta(days=world.chance.between(1, 5, "days later", patient.id, touch))
            return when + world.wait(days)
        day = when.astimezone(ZONE).date() + timedelta(days=world.chance.between(1, 5, "days later", patient.id, touch))
        return local(
            day,
            world.chance.between(9, 20, "hour", patient.id, touch),
            world.chance.between(0, 59, "minute", patient.id),
        )

    async def act(self, world: World, when: datetime, payload: dict[str, str]) -> None:
        patient = world.people.by_phone()[payload["number"]]
        if payload["act"] == "stop":
            world.counts["patients_stopped"] += 1
            self.exchange.inbound(world, when, patient.phone, "STOP")
            return
        until = "open" if payload["act"] == "open_only" else "card"
        world.counts["walks"] += 1
        outcome = await self.walker.walk(payload["url"], patient, patient.address.zip[:5], until=until)
        self._count(world, outcome)

    def _count(self, world: World, outcome: Outcome) -> None:
        if outcome.problem:
            world.counts["walks_failed"] += 1
            world.counts[f"{WALK_ENDED}{outcome.problem}"] += 1
        elif outcome.reached == "card":
            world.counts["walks_paid"] += 1
        else:
            world.counts["walks_opened"] += 1


def decide(world: World, patient: Patient, touch: int) -> str:
    told = world.state.behaviour.get(str(patient.id), world.state.behaviour.get("all", "default"))
    if told in ACTS:
        return told
    return world.chance.weighted(world.knobs.patients, "act", patient.id, touch) or "never"
