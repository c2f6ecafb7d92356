"""The pages that belong to no room."""

import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from apps.core import views


@pytest.mark.django_db
def test_health_says_ok_while_the_database_answers(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, json.loads(response.content)) == (
        200,
        {"status": "ok", "database": "ok", "late_automations": 0},
    )


@pytest.mark.django_db
def test_the_style_guide_shows_every_component_without_a_gap(rf: RequestFactory) -> None:
    request = rf.get("/styleguide/")
    request.user = AnonymousUser()
    request.resolver_match = None
    page = views.styleguide(request).content.decode()
    assert "UNDEFINED_VARIABLE" not in page
    assert "Send corrected claim" in page
