"""The book of worked examples, tenth chapter: a claim was corrected and is with its payer again; of which version does an answer speak?

X221A1 loop 2100: CLP09 returns CLM05-3, CLP07 is the payer's number of that version. Neither need be told.
"""

import pytest

from tests.remittances.book import prove

pytestmark = pytest.mark.django_db

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
    ("frequency", "told"),
    [
        ("7", "- P80 1"),  # CLP09 says the original, under a new number
        ("1", "- P77 1"),  # both are frequency 1: the number tells them apart
    ],
)
def test_a_further_answer_to_the_version_before_is_posted_and_the_newer_stays_pending(
    frequency: str, told: str
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
