"""The book of worked examples, seventh chapter: a payer takes back and corrects itself, in any order (DOMAIN 4).

The same answers end in the same books, whichever came first. Only cash differs, by how the payer settles.
"""

import pytest

from tests.orders import orders
from tests.remittances.book import prove

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def test_a_reversal_undoes_the_posting_and_the_correction_posts_fresh_in_one_file() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 60.00 EFT1
      CLP A 1 100.00 60.00
      SVC A1 100.00 60.00
      CAS CO 45 40.00
    remittance
      PAY Prairie 15.00 EFT2
      CLP A 22 -100.00 -60.00
      SVC A1 -100.00 -60.00
      CAS CO 45 -40.00
      CLP A 1 100.00 75.00 10.00
      SVC A1 100.00 75.00
      CAS CO 45 15.00
      CAS PR 3 10.00
    books
      deposits Prairie       75.00
      contractual A1 Prairie 15.00
      patient receivable A1  10.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 85.00, contractual CO-45 15.00, cost share PR-3 10.00
    outcome
      EFT1 A: posted, taken back
      EFT2 A: reversed
      EFT2 A: posted
      claim A: paid
    """)


def test_a_correction_that_stands_before_its_reversal_in_one_file_ends_in_the_same_books() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 60.00 EFT1
      CLP A 1 100.00 60.00
      SVC A1 100.00 60.00
      CAS CO 45 40.00
    remittance
      PAY Prairie 15.00 EFT2
      CLP A 1 100.00 75.00 10.00
      SVC A1 100.00 75.00
      CAS CO 45 15.00
      CAS PR 3 10.00
      CLP A 22 -100.00 -60.00
      SVC A1 -100.00 -60.00
      CAS CO 45 -40.00
    books
      deposits Prairie       75.00
      contractual A1 Prairie 15.00
      patient receivable A1  10.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 85.00, contractual CO-45 15.00, cost share PR-3 10.00
    outcome
      EFT1 A: posted, taken back
      EFT2 A: reversed
      EFT2 A: posted
      claim A: paid
    """)


def test_a_correction_may_come_in_a_file_before_its_reversal_and_be_marked_22_as_well() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 60.00 EFT1
      CLP A 1 100.00 60.00
      SVC A1 100.00 60.00
      CAS CO 45 40.00
    remittance
      PAY Prairie 75.00 EFT2
      CLP A 22 100.00 75.00 10.00          -- positive: the correction
      SVC A1 100.00 75.00
      CAS CO 45 15.00
      CAS PR 3 10.00
    remittance
      PAY Prairie 0.00 NON3
      CLP A 22 -100.00 -60.00
      SVC A1 -100.00 -60.00
      CAS CO 45 -40.00
      PLB FB:NON3 -60.00
    books
      deposits Prairie       135.00
      unapplied cash Prairie -60.00        -- paid twice: the payer will take it
      contractual A1 Prairie  15.00
      patient receivable A1   10.00
      revenue A1            -100.00
    answers
      A1 Prairie: allowed 85.00, contractual CO-45 15.00, cost share PR-3 10.00
    outcome
      EFT1 A: posted, taken back
      EFT2 A: posted
      NON3 A: reversed
      claim A: paid
    """)


def test_a_reversal_that_comes_before_what_it_takes_back_waits_for_it() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 0.00 NON2
      CLP A 22 -100.00 -60.00
      SVC A1 -100.00 -60.00
      CAS CO 45 -40.00
      PLB FB:NON2 -60.00
    remittance
      PAY Prairie 60.00 EFT1
      CLP A 1 100.00 60.00
      SVC A1 100.00 60.00
      CAS CO 45 40.00
    books
      deposits Prairie                 60.00
      unapplied cash Prairie          -60.00
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
    outcome
      EFT1 A: posted, taken back
      NON2 A: reversed
      claim A: reversed
    """)


def test_a_reversal_of_what_was_never_posted_is_work_and_its_money_waits_in_clearing() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 0.00 NON2
      CLP A 22 -100.00 -60.00
      SVC A1 -100.00 -60.00
      CAS CO 45 -40.00
      PLB FB:NON2 -60.00
    books
      payer clearing Prairie           60.00
      unapplied cash Prairie          -60.00
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
    outcome
      NON2 A: refused
      claim A: submitted
      open: reversal -60.00
    """)


def test_a_posting_is_undone_once_and_a_second_reversal_of_it_is_work() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 60.00 EFT1
      CLP A 1 100.00 60.00
      SVC A1 100.00 60.00
      CAS CO 45 40.00
    remittance
      PAY Prairie 0.00 NON2
      CLP A 22 -100.00 -60.00
      SVC A1 -100.00 -60.00
      CAS CO 45 -40.00
      PLB FB:NON2 -60.00
    remittance
      PAY Prairie 0.00 NON3
      CLP A 22 -100.00 -60.00
      SVC A1 -100.00 -60.00
      CAS CO 45 -40.00
      PLB FB:NON3 -60.00
    books
      deposits Prairie                 60.00
      payer clearing Prairie           60.00
      unapplied cash Prairie         -120.00
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
    outcome
      EFT1 A: posted, taken back
      NON2 A: reversed
      NON3 A: refused
      claim A: reversed
      open: reversal -60.00
    """)


