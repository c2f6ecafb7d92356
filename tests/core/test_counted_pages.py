from datetime import datetime

import pytest
from django.core.paginator import EmptyPage
from django.db import connection
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext

from apps.audit.models import AuditEvent
from apps.core.counted_pages import CountedPaginator, KeyedPaginator

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("number", [0, 1, 4, 5, 8, 9, 11])
def test_pages_follow_each_other_without_a_gap_from_whichever_end_they_are_read(number: int, now: datetime) -> None:
    for place in range(number):
        AuditEvent.objects.create(at=now, action="list", subject_kind="claim", subject_public_id=str(place % 3))
    rows = AuditEvent.objects.order_by("subject_public_id", "-pk")
    paginator = CountedPaginator(rows, 4, count=number)
    pages = [list(paginator.page(at).object_list) for at in paginator.page_range]
    assert [row.pk for page in pages for row in page] == [row.pk for row in rows]
    assert [len(page) for page in pages[:-1]] == [4] * (len(pages) - 1)
    with pytest.raises(EmptyPage):
        paginator.page(len(pages) + 1)


def test_of_rows_of_which_one_stands_for_many_each_page_shows_the_same_one(now: datetime) -> None:
    for place in range(12):
        AuditEvent.objects.create(at=now, action="list", subject_kind="claim", subject_public_id=str(place % 6))
    rows = AuditEvent.objects.order_by("subject_public_id", "pk").distinct("subject_public_id")
    paginator = CountedPaginator(rows, 2, count=6)
    shown = [row.pk for at in paginator.page_range for row in paginator.page(at).object_list]
    assert shown == [row.pk for row in rows]


def test_the_last_page_skips_nothing(now: datetime) -> None:
    for _ in range(9):
        AuditEvent.objects.create(at=now, action="list", subject_kind="claim")
    paginator = CountedPaginator(AuditEvent.objects.order_by("pk"), 4, count=9)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        (last,) = paginator.get_page(3).object_list
    assert last == AuditEvent.objects.latest("pk")
    assert "OFFSET" not in asked[0]["sql"]


def test_whole_rows_are_read_only_of_the_page_in_its_order(now: datetime) -> None:
    for place in range(9):
        AuditEvent.objects.create(at=now, action="list", subject_kind="claim", subject_public_id=str(place % 3))
    rows = AuditEvent.objects.annotate(twice=Concat("subject_public_id", "subject_public_id")).order_by("-twice", "pk")
    paginator = KeyedPaginator(rows, 4, count=9)
    with CaptureQueriesContext(connection) as asked:
        page = paginator.page(1)
    assert [(row.pk, row.twice) for row in page] == [(row.pk, row.twice) for row in rows[:4]]
    keys, whole = (query["sql"] for query in asked)
    assert (keys.partition(" FROM ")[0].count(","), "LIMIT" in keys) == (0, True)
    assert "LIMIT" not in whole
    assert [row.pk for at in paginator.page_range for row in paginator.page(at)] == [row.pk for row in rows]
