"""The book of worked examples, eighth chapter: further payers (DOMAIN 4).

A further payer restates the whole charge; only what is new is posted, and never below zero.
"""

import pytest

from tests.remittances.book import prove

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def test_medicaid_takes_the_claim_to_zero_and_not_below() -> None:
    prove("""
    billed
      A Medicare 500.00
    remittance
      PAY Medicare 300.00 EFT1
      CLP A 19 500.00 300.00 75.00
      SVC A1 500.00 300.00
      CAS CO 45 125.00
      CAS PR 2 75.00
    remittance
      PAY Medicaid 65.00 EFT2
      CLP A 2 500.00 65.00
      SVC A1 500.00 65.00
      CAS CO 45 435.00
    books
      deposits Medicare       300.00
      deposits Medicaid        65.00
      contractual A1 Medicare 125.00
      contractual A1 Medicaid  10.00
      revenue A1             -500.00
    answers
      A1 Medicare: allowed 375.00, contractual CO-45 125.00, cost share PR-2 75.00
      A1 Medicaid: allowed 65.00, contractual CO-45 435.00
    outcome
      EFT1 A: posted
      EFT2 A: posted
      claim A: paid
    """)


def test_medicaid_heard_before_medicare_ends_in_the_same_books() -> None:
    prove("""
    billed
      A Medicare 500.00
    remittance
      PAY Medicaid 65.00 EFT2
      CLP A 2 500.00 65.00
      SVC A1 500.00 65.00
      CAS CO 45 435.00
    remittance
      PAY Medicare 300.00 EFT1
      CLP A 1 500.00 300.00 75.00
      SVC A1 500.00 300.00
      CAS CO 45 125.00
      CAS PR 2 75.00
    books
      deposits Medicare       300.00
      deposits Medicaid        65.00
      contractual A1 Medicare 125.00
      contractual A1 Medicaid  10.00
      revenue A1             -500.00
    answers
      A1 Medicare: allowed 375.00, contractual CO-45 125.00, cost share PR-2 75.00
      A1 Medicaid: allowed 65.00, contractual CO-45 435.00
    outcome
      EFT1 A: posted
      EFT2 A: posted
      claim A: paid
    """)


def test_the_prior_payers_part_counts_as_allowed_and_moves_nothing() -> None:
    prove("""
    billed
      A Medicare 500.00
    remittance
      PAY Medicare 300.00 EFT1
      CLP A 19 500.00 300.00 75.00
      SVC A1 500.00 300.00
      CAS CO 45 125.00
      CAS PR 2 75.00
    remittance
      PAY Medigap 50.00 EFT2
      CLP A 2 500.00 50.00 25.00
      SVC A1 500.00 50.00
      CAS OA 23 425.00
      CAS PR 2 25.00
    books
      deposits Medicare       300.00
      deposits Medigap         50.00
      contractual A1 Medicare 125.00
      patient receivable A1    25.00
      revenue A1             -500.00
    answers
      A1 Medicare: allowed 375.00, contractual CO-45 125.00, cost share PR-2 75.00
      A1 Medigap: allowed 500.00, prior payer OA-23 425.00, cost share PR-2 25.00
    outcome
      EFT1 A: posted
      EFT2 A: posted
      claim A: paid
    """)


@pytest.mark.parametrize(("status", "claim"), [("3", "paid"), ("21", "forwarded")])
def test_three_payers_one_after_another_each_post_what_is_new(status: str, claim: str) -> None:
    prove(f"""
    billed
      A Medicare 500.00
    remittance
      PAY Medicare 300.00 EFT1
      CLP A 19 500.00 300.00 75.00
      SVC A1 500.00 300.00
      CAS CO 45 125.00
      CAS PR 2 75.00
    remittance
      PAY Medigap 50.00 EFT2
      CLP A 20 500.00 50.00 25.00
      SVC A1 500.00 50.00
      CAS OA 23 425.00
      CAS PR 2 25.00
    remittance
      PAY Medicaid 20.00 EFT3
      CLP A {status} 500.00 20.00
      SVC A1 500.00 20.00
      CAS OA 23 475.00
      CAS CO 45 5.00
    books
      deposits Medicare       300.00
      deposits Medigap         50.00
      deposits Medicaid        20.00
      contractual A1 Medicare 125.00
      contractual A1 Medicaid   5.00
      revenue A1             -500.00
    answers
      A1 Medicare: allowed 375.00, contractual CO-45 125.00, cost share PR-2 75.00
      A1 Medigap: allowed 500.00, prior payer OA-23 425.00, cost share PR-2 25.00
      A1 Medicaid: allowed 495.00, prior payer OA-23 475.00, contractual CO-45 5.00
    outcome
      EFT1 A: posted
      EFT2 A: posted
      EFT3 A: posted
      claim A: {claim}
    """)


