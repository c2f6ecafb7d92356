"""What the tests of pages share."""

from datetime import datetime

from django.test import Client
from django.urls import reverse

from apps.claims.models import Claim
from apps.claims.services import scrub_claims
from apps.claims.states import ClaimStatus
from tests.factories.claims import ClaimFactory

HTMX = {"HX-Request": "true"}


def page(client: Client, name: str, *args: str, query: str = "", headers: dict[str, str] | None = None) -> str:
    answer = client.get(reverse(name, args=args) + query, headers=headers)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "UNDEFINED_VARIABLE" not in text
    return text


def held(now: datetime, **fields: object) -> Claim:
    """A claim that the scrubber stopped, by default for its member ID, which one click mends."""
    fields = fields or {
        "encounter__coverage__member_id": "lp 000-000-123",
        "encounter__coverage__payer__member_id_pattern": "LP[0-9]{9}",
    }
    claim = ClaimFactory(**fields)
    scrub_claims(now=now)
    claim.refresh_from_db()
    assert claim.status == ClaimStatus.EXCEPTION
    return claim


def needs_25(now: datetime) -> Claim:
    claim = ClaimFactory(encounter__charges__size=2)
    claim.lines.filter(number=2).update(procedure="20610")
    scrub_claims(now=now)
    claim.refresh_from_db()
    return claim
