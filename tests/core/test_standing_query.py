from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Q, QuerySet, Value
from pytest_django import DjangoAssertNumQueries

from apps.core.models import JobRun
from apps.core.standing_query import StandingQuery

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 8, 3, 12, tzinfo=UTC)


def _late(now: datetime) -> "QuerySet[JobRun]":
    return JobRun.objects.filter(started_at__lt=now - timedelta(hours=1)).order_by("step").values_list("step")


def _run(step: str, *, ago: timedelta, **more: str) -> None:
    JobRun.objects.create(step=step, started_at=NOON - ago, **more)


def test_each_moment_moves_with_the_time_at_which_it_is_asked() -> None:
    _run("long ago", ago=timedelta(hours=3))
    _run("lately", ago=timedelta(minutes=30))
    question = StandingQuery(_late)
    assert question.ask(now=NOON) == [("long ago",)]
    assert question.ask(now=NOON - timedelta(hours=3)) == []
    assert question.ask(now=NOON + timedelta(hours=1)) == [("lately",), ("long ago",)]


def test_it_is_put_together_once() -> None:
    made: list[datetime] = []

    def rows(now: datetime) -> "QuerySet[JobRun]":
        made.append(now)
        return _late(now)

    question = StandingQuery(rows)
    question.ask(now=NOON)
    question.ask(now=NOON)
    assert len(made) == 1


@pytest.mark.parametrize("name", ["100 %", "%s", "%(name)s", "it's", 'a "b" \\ c', "%%"])
def test_what_stands_in_it_as_a_literal_is_found_as_it_is(name: str) -> None:
    _run(name, ago=timedelta(hours=2))
    _run("another", ago=timedelta(hours=2))

    def of_that_name(now: datetime) -> "QuerySet[JobRun]":
        return _late(now).filter(Q(step=name) | Q(step__startswith="50%"))

    def timeless(_now: datetime) -> "QuerySet[JobRun]":
        return JobRun.objects.filter(step=name).values_list("step", Value("5 %"))

    assert StandingQuery(of_that_name).ask(now=NOON) == [(name,)]
    assert StandingQuery(timeless).ask(now=NOON) == [(name, "5 %")]


def test_without_moments_it_is_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    question = StandingQuery(lambda _now: JobRun.objects.filter(step="scrub").values_list("step"))
    with django_assert_num_queries(1):
        question.ask(now=NOON)


def test_a_callers_transaction_is_planned_as_before() -> None:
    StandingQuery(_late).ask(now=NOON)
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        assert cursor.fetchone() == ("auto",)
