import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.practice.roles import Role
from tests.signing_in import sign_in

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.mark.django_db
@pytest.mark.parametrize(("headers", "kept"), [({}, True), ({"X-By-Itself": "1"}, False)])
def test_what_a_page_asks_by_itself_does_not_keep_a_session(headers: dict[str, str], kept: bool) -> None:
    client = Client()
    sign_in(client, Role.BILLER)
    client.get(reverse("jobs:list"))  # what is set once is set
    soon = timezone.now() + timedelta(minutes=2)
    Session.objects.update(expire_date=soon)
    assert client.get(reverse("jobs:list"), headers=headers).status_code == 200
    assert (Session.objects.get().expire_date > soon) is kept


def test_each_part_that_asks_by_itself_says_so() -> None:
    asking = [
        tag for path in TEMPLATES.rglob("*.html") for tag in re.findall(r'hx-trigger="every [^>]*', path.read_text())
    ]
    assert asking
    assert [tag for tag in asking if "X-By-Itself" not in tag] == []
