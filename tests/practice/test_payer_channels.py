"""One payer under several ids: which one counts where, and when nothing can be sent."""

from datetime import date
from typing import Any

import pytest

from apps.practice.models import Payer, PayerChannel
from apps.practice.selectors.payer_channels import Channel, Transaction, channels, payers_under, remittance_ids
from tests.factories.practice import PayerChannelFactory, PayerFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 8)
Enrollment = PayerChannel.Enrollment


@pytest.fixture
def payer() -> Payer:
    made: Payer = PayerFactory(name="Lone Prairie", claims_id="LPHP1", eligibility_id="LPE", remittance_ids="LPR1 LPR2")
    return made


def channel(payer: Payer, transaction: Transaction = Transaction.CLAIMS, clearinghouse: str = "waystar") -> Channel:
    return channels([payer], transaction, clearinghouse=clearinghouse, on=TODAY)[payer.pk]


@pytest.mark.parametrize(
    ("transaction", "identifier"),
    [
        (Transaction.CLAIMS, "LPHP1"),
        (Transaction.ELIGIBILITY, "LPE"),
        (Transaction.CLAIM_STATUS, "LPHP1"),
        (Transaction.REMITTANCE, "LPR1 LPR2"),
        (Transaction.FUNDS, ""),
    ],
)
def test_without_a_row_the_usual_id_counts(payer: Payer, transaction: Transaction, identifier: str) -> None:
    assert channel(payer, transaction) == Channel(identifier)


def test_the_clearinghouses_own_id_goes_before_that_of_any_and_that_before_the_usual_one(payer: Payer) -> None:
    PayerChannelFactory(payer=payer, clearinghouse="", identifier="ANY01")
    PayerChannelFactory(payer=payer, identifier="WS001")
    PayerChannelFactory(payer=payer, transaction=Transaction.ELIGIBILITY, identifier="WS270")
    assert channel(payer).identifier == "WS001"
    assert channel(payer, clearinghouse="another").identifier == "ANY01"
    assert channel(PayerFactory(claims_id="OTHER")).identifier == "OTHER"


def test_a_row_without_an_id_keeps_the_usual_one(payer: Payer) -> None:
    PayerChannelFactory(payer=payer, identifier="")
    assert channel(payer) == Channel("LPHP1")


@pytest.mark.parametrize(
    ("fields", "closed"),
    [
        ({"enrollment": Enrollment.NOT_NEEDED}, ""),
        ({"enrollment": Enrollment.ACTIVE, "enrollment_on": TODAY}, ""),
        ({"enrollment": Enrollment.ACTIVE, "enrollment_on": date(2026, 11, 1)}, "begins on November 1, 2026."),
        ({"enrollment": Enrollment.TO_DO}, "Enrollment for claims with Lone Prairie is still to do."),
        ({"enrollment": Enrollment.APPLIED, "enrollment_on": date(2026, 9, 1)}, "applied for on September 1, 2026"),
        ({"enrollment": Enrollment.REFUSED}, "Lone Prairie refused the enrollment for claims."),
        ({"capability": "cannot"}, "Lone Prairie takes no claims through this clearinghouse."),
        ({"capability": "cannot", "clearinghouse": ""}, "Lone Prairie takes no claims through a clearinghouse."),
    ],
)
def test_a_channel_says_why_nothing_goes_through_it(payer: Payer, fields: dict[str, Any], closed: str) -> None:
    PayerChannelFactory(payer=payer, **fields)
    found = channel(payer)
    assert closed in found.closed
    assert found.is_open is not bool(closed)


def test_an_835_is_known_by_the_usual_ids_and_by_those_of_every_clearinghouse(
    payer: Payer, django_assert_num_queries: Any
) -> None:
    PayerChannelFactory(payer=payer, transaction=Transaction.REMITTANCE, identifier="LPR2 WS835")
    PayerChannelFactory(payer=payer, transaction=Transaction.CLAIMS, identifier="WS837")
    other = PayerFactory(remittance_ids="")
    with django_assert_num_queries(1):
        found = remittance_ids([payer, other])
    assert found == {payer.pk: ("LPR1", "LPR2", "WS835"), other.pk: ()}


def test_a_payer_that_another_one_names_is_found_by_any_of_its_ids(payer: Payer) -> None:
    PayerFactory()
    PayerChannelFactory(payer=payer, transaction=Transaction.ELIGIBILITY, identifier="WS270")
    assert [list(payers_under(each)) for each in ("LPHP1", "LPE", "WS270", "LPR1")] == [[payer], [payer], [payer], []]
