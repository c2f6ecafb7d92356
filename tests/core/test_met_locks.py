"""Two that wait for each other: the person's press runs once more and comes through."""

import threading
from collections.abc import Iterator
from io import BytesIO

import psycopg
import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from tests.locks import PATIENCE, wait_for_a_waiter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]
OURS, THEIRS = 71, 72
LOCK = "SELECT pg_advisory_xact_lock(%s)"


class Worker:
    """Holds its lock and, when told, waits for ours too; as often as a test wants."""

    def __init__(self) -> None:
        self.presses = 0
        self.meetings = 1
        self._waiting: list[threading.Thread] = []

    def meet(self) -> None:
        held = threading.Event()
        self._waiting.append(threading.Thread(target=self._work, args=(held,)))
        self._waiting[-1].start()
        assert held.wait(PATIENCE)
        wait_for_a_waiter()  # a press looks for a deadlock once, a moment after it begins to wait

    def _work(self, held: threading.Event) -> None:
        with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:  # type: ignore[arg-type]
            other.execute("SET LOCAL deadlock_timeout = '60s'")  # the press finds out first, and is the one that ends
            other.execute(LOCK, [THEIRS])
            held.set()
            other.execute(LOCK, [OURS])

    def end(self) -> None:
        for each in self._waiting:
            each.join(PATIENCE)


worker = Worker()


@transaction.atomic
def press(request: HttpRequest) -> HttpResponse:
    worker.presses += 1
    brought = b"".join(upload.read() for upload in request.FILES.values())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL deadlock_timeout = '10ms'")
        cursor.execute(LOCK, [OURS])
        if worker.presses <= worker.meetings:
            worker.meet()
        cursor.execute(LOCK, [THEIRS])
    return HttpResponse(brought or "done")


urlpatterns = [path("press/", press)]


@pytest.fixture(autouse=True)
def fresh_worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(f"{__name__}.worker", Worker())
    yield
    worker.end()


def test_a_press_that_met_a_workers_locks_comes_through(client: Client) -> None:
    assert client.post("/press/").content == b"done"
    assert worker.presses == 2


def test_a_file_that_was_brought_is_read_again_from_its_beginning(client: Client) -> None:
    assert client.post("/press/", {"file": BytesIO(b"rows")}).content == b"rows"
    assert worker.presses == 2


def test_a_second_meeting_is_told(client: Client) -> None:
    worker.meetings = 2
    client.raise_request_exception = False
    assert client.post("/press/").status_code == 500
    assert worker.presses == 2
