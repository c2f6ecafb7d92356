"""The book of worked examples, second chapter: what must balance, and what never does (AMT; DOMAIN 4)."""

import pytest

from tests.remittances.book import prove

pytestmark = pytest.mark.django_db


def test_a_line_that_does_not_balance_holds_its_claim_and_the_next_one_posts() -> None:
    prove("""
    billed
      A Prairie 100.00
      B Prairie 50.00
    remittance
      PAY Prairie 130.00 EFT1
      CLP A 1 100.00 80.00
      SVC A1 100.00 80.00
      CAS CO 45 10.00                    -- 10.00 are told by nobody
      CLP B 1 50.00 50.00
      SVC B1 50.00 50.00
    books
      deposits Prairie                130.00
      payer clearing Prairie          -80.00
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
      revenue B1                      -50.00
    answers
      B1 Prairie: allowed 50.00
    outcome
      EFT1 A: unbalanced
      EFT1 B: posted
      claim A: submitted
      claim B: paid
      open: unbalanced 80.00
    """)


def test_a_claim_whose_total_is_not_that_of_its_lines_waits_with_what_it_says_it_paid() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 70.00 EFT1
      CLP A 1 100.00 70.00
      SVC A1 100.00 80.00
      CAS CO 45 20.00
    books
      deposits Prairie                 70.00
      payer clearing Prairie          -70.00
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
    outcome
      EFT1 A: unbalanced
      claim A: submitted
      open: unbalanced 70.00
    """)


def test_a_payment_above_its_claims_posts_them_and_leaves_the_rest_in_clearing() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 130.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
    books
      deposits Prairie       130.00
      payer clearing Prairie -30.00
      revenue A1            -100.00
    answers
      A1 Prairie: allowed 100.00
    outcome
      EFT1 A: posted
      claim A: paid
      open: clearing 30.00
    """)


def test_a_payment_below_its_claims_posts_them_too_and_the_lack_is_told() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 90.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
    books
      deposits Prairie        90.00
      payer clearing Prairie  10.00
      revenue A1            -100.00
    answers
      A1 Prairie: allowed 100.00
    outcome
      EFT1 A: posted
      claim A: paid
      open: clearing -10.00
    """)


def test_what_is_adjusted_on_the_claim_beside_its_lines_reduces_what_they_were_allowed() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 80.00 EFT1
      CLP A 1 100.00 80.00
      CAS CO 45 20.00
      SVC A1 100.00 100.00
    books
      deposits Prairie       80.00
      contractual A1 Prairie 20.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 100.00
      A Prairie: allowed -20.00, contractual CO-45 20.00     -- 80.00 in all, as CLP04 says
    outcome
      EFT1 A: posted
      claim A: paid
    """)


def test_interest_and_allowed_amounts_told_by_amt_move_nothing_and_balance_nothing() -> None:
    prove("""
    billed
      A Prairie 148.00
    remittance
      PAY Prairie 81.23 EFT1
      CLP A 1 148.00 80.00 20.00
      AMT AU 148.00
      AMT I 1.23
      SVC A1 148.00 80.00
      CAS CO 45 48.00
      CAS PR 2 20.00
      AMT B6 100.00
      PLB L6:EFT1 -1.23
    books
      deposits Prairie          81.23
      other adjustment Prairie  -1.23
      contractual A1 Prairie    48.00
      patient receivable A1     20.00
      revenue A1              -148.00
    answers
      A1 Prairie: allowed 100.00, contractual CO-45 48.00, cost share PR-2 20.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


@pytest.mark.long
def test_an_allowed_amount_other_than_what_was_paid_and_shared_is_looked_at() -> None:
    prove("""
    billed
      A Prairie 148.00
    remittance
      PAY Prairie 80.00 EFT1
      CLP A 1 148.00 80.00 20.00
      SVC A1 148.00 80.00
      CAS CO 45 48.00
      CAS PR 2 20.00
      AMT B6 110.00
    books
      deposits Prairie        80.00
      contractual A1 Prairie  48.00
      patient receivable A1   20.00
      revenue A1            -148.00
    answers
      A1 Prairie: allowed 100.00, contractual CO-45 48.00, cost share PR-2 20.00
    outcome
      EFT1 A: posted
      claim A: paid
      open: contract check 0.00
    """)


def test_nothing_allowed_by_45_alone_is_posted_and_held_against_the_contract() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 0.00 0001
      CLP A 1 100.00 0.00
      SVC A1 100.00 0.00
      CAS CO 45 100.00
    books
      contractual A1 Prairie 100.00
      revenue A1            -100.00
    answers
      A1 Prairie: allowed 0.00, contractual CO-45 100.00
    outcome
      0001 A: posted
      claim A: paid
      open: contract check 0.00
    """)


def test_a_reporting_line_of_a_cent_that_45_takes_off_asks_nobody_about_the_contract() -> None:
    prove("""
    billed
      A Prairie 100.00 0.01
    remittance
      PAY Prairie 80.00 EFT1
      CLP A 1 100.01 80.00
      SVC A1 100.00 80.00
      CAS CO 45 20.00
      SVC A2 0.01 0.00
      CAS CO 45 0.01
    books
      deposits Prairie        80.00
      contractual A1 Prairie  20.00
      contractual A2 Prairie   0.01
      revenue A1            -100.00
      revenue A2              -0.01
    answers
      A1 Prairie: allowed 80.00, contractual CO-45 20.00
      A2 Prairie: allowed 0.00, contractual CO-45 0.01
    outcome
      EFT1 A: posted
      claim A: paid
    """)


def test_an_amount_that_cannot_be_read_is_nobodys_guess_and_its_neighbour_posts() -> None:
    prove("""
    billed
      A Prairie 100.00
      B Prairie 50.00
    remittance
      PAY Prairie 130.00 EFT1
      CLP A 1 100.00 8O.00                 -- a letter O
      SVC A1 100.00 80.00
      CAS CO 45 20.00
      CLP B 1 50.00 50.00
      SVC B1 50.00 50.00
    books
      deposits Prairie                130.00
      payer clearing Prairie          -80.00
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
      revenue B1                      -50.00
    answers
      B1 Prairie: allowed 50.00
    outcome
      EFT1 nobody: refused
      EFT1 B: posted
      claim A: submitted
      claim B: paid
      open: unreadable 0.00
      open: clearing 80.00
    """)
