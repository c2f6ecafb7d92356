"""Files that their sender marks as a test (ISA15 is T): a clearinghouse sends them while remittances are set up."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from apps.connectors import journal
from apps.ledger.models import Entry
from apps.remittances.models import ExpectedDeposit, RemittanceException, RemittanceFile, RemittancePayment
from apps.remittances.selectors.soundness import payment_faults
from apps.remittances.services import post_remittances
from tests.factories.connectors import ClearinghouseConnectionFactory
from tests.factories.remittances import NOW, clp, payment, remittance_bytes, stored_file, submitted_claim
from tests.remittances.test_commands import run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("statistics_forgotten")]


@pytest.fixture
def practice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a practice's own money."""
    monkeypatch.setattr(settings, "DEMO_MODE", False)


def marked(payload: bytes) -> bytes:
    return payload.replace(b"*P*:~", b"*T*:~", 1)


def one_payment(paid: str = "150000.00", *, trace: str = "") -> bytes:
    claim = submitted_claim(paid)
    return remittance_bytes(payment(clp(claim), payer=claim.payer, trace=trace))


@pytest.mark.usefixtures("practice")
def test_nothing_of_a_test_is_posted_and_one_exception_says_what_to_do() -> None:
    stored_file(payload=marked(one_payment()))
    assert post_remittances(now=NOW).refused == 1
    assert not RemittancePayment.objects.exists()
    assert not Entry.objects.filter(kind="deposit").exists()
    assert not ExpectedDeposit.objects.exists()
    found = RemittanceException.objects.get()
    assert (found.kind, found.amount) == ("test_file", 0)
    assert found.sentence == (
        "1 payment of this file is marked as a test (ISA15 is T): $150,000.00, of which nothing is posted and no deposit "
        "expected. If the money is real, ask the clearinghouse for production files (P); if it was a test, note that and "
        "close this."
    )
    file = RemittanceFile.objects.get()
    assert (file.state, file.problem, file.transmission.state) == ("refused", found.sentence, "failed")


@pytest.mark.usefixtures("practice")
def test_what_is_real_beside_a_test_is_posted() -> None:
    stored_file(payload=marked(one_payment()) + one_payment("20.00", trace="REAL"))
    post_remittances(now=NOW)
    paid = RemittancePayment.objects.get()
    assert (paid.trace_number, paid.number, list(paid.claims.values_list("outcome", flat=True))) == (
        "REAL",
        2,
        ["posted"],
    )
    assert RemittanceFile.objects.get().state == "posted"
    assert RemittanceException.objects.get().kind == "test_file"
    assert payment_faults() == []


@pytest.mark.usefixtures("practice")
def test_the_same_payment_in_production_is_posted_after_its_test() -> None:
    real = one_payment("20.00")
    stored_file(payload=marked(real))
    post_remittances(now=NOW)
    stored_file(payload=real)
    post_remittances(now=NOW)
    assert RemittancePayment.objects.get().claims.get().outcome == "posted"


def test_on_a_trial_machine_too_a_connection_brings_no_tests() -> None:
    connection = ClearinghouseConnectionFactory()
    journal.receive(marked(one_payment()), kind="835", name="june.835", now=NOW, connection=connection)
    post_remittances(now=NOW)
    assert RemittanceException.objects.get().kind == "test_file"
    assert not RemittancePayment.objects.exists()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "trial.835"
    path.write_bytes(marked(one_payment("20.00", trace="T1")))
    return path


def test_on_a_trial_machine_the_command_posts_a_test_and_says_so(file: Path) -> None:
    out, _, status = run("import_remittance", file)
    assert status == 0
    assert out.splitlines()[0].startswith("trial.835: posted. Marked as a test (ISA15 is T), and posted because")
    assert out.splitlines()[-1].endswith("Claims: 1 posted. 0 exceptions. 1 marked as a test (ISA15 T).")


@pytest.mark.long
@pytest.mark.usefixtures("practice")
def test_the_command_refuses_a_test_until_it_is_told_to_accept_it(file: Path) -> None:
    out, _, status = run("import_remittance", file)
    assert status == 1
    assert out.startswith("trial.835: refused. 1 payment of this file is marked as a test")
    out, _, status = run("import_remittance", file, "--accept-test")
    assert (status, RemittancePayment.objects.get().claims.get().outcome) == (0, "posted")
    assert RemittanceException.objects.get().state == "settled"
    assert RemittanceFile.objects.get().run.state == "done"
    assert run("import_remittance", file, "--accept-test")[0].startswith("trial.835: known. ")
    assert RemittancePayment.objects.count() == 1


@pytest.mark.usefixtures("practice")
def test_accepting_tests_does_not_read_a_file_that_was_refused_for_something_else(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"005010X221A1", b"004010X091A1"))
    first, _, _ = run("import_remittance", file, "--accept-test")
    again, _, status = run("import_remittance", file, "--accept-test")
    assert (again, status) == (first, 1)
    assert RemittanceException.objects.get().kind == "refused_file"


@pytest.mark.usefixtures("practice")
def test_the_page_of_a_test_says_how_to_find_out(biller: Client) -> None:
    stored_file(payload=marked(one_payment()))
    post_remittances(now=NOW)
    exception = RemittanceException.objects.get()
    page = biller.get(reverse("remittances:exception", args=[exception.public_id])).content.decode()
    assert "Test file, not posted" in page
    assert "Find out whether this was one" in page
    note = {"apart-note": "Enrollment test, said the clearinghouse."}
    biller.post(reverse("remittances:settle", args=[exception.public_id, "apart"]), note)
    exception.refresh_from_db()
    assert exception.state == "settled"
