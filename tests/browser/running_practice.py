"""The demo practice in operation: sandbox, broker and worker as processes of their own, the web by the test's live server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import kombu.pools
import pytest
from celery import current_app
from django.db import connection
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer
from redis import Redis

from apps.automations.demo import load_demo
from apps.automations.outside import Outside
from apps.automations.running.broker import Broker, StillBusyError
from apps.automations.running.ports import Ports, free_port
from apps.automations.running.product import Product
from apps.automations.simulation.driver import Driver, ticks
from apps.automations.timetable import sync_schedule
from apps.core import clock
from apps.core.embedded import valkey
from apps.core.embedded.processes import Supervisor, last_lines

LOG_LINES = 30


class LoudBroker(Broker):
    """Whoever waits for the workers is told at once when a process is gone, or that they are stuck, with the end of the log."""

    def __init__(self, processes: Supervisor, redis: "Redis[bytes] | None" = None) -> None:
        super().__init__(redis)
        self._processes = processes

    def look(self) -> tuple[int, bool]:
        for name in self._processes.dead():
            pytest.fail(f"The {name} process ended by itself; its log ends:\n{self._end_of_log(name)}")
        return super().look()

    def wait_idle(self, *, seconds: float = 120) -> None:
        try:
            super().wait_idle(seconds=seconds)
        except StillBusyError as stuck:
            pytest.fail(f"{stuck} It ends:\n{self._end_of_log('worker')}")

    def _end_of_log(self, name: str) -> str:
        return last_lines(self._processes.log(name), LOG_LINES)


@dataclass
class RunningPractice:
    outside: Outside
    driver: Driver
    processes: Supervisor
    facts: dict[str, Any]
    reached: datetime

    def live_until(self, day: date, hour: int, minute: int = 0) -> None:
        """Everything that the schedule and the outside world do until then, that minute included."""
        until = datetime.combine(day, time(hour, minute), clock.practice_zone())
        days = (day - clock.practice_date(self.reached)).days + 1
        plan = ticks(clock.practice_date(self.reached), days)
        self.driver.run(tick for tick in plan if self.reached < tick[0] <= until)
        self.driver.go_to(until)
        self.reached = until
        self._nothing_failed()

    def pass_minutes(self, minutes: int) -> None:
        """The outside world acts (a webhook is delivered); no job is due."""
        self.reached += timedelta(minutes=minutes)
        self.driver.go_to(self.reached)
        self._nothing_failed()

    def texts_to(self, number: str) -> list[str]:
        """What that telephone has received, the oldest first."""
        phone = self.facts["connections"]["phone"]
        url = f"{phone['base_url']}/2010-04-01/Accounts/{phone['account_sid']}/Messages.json"
        found = httpx.get(url, params={"To": number}, auth=(phone["account_sid"], phone["auth_token"]))
        return [message["body"] for message in reversed(found.raise_for_status().json()["messages"])]

    def _nothing_failed(self) -> None:
        """A step that fails is only recorded by the product; here it ends the test."""
        log = self.processes.log("worker").read_text()
        failed = [line for line in log.splitlines() if " ERROR " in line or " CRITICAL " in line]
        assert failed == []


def _database_url() -> str:
    """The test's own database, as another process names it."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def _variables(settings: Settings, directory: Path, broker_url: str) -> dict[str, str]:
    """What a worker needs to stand on the test's database, keys, clock and folder."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "DATABASE_URL": _database_url(),
        "CELERY_BROKER_URL": broker_url,
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_ENCRYPTION_KEYS": ",".join(settings.FIELD_ENCRYPTION_KEYS),
        "THROUGHLINE_VAR": str(directory),
        "THROUGHLINE_VIRTUAL_CLOCK": settings.VIRTUAL_CLOCK_FILE,
        "PUBLIC_URL": settings.PUBLIC_URL,
    }


@contextmanager
def _broker_of_this_process(url: str) -> Iterator[None]:
    """Nudges of the live server's requests go to the real broker; afterwards again to the one of the settings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CELERY_BROKER_URL", url)
        _forget_broker_connections()
        yield
    _forget_broker_connections()


def _forget_broker_connections() -> None:
    kombu.pools.reset()
    current_app._pool = None
    current_app.amqp._producer_pool = None


@contextmanager
def running_practice(
    directory: Path, settings: Settings, live_server: LiveServer, *, begin: datetime, seed: int, knobs: str
) -> Iterator[RunningPractice]:
    """The practice at `begin`; at the end none of its processes is left."""
    ports = Ports(urlsplit(live_server.url).port or 0, free_port(), free_port())
    # By number, as the outside world is told: a webhook's signature covers the address, host name included.
    settings.PUBLIC_URL = ports.web_url
    settings.VAR_DIR, settings.VIRTUAL_CLOCK_FILE = directory, str(directory / "clock")
    clock.set_virtual(begin)
    broker_url = valkey.broker_url(directory)
    with Supervisor() as processes, _broker_of_this_process(broker_url):
        valkey.start(processes, directory, throw_away=True)
        product = Product(processes, directory, ports, _variables(settings, directory, broker_url))
        product.start_sandbox(virtual_now=begin.isoformat(), seed=seed, knobs=knobs)
        product.until_sandbox()
        outside = Outside(ports.sandbox_url)
        sync_schedule(now=begin)
        load_demo(outside.practice(), now=begin)
        product.start_worker(concurrency=1)
        driver = Driver(outside, LoudBroker(processes))
        yield RunningPractice(outside, driver, processes, outside.practice(), begin)
