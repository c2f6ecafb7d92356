"""The book of worked examples, tenth chapter: a claim was corrected and is with its payer again; of which version does an answer speak?

X221A1 loop 2100: CLP09 returns CLM05-3, CLP07 is the payer's number of that version. Neither need be told.
"""

import pytest

from tests.orders import orders
from tests.remittances.book import prove

pytestmark = [pytest.mark.django_db, pytest.mark.long]

_DENIED_AND_CORRECTED = """
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 0.00 NON1
      CLP A 4 100.00 0.00 - P77 1
      SVC A1 100.00 0.00
      CAS CO 197 100.00
    corrected
      A {frequency}
"""


@pytest.mark.parametrize(
    ("frequency", "told", "question"),
    [
        ("7", "- P80 1", ""),  # CLP09 says the original, under a new number
        (
            "1",
            "- P77 1",
            "open: version 0.00",
        ),  # both are frequency 1: the number tells them apart, if the payer keeps none
    ],
)
def test_a_further_answer_to_the_version_before_is_posted_and_the_newer_stays_pending(
    frequency: str, told: str, question: str
) -> None:
    prove(f"""
    {_DENIED_AND_CORRECTED.format(frequency=frequency)}
    remittance
      PAY Prairie 60.00 EFT2
      CLP A 22 -100.00 0.00 - P77 1
      SVC A1 -100.00 0.00
      CAS CO 197 -100.00
      CLP A 1 100.00 60.00 {told}
      SVC A1 100.00 60.00
      CAS CO 45 40.00
    books
      deposits Prairie       60.00
      contractual A1 Prairie 40.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 60.00, contractual CO-45 40.00
    outcome
      NON1 A: posted with denial, taken back
      EFT2 A: reversed
      EFT2 A: posted
      claim A: submitted
      {question}
    """)


@pytest.mark.parametrize(
    ("frequency", "told"),
    [
        ("7", "- P80 7"),
        ("7", "- P77 7"),  # a payer that keeps its number says which version it answers
        ("7", "- P80 -"),  # another number, and nothing else is told
        ("7", "- P77 -"),  # the original's number, which a payer may keep for all versions; CLP09 is not told
        ("7", "- - -"),
        ("1", "- P80 1"),
    ],
)
def test_the_answer_to_what_was_sent_last_ends_the_waiting(frequency: str, told: str) -> None:
    prove(f"""
    {_DENIED_AND_CORRECTED.format(frequency=frequency)}
    remittance
      PAY Prairie 60.00 EFT2
      CLP A 22 -100.00 0.00 - P77 1
      SVC A1 -100.00 0.00
      CAS CO 197 -100.00
      CLP A 1 100.00 60.00 {told}
      SVC A1 100.00 60.00
      CAS CO 45 40.00
    books
      deposits Prairie       60.00
      contractual A1 Prairie 40.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 60.00, contractual CO-45 40.00
    outcome
      NON1 A: posted with denial, taken back
      EFT2 A: reversed
      EFT2 A: posted
      claim A: paid
    """)


def test_a_second_denial_of_the_original_and_then_the_replacement_paid_end_in_the_replacements_books() -> None:
    prove(f"""
    {_DENIED_AND_CORRECTED.format(frequency="7")}
    remittance
      PAY Prairie 0.00 NON2
      CLP A 22 -100.00 0.00 - P77 1
      SVC A1 -100.00 0.00
      CAS CO 197 -100.00
      CLP A 4 100.00 0.00 - P77 1
      SVC A1 100.00 0.00
      CAS CO 50 100.00
    remittance
      PAY Prairie 60.00 EFT3
      CLP A 22 -100.00 0.00 - P77 1
      SVC A1 -100.00 0.00
      CAS CO 50 -100.00
      CLP A 1 100.00 60.00 - P80 7
      SVC A1 100.00 60.00
      CAS CO 45 40.00
    books
      deposits Prairie       60.00
      contractual A1 Prairie 40.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 60.00, contractual CO-45 40.00
    outcome
      NON1 A: posted with denial, taken back
      NON2 A: reversed
      NON2 A: posted with denial, taken back
      EFT3 A: reversed
      EFT3 A: posted
      claim A: paid
    """)


_ONCE_MORE = """
    remittance                          -- the original again, dated as the others are: its number and CLP09 say so
      PAY Prairie 80.00 EFT2
      CLP A 1 100.00 80.00 20.00 P77 1
      SVC A1 100.00 80.00
      CAS PR 2 20.00
"""
_NEWER = """
    remittance
      PAY Prairie 60.00 EFT3
      CLP A 1 100.00 60.00 5.00 P80 7
      SVC A1 100.00 60.00
      CAS CO 45 35.00
      CAS PR 3 5.00
"""
_TAKEN_BACK = """
    remittance
      PAY Prairie 0.00 NON4
      CLP A 22 -100.00 -80.00 -20.00 P77 1
      SVC A1 -100.00 -80.00
      CAS PR 2 -20.00
      PLB FB:NON4 -80.00
"""