def test_a_reversal_undoes_the_posting_whose_group_codes_it_negates() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 80.00 EFT1
      CLP A 1 100.00 80.00
      SVC A1 100.00 80.00
      CAS CO 45 20.00
    remittance
      PAY Prairie 80.00 EFT2
      CLP A 1 100.00 80.00 20.00
      SVC A1 100.00 80.00
      CAS PR 2 20.00
    remittance
      PAY Prairie 0.00 NON3
      CLP A 22 -100.00 -80.00 -20.00
      SVC A1 -100.00 -80.00
      CAS PR 2 -20.00
      PLB FB:NON3 -80.00
    books
      deposits Prairie       160.00
      unapplied cash Prairie -80.00
      contractual A1 Prairie  20.00
      revenue A1            -100.00
    answers
      A1 Prairie: allowed 80.00, contractual CO-45 20.00
    outcome
      EFT1 A: posted
      EFT2 A: posted, taken back
      NON3 A: reversed
      claim A: paid
    """)


def test_a_denial_is_taken_back_without_moving_money_and_the_correction_pays() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 0.00 NON1
      CLP A 1 100.00 0.00
      SVC A1 100.00 0.00
      CAS CO 16 100.00
    remittance
      PAY Prairie 90.00 EFT2
      CLP A 22 -100.00 0.00
      SVC A1 -100.00 0.00
      CAS CO 16 -100.00
      CLP A 1 100.00 90.00
      SVC A1 100.00 90.00
      CAS CO 45 10.00
    books
      deposits Prairie       90.00
      contractual A1 Prairie 10.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 90.00, contractual CO-45 10.00
    outcome
      NON1 A: posted with denial, taken back
      EFT2 A: reversed
      EFT2 A: posted
      claim A: paid
    """)


ANSWERS = {
    "original": """
    remittance
      PAY Prairie 60.00 EFT1
      CLP A 1 100.00 60.00
      SVC A1 100.00 60.00
      CAS CO 45 40.00
    """,
    "reversal": """
    remittance
      PAY Prairie 0.00 NON2
      CLP A 22 -100.00 -60.00
      SVC A1 -100.00 -60.00
      CAS CO 45 -40.00
      PLB FB:NON2 -60.00
    """,
    "correction": """
    remittance
      PAY Prairie 15.00 EFT3
      CLP A 1 100.00 75.00 10.00
      SVC A1 100.00 75.00
      CAS CO 45 15.00
      CAS PR 3 10.00
      PLB FB:NON2 60.00
    """,
}


@pytest.mark.parametrize("order", orders(ANSWERS), ids="-".join)
def test_original_reversal_and_correction_end_in_the_same_books_in_any_order(order: tuple[str, ...]) -> None:
    prove(f"""
    billed
      A Prairie 100.00
    {"".join(ANSWERS[name] for name in order)}
    books
      deposits Prairie       75.00
      contractual A1 Prairie 15.00
      patient receivable A1  10.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 85.00, contractual CO-45 15.00, cost share PR-3 10.00
    outcome
      EFT1 A: posted, taken back
      NON2 A: reversed
      EFT3 A: posted
      claim A: paid
    """)


def test_a_reversal_without_lines_takes_back_what_was_posted_by_line() -> None:
    prove("""
    billed
      A Prairie 60.00 40.00
    remittance
      PAY Prairie 70.00 EFT1
      CLP A 1 100.00 70.00
      SVC A1 60.00 50.00
      CAS CO 45 10.00
      SVC A2 40.00 20.00
      CAS CO 45 20.00
    remittance
      PAY Prairie -70.00 EFT2
      CLP A 22 -100.00 -70.00
      CAS CO 45 -30.00
    books
      insurance receivable A1 Prairie 60.00
      insurance receivable A2 Prairie 40.00
      revenue A1                     -60.00
      revenue A2                     -40.00
    answers
    outcome
      EFT1 A: posted, taken back
      EFT2 A: reversed
      claim A: reversed
    """)


def test_a_correction_that_is_itself_corrected_leaves_the_last_word() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 60.00 EFT1
      CLP A 1 100.00 60.00
      SVC A1 100.00 60.00
      CAS CO 45 40.00
    remittance
      PAY Prairie 15.00 EFT2
      CLP A 22 -100.00 -60.00
      SVC A1 -100.00 -60.00
      CAS CO 45 -40.00
      CLP A 1 100.00 75.00 10.00
      SVC A1 100.00 75.00
      CAS CO 45 15.00
      CAS PR 3 10.00
    remittance
      PAY Prairie -75.00 EFT3
      CLP A 22 -100.00 -75.00 -10.00
      SVC A1 -100.00 -75.00
      CAS CO 45 -15.00
      CAS PR 3 -10.00
      CLP A 1 100.00 0.00
      SVC A1 100.00 0.00
      CAS CO 27 100.00
    books
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
      A1 Prairie: allowed 0.00, denied, denial CO-27 100.00
    outcome
      EFT1 A: posted, taken back
      EFT2 A: reversed
      EFT2 A: posted, taken back
      EFT3 A: reversed
      EFT3 A: posted with denial
      claim A: denied
    """)
