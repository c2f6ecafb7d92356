"""The product set up for a simulation: services, sandbox, demo practice and schedule, and the weeks lived through."""

import os
import random
import signal
import time as wall
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from django.conf import settings
from django.core.management import call_command

from apps.automations.demo import diagnoses, load_demo
from apps.automations.outside import Outside
from apps.automations.running.broker import Broker
from apps.automations.running.ports import Ports, free_port
from apps.automations.running.product import Product
from apps.automations.running.terminal import Progress
from apps.automations.simulation.driver import Driver, ticks
from apps.automations.simulation.office import bring_bank_file, drop_charge_file
from apps.automations.simulation.people import settle_unknowns
from apps.automations.timetable import sync_schedule
from apps.core import clock
from apps.core.embedded.processes import Supervisor

# A Monday; the demo practice's people are born before it.
FIRST_DAY = date(2026, 8, 3)
START = time(6, 0)
LONGEST_WAIT = 0.5  # seconds between the start of a job and the kill


class Stage:
    """`with Stage(...) as stage:` has everything running at six in the morning of `first_day`; at the end none of it is left.

    `kept`: the folder lives on and people will sign in, so what the processes hold in memory is saved first; else nobody waits for them.
    """

    def __init__(
        self,
        directory: Path,
        *,
        seed: int = 7,
        first_day: date = FIRST_DAY,
        knobs: str = "",
        ports: Ports | None = None,
        kept: bool = False,
    ) -> None:
        self.directory = directory
        self._kept = kept
        self.first_day = first_day
        self._seed, self._knobs = seed, knobs
        self._chance = random.Random(seed)  # noqa: S311  chooses when to kill, no secret
        self.kills = 0  # how often the worker was killed, each time with a task in hand
        self._processes = Supervisor()
        self._ports = ports or Ports(free_port(), free_port(), free_port())
        self.outside = Outside(self._ports.sandbox_url)
        self._begin = datetime.combine(first_day, START, clock.practice_zone()).astimezone(UTC)

    def __enter__(self) -> Self:
        clock.set_virtual(self._begin)
        # Children read it from the environment; this process, which loads the demo, from its settings.
        settings.PUBLIC_URL = self._ports.web_url
        os.environ.update({"PUBLIC_URL": self._ports.web_url, "PUBLIC_URL_FILE": ""})
        self.product = Product(self._processes, self.directory, self._ports, dict(os.environ))
        try:
            self.product.start_sandbox(virtual_now=self._begin.isoformat(), seed=self._seed, knobs=self._knobs)
            self.product.start_web()
            # It has nothing to do before the first nudge, so it may come up beside the tables that it will need.
            self.product.start_worker()
            call_command("migrate", verbosity=0)
            sync_schedule(now=self._begin)
            diagnoses.take_in(now=self._begin)
            self.product.until_sandbox()
            load_demo(self.outside.practice(), now=self._begin, signs_in=self._kept)
            self.product.until_web()
        except BaseException:
            self._processes.stop_all(seconds=0)
            raise
        self.broker = Broker()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._kept and kind is None:
            self._processes.stop_all()
        else:
            # Nothing of what they hold is wanted any more, so nobody is given time to finish.
            self._processes.stop_all(seconds=0)

    def live(self, *, days: int, kills: int = 0) -> None:
        """Run `days` days; the worker is killed `kills` times, each at a moment of its own (by the seed)."""
        progress = Progress("Virtual time", days)
        moments = _kill_moments(self.first_day, days, kills, self._chance)
        driver = Driver(
            self.outside,
            self.broker,
            before=self._office,
            disturb=lambda moment: self._kill_when_due(moment, moments),
            settle=lambda moment: settle_unknowns(self.outside, now=moment),
        )
        driver.run((tick for tick in ticks(self.first_day, days) if tick[0] > self._begin), progress=progress.at)
        progress.end()

    def _office(self, moment: datetime) -> None:
        drop_charge_file(self.outside, moment)
        bring_bank_file(self.outside, moment)

    def _kill_when_due(self, moment: datetime, moments: list[datetime]) -> bool:
        """Kill the worker in the middle of its work and start another; what the broker held is lost as well.

        The worker is stopped before it is looked at, so that what it holds cannot be done between the look and the kill. One
        that holds nothing goes on, and the kill waits for the next job.
        """
        if not moments or moment < moments[0]:
            return False
        # Somewhere in the middle: the job has begun, and how far it came is left to chance.
        wall.sleep(self._chance.uniform(0, LONGEST_WAIT) * self._chance.random())
        self._processes.kill("worker", signal.SIGSTOP)
        if not self.broker.taken():
            self._processes.kill("worker", signal.SIGCONT)
            return False
        self._processes.kill("worker", signal.SIGKILL)
        moments.pop(0)
        self.kills += 1
        self.broker.forget()
        self._processes.restart("worker")
        return True


def _kill_moments(first: date, days: int, kills: int, chance: random.Random) -> list[datetime]:
    """Within working hours, when there is something to break; none on the last day, so that a kill that waits finds work."""
    opening = datetime.combine(first, time(8), clock.practice_zone())
    return sorted(
        opening + timedelta(days=chance.randrange(max(days - 1, 1)), minutes=chance.randrange(13 * 60))
        for _ in range(kills)
    )
