"""Moves a simulation through time: the world first, then all jobs due at that moment side by side, until nothing is left to do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from celery import current_app

from apps.automations.outside import Outside
from apps.automations.running.broker import Broker
from apps.core import clock
from apps.core.due_times import TASK, moments_on, tasks_by_name

Tick = tuple[datetime, tuple[str, ...]]
SWEEP = "sweep"
# Longer than a send may take: what still says `sending` then was cut off.
NOTICED_AFTER = timedelta(minutes=11)


def ticks(first: date, days: int) -> Iterator[Tick]:
    """Each moment at which at least one job is due, with the jobs' names, in order of time."""
    tasks = [task for task in tasks_by_name().values() if task.enabled]
    for offset in range(days):
        day = first + timedelta(days=offset)
        due: dict[datetime, list[str]] = {}
        for task in tasks:
            for moment in moments_on(task, day):
                due.setdefault(moment, []).append(task.name)
        for moment in sorted(due):
            yield moment, tuple(sorted(due[moment]))


@dataclass
class Driver:
    """`before` is called at each tick once the world has moved, before the jobs: what an office does. `disturb` is called
    while the workers are busy and says whether it broke something; `settle` is the person who looks after a crash.
    """

    outside: Outside
    broker: Broker
    before: Callable[[datetime], None] = lambda _moment: None
    disturb: Callable[[datetime], bool] = lambda _moment: False
    settle: Callable[[datetime], object] = lambda _moment: None

    def run(self, plan: Iterator[Tick], *, progress: Callable[[datetime], None] = lambda _moment: None) -> None:
        latest = datetime.min.replace(tzinfo=UTC)
        for planned, names in plan:
            # A crash takes some minutes to be noticed; jobs that were due meanwhile run late, as in life.
            latest = moment = max(planned, latest)
            self.go_to(moment)
            self.before(moment)
            for name in names:
                self.do(name)
            if self.disturb(moment):
                latest = moment = self.recover(names, moment)
            self.broker.wait_idle()
            progress(moment)

    def do(self, name: str) -> None:
        current_app.send_task(TASK, args=[name])

    def recover(self, names: Sequence[str], moment: datetime) -> datetime:
        """After a crash: the sweep finds what was left, a person settles what is unknown, the jobs have their turn again."""
        later = moment + NOTICED_AFTER
        self.go_to(later)
        for job in (SWEEP, SWEEP, *names):
            self.do(job)
            self.broker.wait_idle()
            self.settle(later)
            self.broker.wait_idle()
        return later

    def go_to(self, moment: datetime) -> None:
        clock.set_virtual(moment)
        if self.outside.advance(moment)["happened"]:
            self.broker.wait_idle()
