from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from apps.claims.models import Batch, Claim
from apps.claims.services import batch_claims, chase_unanswered, submit_batch
from apps.claims.states import ClaimStatus
from apps.connectors.models import Connection
from apps.practice.roles import Role
from tests.factories.claims import ClaimFactory
from tests.factories.connectors import ClearinghouseConnectionFactory
from tests.factories.practice import PracticeFactory
from tests.signing_in import browser_of

SignIn = Callable[[Role | None], Client]


@pytest.fixture
def uploads(tmp_path: Path) -> Callable[[], list[str]]:
    """The names of the files that reached the clearinghouse, in order, each as often as it came."""
    return lambda: (tmp_path / "log").read_text().split() if (tmp_path / "log").exists() else []


@pytest.fixture
def clearinghouse(tmp_path: Path, settings: Settings, db: None) -> Callable[..., Connection]:
    """A connection to a clearinghouse in a folder; called again, it changes its mood."""
    settings.ADAPTERS = {"folder": "tests.claims.clearinghouse.FolderClearinghouse"}
    PracticeFactory()
    made = ClearinghouseConnectionFactory(adapter="folder", settings={"folder": str(tmp_path)})

    def behave(**how: object) -> Connection:
        made.settings = {"folder": str(tmp_path), **how}
        made.save()
        return made

    return behave


@pytest.fixture
def batch(clearinghouse: Callable[..., Connection], now: datetime) -> Batch:
    """Three claims, sent."""
    clearinghouse()
    for _ in range(3):
        ClaimFactory(status=ClaimStatus.READY)
    batch_claims(now=now)
    batch = Batch.objects.get()
    submit_batch(batch_id=batch.public_id, now=now)
    batch.refresh_from_db()
    return batch


@pytest.fixture
def signed_in(db: None) -> SignIn:
    cache.clear()
    return browser_of


@pytest.fixture
def biller(signed_in: SignIn) -> Client:
    return signed_in(Role.BILLER)


@pytest.fixture
def silent(clearinghouse: Callable[..., Connection], now: datetime) -> Claim:
    """Sent three days ago, and never answered."""
    clearinghouse(lists=False)
    claim = ClaimFactory(status=ClaimStatus.READY)
    batched = batch_claims(now=now)
    submit_batch(batch_id=batched.batches[0], now=now)
    chase_unanswered(now=now + timedelta(days=3))
    claim.refresh_from_db()
    return claim
