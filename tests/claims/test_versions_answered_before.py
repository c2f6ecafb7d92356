"""What the change of the database says of answers that came before it was kept which version they are for."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection

from apps.claims.models import Adjudication, ClaimEvent
from apps.remittances.services import post_remittances
from tests.factories.remittances import NOW, clp, payment, reversal_of, sent_again, stored_file, submitted_claim, svc

pytestmark = pytest.mark.django_db


@pytest.mark.long
def test_an_earlier_answer_is_for_what_had_been_sent_unless_the_timeline_says_otherwise() -> None:
    claim = submitted_claim("100.00")
    denied = clp(claim, svc(claim.lines.get(), "0.00", ("CO-97", "100.00")), payer_claim_number="P77")
    _post(denied, days=-1)
    made = sent_again(claim, "7")
    again = clp(claim, svc(claim.lines.get(), "0.00", ("CO-50", "100.00")), payer_claim_number="P77", frequency="1")
    _post(reversal_of(denied), again, days=1)
    paid = clp(claim, svc(claim.lines.get(), "60.00"), payer_claim_number="P80", frequency="7")
    _post(reversal_of(again), paid, days=2)
    Adjudication.objects.update(correction=None, version_basis="", frequency="")
    with connection.cursor() as cursor:
        cursor.execute(import_module("apps.claims.migrations.0011_versions_answered_before")._FORWARD)
    said = Adjudication.objects.exclude(claim_status_code="22").order_by("pk")
    assert list(said.values_list("correction", "version_basis")) == [
        (None, ""),
        (None, "before"),
        (made.pk, "before"),
    ]
    assert not Adjudication.objects.filter(claim_status_code="22").exclude(version_basis="").exists()
    assert ClaimEvent.objects.filter(what__startswith="The payer answered the version before again.").count() == 1


def _post(*claims: object, days: int) -> None:
    stored_file(payment(*claims))  # type: ignore[arg-type]
    assert post_remittances(now=NOW + timedelta(days=days)).failures == ()
