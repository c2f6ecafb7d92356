"""How the last test of a connection stands, in one sentence."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from apps.connectors.models import Connection
from apps.connectors.try_out import ANSWERS, PATIENCE, latest_try_out
from apps.core.models import JobRun

# A worker that is up begins sooner.
SOON = timedelta(seconds=10)


class Stage(StrEnum):
    ASKED = "asked"
    NOT_BEGUN = "not_begun"
    AT_WORK = "at_work"
    GIVEN_UP = "given_up"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class LastTest:
    """`shape`: one of the design kit's."""

    connection: Connection
    stage: Stage
    shape: str
    sentence: str

    @property
    def waits(self) -> bool:
        """Whether its end may come while somebody looks."""
        return self.stage not in (Stage.GIVEN_UP, Stage.ENDED)


def last_test(connection: Connection, now: datetime) -> LastTest | None:
    """None where nobody has asked for one."""
    run = latest_try_out(connection)
    if run is None:
        return None
    stage = _stage(run, now)
    shape, sentence = _told(run, stage, connection.name)
    return LastTest(connection, stage, shape, sentence)


def _stage(run: JobRun, now: datetime) -> Stage:
    if run.state != JobRun.State.RUNNING:
        return Stage.ENDED
    age, begun = now - run.started_at, run.total is not None
    if age > PATIENCE:
        return Stage.GIVEN_UP
    if begun:
        return Stage.AT_WORK
    return Stage.ASKED if age < SOON else Stage.NOT_BEGUN


def _told(run: JobRun, stage: Stage, name: str) -> tuple[str, str]:
    """(shape, sentence)."""
    nobody = f"No worker has begun the test of {name}: none is running, or all are busy."
    if stage == Stage.ENDED:
        return _outcome(run, name)
    if stage == Stage.GIVEN_UP and run.total is None:
        return "problem", f"{nobody} It is done once one is free."
    return {
        Stage.ASKED: ("", f"{name} is asked in a moment."),
        Stage.NOT_BEGUN: ("watch", nobody),
        Stage.AT_WORK: ("", f"{name} is being asked. It may take a minute."),
        Stage.GIVEN_UP: (
            "problem",
            f"{name} has not answered, or the worker that asked it was stopped. Test it again.",
        ),
    }[stage]


def _outcome(run: JobRun, name: str) -> tuple[str, str]:
    if run.counts.get(ANSWERS):
        return "good", f"{name} answers."
    if ANSWERS in run.counts:
        return "problem", f"{name} does not answer. {run.error}"
    return "problem", f"The test of {name} broke off without an answer; the worker's log says why. Test it again."