@pytest.mark.parametrize("order", [(_ONCE_MORE, _NEWER), (_NEWER, _ONCE_MORE)], ids=["older first", "newer first"])
def test_the_newest_versions_answer_stands_and_what_an_older_one_was_paid_is_the_payers_credit(
    order: tuple[str, str],
) -> None:
    prove(f"""
    {_DENIED_AND_CORRECTED.format(frequency="7")}
    {"".join(order)}
    books
      deposits Prairie                140.00
      contractual A1 Prairie           35.00
      patient receivable A1             5.00
      insurance receivable A1 Prairie -80.00    -- paid twice: a payer's credit, which a person gives back
      revenue A1                     -100.00
    answers
      A1 Prairie: allowed 65.00, contractual CO-45 35.00, cost share PR-3 5.00
    outcome
      NON1 A: posted with denial
      EFT2 A: posted
      EFT3 A: posted
      claim A: paid
    """)


@pytest.mark.parametrize("order", orders((_ONCE_MORE, _NEWER, _TAKEN_BACK)))
def test_once_the_older_answer_is_taken_back_its_credit_is_gone_and_the_newer_stands_as_it_did(
    order: tuple[str, ...],
) -> None:
    prove(f"""
    {_DENIED_AND_CORRECTED.format(frequency="7")}
    {"".join(order)}
    books
      deposits Prairie       140.00
      unapplied cash Prairie -80.00
      contractual A1 Prairie  35.00
      patient receivable A1    5.00
      revenue A1            -100.00
    answers
      A1 Prairie: allowed 65.00, contractual CO-45 35.00, cost share PR-3 5.00
    outcome
      NON1 A: posted with denial
      EFT2 A: posted, taken back
      EFT3 A: posted
      NON4 A: reversed
      claim A: paid
    """)


def test_a_late_payment_of_the_original_leaves_the_replacement_denied() -> None:
    prove(f"""
    {_DENIED_AND_CORRECTED.format(frequency="7")}
    remittance
      PAY Prairie 0.00 NON3
      CLP A 4 100.00 0.00 - P80 7
      SVC A1 100.00 0.00
      CAS CO 50 100.00
    {_ONCE_MORE}
    books
      deposits Prairie                80.00
      insurance receivable A1 Prairie 20.00    -- what stands open of the denied charge, less the money that is here
      revenue A1                    -100.00
    answers
      A1 Prairie: allowed 0.00, denied, denial CO-50 100.00
    outcome
      NON1 A: posted with denial
      EFT2 A: posted
      NON3 A: posted with denial
      claim A: denied
    """)


def test_when_the_newer_answer_is_taken_back_the_older_one_stands_again() -> None:
    prove(f"""
    {_DENIED_AND_CORRECTED.format(frequency="7")}
    {_NEWER}
    {_ONCE_MORE}
    remittance
      PAY Prairie 0.00 NON5
      CLP A 22 -100.00 -60.00 -5.00 P80 7
      SVC A1 -100.00 -60.00
      CAS CO 45 -35.00
      CAS PR 3 -5.00
      PLB FB:NON5 -60.00
    books
      deposits Prairie       140.00
      unapplied cash Prairie -60.00
      patient receivable A1   20.00
      revenue A1            -100.00
    answers
      A1 Prairie: allowed 0.00, denied, denial CO-197 100.00
      A1 Prairie: allowed 100.00, cost share PR-2 20.00
    outcome
      NON1 A: posted with denial
      EFT2 A: posted
      EFT3 A: posted, taken back
      NON5 A: reversed
      claim A: paid
    """)


def test_a_new_claim_of_some_lines_leaves_the_first_answer_to_the_others_standing() -> None:
    prove("""
    billed
      A Prairie 100.00 60.00
    remittance
      PAY Prairie 80.00 EFT1
      CLP A 1 160.00 80.00 - P77 1
      SVC A1 100.00 80.00
      CAS CO 45 20.00
      SVC A2 60.00 0.00
      CAS CO 16 60.00
    corrected
      A 1
    remittance
      PAY Prairie 50.00 EFT2
      CLP A 1 60.00 50.00 - P80 1
      SVC A2 60.00 50.00
      CAS CO 45 10.00
    books
      deposits Prairie       130.00
      contractual A1 Prairie  20.00
      contractual A2 Prairie  10.00
      revenue A1            -100.00
      revenue A2             -60.00
    answers
      A1 Prairie: allowed 80.00, contractual CO-45 20.00
      A2 Prairie: allowed 50.00, contractual CO-45 10.00
    outcome
      EFT1 A: posted with denial
      EFT2 A: posted
      claim A: paid
    """)
