"""What a failing step leaves for a person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection

from apps.automations import failures
from apps.automations.step_words import DOING
from apps.worklist.models import WorkItem

WORKERS = 4
STEPS = list(DOING)[:10]


@pytest.mark.django_db(transaction=True)
def test_one_step_that_fails_in_many_processes_at_once_is_one_task(now: datetime) -> None:
    together = Barrier(WORKERS)

    def fail(_number: int) -> None:
        try:
            connection.ensure_connection()
            for step in STEPS:
                together.wait(timeout=60)
                failures.step_failed(step, "", ValueError("x"), now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(fail, range(WORKERS)))
    assert WorkItem.objects.filter(kind=failures.KIND).count() == len(STEPS)
