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


@pytest.mark.parametrize("told", ["", "20.00", "50.00"])
def test_the_patients_share_is_what_the_adjustments_say_whatever_clp05_does(told: str) -> None:
    prove(f"""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 70.00 EFT1
      CLP A 1 100.00 70.00 {told}
      SVC A1 100.00 70.00
      CAS CO 45 20.00
      CAS PR 3 10.00
    books
      deposits Prairie       70.00
      contractual A1 Prairie 20.00
      patient receivable A1  10.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 80.00, contractual CO-45 20.00, cost share PR-3 10.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


@pytest.mark.parametrize(
    ("prior", "rest", "allowed", "word"),
    [("300.00", "CO 45 150.00", "350.00", "contractual CO-45"), ("400.00", "PR 2 50.00", "500.00", "cost share PR-2")],
)
def test_what_a_further_payer_believes_of_the_first_moves_nothing_of_the_firsts(
    prior: str, rest: str, allowed: str, word: str
) -> None:
    """OA-23 is neither what Medicare paid nor what it took off: of the 75.00 left, 50.00 is paid and 25.00 is all that can move."""
    left = "contractual A1 Medigap 25.00" if rest.startswith("CO") else "patient receivable A1 25.00"
    prove(f"""
    billed
      A Medicare 500.00
    remittance
      PAY Medicare 300.00 EFT1
      CLP A 1 500.00 300.00 75.00
      SVC A1 500.00 300.00
      CAS CO 45 125.00
      CAS PR 2 75.00
    remittance
      PAY Medigap 50.00 EFT2
      CLP A 2 500.00 50.00
      SVC A1 500.00 50.00
      CAS OA 23 {prior}
      CAS {rest}
    books
      deposits Medicare       300.00
      deposits Medigap         50.00
      contractual A1 Medicare 125.00
      {left}
      revenue A1             -500.00
    answers
      A1 Medicare: allowed 375.00, contractual CO-45 125.00, cost share PR-2 75.00
      A1 Medigap: allowed {allowed}, prior payer OA-23 {prior}, {word} {rest.rsplit(maxsplit=1)[-1]}
    outcome
      EFT1 A: posted
      EFT2 A: posted
      claim A: paid
    """)
