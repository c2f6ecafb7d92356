"""When a simulation may go on: nothing is held by the broker, and nothing by a worker that has only just taken it."""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from redis import Redis

from apps.automations.running.broker import IDLE, Broker, StillBusyError
from apps.core.embedded import valkey
from apps.core.embedded.processes import Supervisor
from tests.browser.running_practice import LoudBroker


@pytest.fixture
def redis(tmp_path: Path) -> Iterator["Redis[bytes]"]:
    with Supervisor() as processes:
        valkey.start(processes, tmp_path, throw_away=True)
        client = Redis(unix_socket_path=urlsplit(valkey.broker_url(tmp_path)).path)
        yield client
        client.close()


@contextmanager
def waiting_worker(redis: "Redis[bytes]") -> Iterator[Thread]:
    """Waits for one message as a worker does, and then is busy where nobody sees it."""
    worker = Thread(target=redis.brpop, args=(["claims"],), kwargs={"timeout": 20})
    worker.start()
    while not any("b" in client["flags"] for client in redis.client_list()):
        time.sleep(0.01)
    yield worker
    redis.lpush("claims", "the end")
    worker.join()


def test_without_a_worker_that_waits_nothing_is_idle(redis: "Redis[bytes]") -> None:
    assert Broker(redis).look() != IDLE
    with pytest.raises(StillBusyError):
        Broker(redis).wait_idle(seconds=0.05)


def test_a_worker_that_waits_over_empty_queues_is_idle(redis: "Redis[bytes]") -> None:
    with waiting_worker(redis):
        assert Broker(redis).look() == IDLE


def test_a_message_in_a_queue_or_noted_as_taken_is_work(redis: "Redis[bytes]") -> None:
    with waiting_worker(redis):
        redis.lpush("reports", "one")
        assert Broker(redis).look() != IDLE
        redis.delete("reports")
        redis.hset("unacked", "one", "taken")
        assert Broker(redis).look() != IDLE


def test_a_message_that_was_taken_and_not_yet_noted_is_work_too(redis: "Redis[bytes]") -> None:
    with waiting_worker(redis) as worker:
        redis.lpush("claims", "one")
        worker.join()
        assert Broker(redis).look() == (0, False)


def test_who_waits_is_told_when_a_task_is_done(redis: "Redis[bytes]", monkeypatch: pytest.MonkeyPatch) -> None:
    """So nobody need ask all the time: with half a minute between two looks this would end in StillBusyError."""
    monkeypatch.setattr("apps.automations.running.broker.LOOK_AGAIN_SECONDS", 30)
    broker = Broker(redis)
    redis.hset("unacked", "one", "taken")
    with waiting_worker(redis), ThreadPoolExecutor() as person:
        waiting = person.submit(broker.wait_idle, seconds=20)
        while not redis.pubsub_numpat():
            time.sleep(0.01)
        assert not waiting.done()
        redis.hdel("unacked", "one")
        waiting.result(timeout=20)


def test_who_waits_for_a_worker_that_ended_is_told_at_once(redis: "Redis[bytes]", tmp_path: Path) -> None:
    """The tests' own broker: else each of their waits would end only when its time is over."""
    redis.hset("unacked", "one", "taken")
    with Supervisor() as processes:
        processes.start("worker", [sys.executable, "-c", "print('all is lost')"], None, tmp_path / "worker.log")
        with pytest.raises(
            pytest.fail.Exception, match="The worker process ended by itself; its log ends:\nall is lost"
        ):
            LoudBroker(processes, redis).wait_idle(seconds=60)
