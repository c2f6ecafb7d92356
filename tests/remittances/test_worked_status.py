"""The book of worked examples, fourth chapter: what the claim status (CLP02) says of an answer (DOMAIN 4)."""

import pytest

from tests.remittances.book import prove

pytestmark = pytest.mark.django_db


def test_status_4_the_patient_is_not_recognised_is_a_denial() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 0.00 0001
      CLP A 4 100.00 0.00
      SVC A1 100.00 0.00
      CAS CO 31 100.00
    books
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
      A1 Prairie: allowed 0.00, denied, denial CO-31 100.00
    outcome
      0001 A: posted with denial
      claim A: denied
    """)


@pytest.mark.parametrize("status", ["23", "25"])
def test_what_was_passed_on_or_is_an_estimate_is_noted_and_adjudicates_nothing(status: str) -> None:
    prove(f"""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 0.00 NON1
      CLP A {status} 100.00 0.00
      SVC A1 100.00 0.00
      CAS OA 101 100.00
    books
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
    outcome
      NON1 A: informational
      claim A: submitted
    """)


def test_an_estimate_that_carries_money_is_not_posted_as_a_payment() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 80.00 EFT1
      CLP A 25 100.00 80.00
      SVC A1 100.00 80.00
      CAS CO 45 20.00
    books
      deposits Prairie                 80.00
      payer clearing Prairie          -80.00
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
    outcome
      EFT1 A: refused
      claim A: submitted
      open: status 80.00
    """)


def test_a_payer_that_passes_the_claim_on_is_posted_and_the_claim_is_forwarded() -> None:
    prove("""
    billed
      A Medicare 500.00
    remittance
      PAY Medicare 300.00 EFT1
      CLP A 19 500.00 300.00 75.00
      SVC A1 500.00 300.00
      CAS CO 45 125.00
      CAS PR 2 75.00
    books
      deposits Medicare       300.00
      contractual A1 Medicare 125.00
      patient receivable A1    75.00
      revenue A1             -500.00
    answers
      A1 Medicare: allowed 375.00, contractual CO-45 125.00, cost share PR-2 75.00
    outcome
      EFT1 A: posted
      claim A: forwarded
    """)


def test_a_status_without_a_meaning_is_refused_with_its_money() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 80.00 EFT1
      CLP A 17 100.00 80.00
      SVC A1 100.00 80.00
      CAS CO 45 20.00
    books
      deposits Prairie                 80.00
      payer clearing Prairie          -80.00
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
    outcome
      EFT1 A: refused
      claim A: submitted
      open: status 80.00
    """)


@pytest.mark.long
def test_a_later_answer_of_the_same_payer_that_pays_what_it_denied_posts_what_is_new() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 0.00 NON1
      CLP A 1 100.00 0.00
      SVC A1 100.00 0.00
      CAS CO 50 100.00
    remittance
      PAY Prairie 80.00 EFT2
      CLP A 1 100.00 80.00
      SVC A1 100.00 80.00
      CAS CO 45 20.00
    books
      deposits Prairie       80.00
      contractual A1 Prairie 20.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 0.00, denied, denial CO-50 100.00
      A1 Prairie: allowed 80.00, contractual CO-45 20.00
    outcome
      NON1 A: posted with denial
      EFT2 A: posted
      claim A: paid
    """)


def test_a_payer_that_answers_for_the_one_we_billed_leaves_nothing_open_in_either_name() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Administrator 80.00 EFT1
      CLP A 1 100.00 80.00
      SVC A1 100.00 80.00
      CAS CO 45 20.00
    books
      deposits Administrator       80.00
      contractual A1 Administrator 20.00
      revenue A1                 -100.00
    answers
      A1 Administrator: allowed 80.00, contractual CO-45 20.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)