def test_what_the_first_payer_denied_and_the_next_pays_is_open_with_neither() -> None:
    prove("""
    billed
      A Medicare 100.00
    remittance
      PAY Medicare 0.00 NON1
      CLP A 1 100.00 0.00
      SVC A1 100.00 0.00
      CAS CO 96 100.00
    remittance
      PAY Medigap 80.00 EFT2
      CLP A 2 100.00 80.00
      SVC A1 100.00 80.00
      CAS CO 45 20.00
    books
      deposits Medigap       80.00
      contractual A1 Medigap 20.00
      revenue A1           -100.00
    answers
      A1 Medicare: allowed 0.00, denied, denial CO-96 100.00
      A1 Medigap: allowed 80.00, contractual CO-45 20.00
    outcome
      NON1 A: posted with denial
      EFT2 A: posted
      claim A: paid
    """)


def test_what_a_further_payer_pays_above_the_rest_is_its_credit() -> None:
    prove("""
    billed
      A Medicare 500.00
    remittance
      PAY Medicare 300.00 EFT1
      CLP A 1 500.00 300.00 75.00
      SVC A1 500.00 300.00
      CAS CO 45 125.00
      CAS PR 2 75.00
    remittance
      PAY Medigap 100.00 EFT2
      CLP A 2 500.00 100.00
      SVC A1 500.00 100.00
      CAS OA 23 400.00
    books
      deposits Medicare               300.00
      deposits Medigap                100.00
      contractual A1 Medicare         125.00
      insurance receivable A1 Medigap -25.00
      revenue A1                     -500.00
    answers
      A1 Medicare: allowed 375.00, contractual CO-45 125.00, cost share PR-2 75.00
      A1 Medigap: allowed 500.00, prior payer OA-23 400.00
    outcome
      EFT1 A: posted
      EFT2 A: posted
      claim A: paid
    """)


@pytest.mark.parametrize("status", ["2", "1"])
def test_a_claim_of_its_own_to_the_second_payer_posts_upon_what_the_first_left(status: str) -> None:
    prove(f"""
    billed
      A Medicare 500.00
      B Medicaid after A
    remittance
      PAY Medicare 300.00 EFT1
      CLP A 1 500.00 300.00 75.00
      SVC A1 500.00 300.00
      CAS CO 45 125.00
      CAS PR 2 75.00
    remittance
      PAY Medicaid 65.00 EFT2
      CLP B {status} 500.00 65.00
      SVC B1 500.00 65.00
      CAS CO 45 435.00
    books
      deposits Medicare       300.00
      deposits Medicaid        65.00
      contractual A1 Medicare 125.00
      contractual A1 Medicaid  10.00
      revenue A1             -500.00
    answers
      A1 Medicare: allowed 375.00, contractual CO-45 125.00, cost share PR-2 75.00
      B1 Medicaid: allowed 65.00, contractual CO-45 435.00
    outcome
      EFT1 A: posted
      EFT2 B: posted
      claim A: paid
      claim B: paid
    """)


def test_a_claim_to_the_second_payer_heard_first_and_as_status_1_ends_in_the_same_books() -> None:
    prove("""
    billed
      A Medicare 500.00
      B Medicaid after A
    remittance
      PAY Medicaid 65.00 EFT2
      CLP B 1 500.00 65.00
      SVC B1 500.00 65.00
      CAS CO 45 435.00
    remittance
      PAY Medicare 300.00 EFT1
      CLP A 1 500.00 300.00 75.00
      SVC A1 500.00 300.00
      CAS CO 45 125.00
      CAS PR 2 75.00
    books
      deposits Medicare       300.00
      deposits Medicaid        65.00
      contractual A1 Medicare 125.00
      contractual A1 Medicaid  10.00
      revenue A1             -500.00
    answers
      A1 Medicare: allowed 375.00, contractual CO-45 125.00, cost share PR-2 75.00
      B1 Medicaid: allowed 65.00, contractual CO-45 435.00
    outcome
      EFT1 A: posted
      EFT2 B: posted
      claim A: paid
      claim B: paid
    """)


