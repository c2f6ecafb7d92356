"""Reading and pressing on the denial pages."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from apps.denials.models import Denial
from tests.factories.claims import ADJUDICATED_AT

# The day after the remittances of the factories: September 29, 2026.
TODAY = ADJUDICATED_AT + timedelta(days=1)


def page(client: Client, name: str, *args: str, query: str = "", headers: dict[str, str] | None = None) -> str:
    answer = client.get(reverse(name, args=args) + query, headers=headers)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    return text


def press(client: Client, name: str, found: Denial, **fields: str) -> str:
    answer = client.post(reverse(f"denials:{name}", args=[found.public_id]), fields, follow=True)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    found.refresh_from_db()
    return text
