"""Two sources tell at one moment of one payer, or one provider, that nobody has told us of."""

from concurrent.futures import Future
from datetime import datetime

import pytest
from django.db import transaction

from apps.connectors.ports.ehr import EhrCoverage, EhrProvider
from apps.intake.services.place_payers import place_payers
from apps.intake.services.place_providers import place_providers
from apps.practice.models import Payer, Provider
from apps.worklist.models import WorkItem
from tests.locks import elsewhere, happening_after

COVER = EhrCoverage(1, "LPHP9", "Lone Prairie West", "W1", "18")


# Each looks, waits for its turn and looks again: the other comes after the first look, or after the second.
LOOKS = pytest.mark.parametrize("look", [1, 2])


@pytest.mark.django_db(transaction=True)
@LOOKS
def test_a_payer_that_two_sources_name_at_one_moment_is_added_once(look: int, now: datetime) -> None:
    def place() -> tuple[str, ...]:
        with transaction.atomic():
            book, added = place_payers([(COVER, "p" * 16)], now=now)
            assert book.find(COVER) is not None
            return added

    def reads_the_payers(sql: str) -> bool:
        return sql.startswith("SELECT") and f'FROM "{Payer._meta.db_table}"' in sql

    other: list[Future[tuple[str, ...]]] = []
    with happening_after(reads_the_payers, lambda: other.append(elsewhere(place)), turn=look):
        mine = place()
    assert sorted([mine, other[0].result()]) == [(), (COVER.payer_name,)]
    assert (Payer.objects.count(), WorkItem.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
@LOOKS
def test_a_provider_whom_two_sources_name_at_one_moment_is_added_once(look: int) -> None:
    told = EhrProvider("D9", "Ada", "Quintero", "1482039574")

    def place() -> int:
        with transaction.atomic():
            return place_providers(["D9"], [told])["D9"].pk

    def reads_the_providers(sql: str) -> bool:
        return sql.startswith("SELECT") and f'FROM "{Provider._meta.db_table}"' in sql

    other: list[Future[int]] = []
    with happening_after(reads_the_providers, lambda: other.append(elsewhere(place)), turn=look):
        mine = place()
    assert other[0].result() == mine == Provider.objects.get().pk
