from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from apps.practice.roles import Role
from tests.factories.remittances import NOW
from tests.signing_in import sign_in


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def signed_in(db: None) -> Callable[[Role | None], Client]:
    def browser(role: Role | None) -> Client:
        client = Client()
        sign_in(client, role)
        return client

    return browser


@pytest.fixture
def biller(signed_in: Callable[[Role | None], Client]) -> Client:
    return signed_in(Role.BILLER)
