"""The worklist as a workbook."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.models import AuditEvent
from tests.workspace.test_worklist import LIST, work

pytestmark = pytest.mark.django_db


def test_the_list_is_a_workbook_too(biller: Client) -> None:
    work("=small", amount="5.00")
    file = biller.get(f"{reverse('workspace:worklist_export')}?amount=1&as=xlsx")
    assert file["Content-Disposition"].endswith('.xlsx"')
    assert file.content.startswith(b"PK")
    page = biller.get(f"{LIST}?amount=1").content.decode()
    assert f"{reverse('workspace:worklist_export')}?amount=1&amp;as=xlsx" in page


def test_a_workbook_that_is_refused_reads_and_tells_nothing(biller: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    work()
    monkeypatch.setattr("apps.core.file_answers.MOST_ROWS", 0)
    monkeypatch.setattr("apps.core.file_answers.Workbook", lambda *_: pytest.fail("made"))
    answer = biller.get(f"{reverse('workspace:worklist_export')}?as=xlsx")
    assert answer.status_code == 422
    assert not AuditEvent.objects.filter(action="export").exists()
    assert biller.get(reverse("workspace:worklist_export")).status_code == 200
    assert AuditEvent.objects.filter(action="export").count() == 1