def test_the_first_payer_corrects_itself_under_a_second_payers_answer() -> None:
    prove("""
    billed
      A Medicare 500.00
    remittance
      PAY Medicare 300.00 EFT1
      CLP A 1 500.00 300.00 75.00
      SVC A1 500.00 300.00
      CAS CO 45 125.00
      CAS PR 2 75.00
    remittance
      PAY Medicaid 65.00 EFT2
      CLP A 2 500.00 65.00
      SVC A1 500.00 65.00
      CAS CO 45 435.00
    remittance
      PAY Medicare 10.00 EFT3
      CLP A 22 -500.00 -300.00 -75.00
      SVC A1 -500.00 -300.00
      CAS CO 45 -125.00
      CAS PR 2 -75.00
      CLP A 1 500.00 310.00 75.00
      SVC A1 500.00 310.00
      CAS CO 45 115.00
      CAS PR 2 75.00
    books
      deposits Medicare       310.00
      deposits Medicaid        65.00
      contractual A1 Medicare 115.00
      contractual A1 Medicaid  10.00
      revenue A1             -500.00
    answers
      A1 Medicare: allowed 385.00, contractual CO-45 115.00, cost share PR-2 75.00
      A1 Medicaid: allowed 65.00, contractual CO-45 435.00
    outcome
      EFT1 A: posted, taken back
      EFT2 A: posted
      EFT3 A: reversed
      EFT3 A: posted
      claim A: paid
    """)


def test_a_further_payer_that_leaves_the_patient_a_copay_takes_the_rest_of_the_share_off() -> None:
    prove("""
    billed
      A Medicare 500.00
    remittance
      PAY Medicare 300.00 EFT1
      CLP A 1 500.00 300.00 75.00
      SVC A1 500.00 300.00
      CAS CO 45 125.00
      CAS PR 2 75.00
    remittance
      PAY Medicaid 0.00 NON2
      CLP A 2 500.00 0.00 3.00
      SVC A1 500.00 0.00
      CAS CO 45 497.00
      CAS PR 3 3.00
    books
      deposits Medicare       300.00
      contractual A1 Medicare 125.00
      contractual A1 Medicaid  72.00
      patient receivable A1     3.00
      revenue A1             -500.00
    answers
      A1 Medicare: allowed 375.00, contractual CO-45 125.00, cost share PR-2 75.00
      A1 Medicaid: allowed 3.00, contractual CO-45 497.00, cost share PR-3 3.00
    outcome
      EFT1 A: posted
      NON2 A: posted
      claim A: paid
    """)


def test_a_further_payer_that_pays_the_claim_as_a_whole_pays_what_stands_open() -> None:
    prove("""
    billed
      A Medicare 100.00 100.00
    remittance
      PAY Medicare 80.00 EFT1
      CLP A 1 200.00 80.00 50.00
      SVC A1 100.00 80.00
      CAS CO 45 20.00
      SVC A2 100.00 0.00
      CAS CO 45 50.00
      CAS PR 1 50.00
    remittance
      PAY Medigap 50.00 EFT2
      CLP A 2 200.00 50.00
      CAS OA 23 150.00
    books
      deposits Medicare       80.00
      deposits Medigap        50.00
      contractual A1 Medicare 20.00
      contractual A2 Medicare 50.00
      revenue A1            -100.00
      revenue A2            -100.00
    answers
      A1 Medicare: allowed 80.00, contractual CO-45 20.00
      A2 Medicare: allowed 50.00, contractual CO-45 50.00, cost share PR-1 50.00
      A Medigap: allowed 200.00, prior payer OA-23 150.00
    outcome
      EFT1 A: posted
      EFT2 A: posted
      claim A: paid
    """)
