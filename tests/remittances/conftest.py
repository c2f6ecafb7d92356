from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from apps.practice.roles import Role
from tests.factories.remittances import NOW
from tests.signing_in import browser_of


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def signed_in(db: None) -> Callable[[Role | None], Client]:
    return browser_of


@pytest.fixture
def biller(signed_in: Callable[[Role | None], Client]) -> Client:
    return signed_in(Role.BILLER)
