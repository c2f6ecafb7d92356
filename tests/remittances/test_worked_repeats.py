"""The book of worked examples, eleventh chapter: the same words twice. A copy of what came, or a second event (DOMAIN 4)?

TRN02 names the payment (X221A1): the same payer, trace number, amount, day and claims are one payment, however often and in whatever
order it comes. Another trace number, another number of the payer's (CLP07), or a second CLP in the same payment is a second event.
"""

import pytest

from tests.remittances.book import prove

pytestmark = [pytest.mark.django_db, pytest.mark.long]

DENIED = """
      CLP A 1 100.00 0.00 - {0}
      SVC A1 100.00 0.00
      CAS CO 29 100.00
"""
UNDONE = """
      CLP A 22 -100.00 0.00 - {0}
      SVC A1 -100.00 0.00
      CAS CO 29 -100.00
"""


def file(trace: str, *words: str) -> str:
    """One payment of nothing."""
    return f"""
    remittance
      PAY Prairie 0.00 {trace}
      {"".join(words)}
    """


def denied(number: str = "ICN1") -> str:
    return DENIED.format(number)


def undone(number: str = "ICN1") -> str:
    return UNDONE.format(number)


def orders(*files: str) -> list[tuple[str, ...]]:
    """Each of them first, from there on forwards and backwards."""
    turned = [files[number:] + files[:number] for number in range(len(files))]
    return sorted({order for each in turned for order in (each, each[::-1])})


def prove_end(files: tuple[str, ...], answers: str, outcome: str) -> None:
    prove(f"""
    billed
      A Prairie 100.00
    {"".join(files)}
    books
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
      {answers}
    outcome
      {outcome}
    """)


STANDS = "A1 Prairie: allowed 0.00, denied, denial CO-29 100.00"
TWO_TRACES = (file("NON1", denied()), file("NON2", denied()))


@pytest.mark.parametrize("files", orders(*TWO_TRACES, file("NON3", undone()), file("NON4", undone())))
def test_two_denials_and_two_reversals_of_their_own_traces_are_four_events(files: tuple[str, ...]) -> None:
    outcome = """
      NON1 A: posted with denial, taken back
      NON2 A: posted with denial, taken back
      NON3 A: reversed
      NON4 A: reversed
      claim A: reversed
    """
    prove_end(files, "", outcome)


@pytest.mark.parametrize("files", orders(*TWO_TRACES, *[file("0", undone())] * 2))
def test_a_reversal_that_comes_twice_under_one_trace_is_one_and_the_later_denial_stands(files: tuple[str, ...]) -> None:
    """Nothing in the files says that it is two; the payer that meant both says it by number, trace or day."""
    outcome = """
      NON1 A: posted with denial, taken back
      NON2 A: posted with denial
      0 A: reversed
      0 nobody: duplicate
      claim A: denied
    """
    prove_end(files, STANDS, outcome)


@pytest.mark.parametrize("files", orders(*TWO_TRACES, file("0", undone(), undone())))
def test_two_reversals_in_one_payment_are_two(files: tuple[str, ...]) -> None:
    outcome = """
      NON1 A: posted with denial, taken back
      NON2 A: posted with denial, taken back
      0 A: reversed
      0 A: reversed
      claim A: reversed
    """
    prove_end(files, "", outcome)


@pytest.mark.parametrize("files", orders(*[file("0", denied())] * 2, *[file("0", undone())] * 2))
def test_under_one_trace_a_denial_and_its_reversal_are_each_one_event_in_any_order(files: tuple[str, ...]) -> None:
    """Also where the denial comes once more behind its reversal: it is the copy of what was taken back."""
    outcome = """
      0 A: posted with denial, taken back
      0 A: reversed
      0 nobody: duplicate
      0 nobody: duplicate
      claim A: reversed
    """
    prove_end(files, "", outcome)


@pytest.mark.parametrize("files", orders(file("0", denied()), file("0", undone(), denied())))
def test_a_reversal_and_its_correction_in_one_payment_say_the_same_again_without_being_a_copy(
    files: tuple[str, ...],
) -> None:
    outcome = """
      0 A: posted with denial, taken back
      0 A: reversed
      0 A: posted with denial
      claim A: denied
    """
    prove_end(files, STANDS, outcome)


OWN_NUMBERS = (file("0", denied("ICN1")), file("0", denied("ICN2")))


@pytest.mark.parametrize("files", orders(*OWN_NUMBERS, file("0", undone("ICN1")), file("0", undone("ICN2"))))
def test_the_payers_own_numbers_tell_two_events_apart_under_one_trace(files: tuple[str, ...]) -> None:
    outcome = """
      0 A: posted with denial, taken back
      0 A: posted with denial, taken back
      0 A: reversed
      0 A: reversed
      claim A: reversed
    """
    prove_end(files, "", outcome)


@pytest.mark.parametrize(
    "files", orders(file("NON1", denied("ICN1")), file("NON2", denied("ICN2")), file("0", undone("ICN2")))
)
def test_a_reversal_takes_back_the_answer_whose_number_of_the_payers_it_bears(files: tuple[str, ...]) -> None:
    outcome = """
      NON1 A: posted with denial
      NON2 A: posted with denial, taken back
      0 A: reversed
      claim A: denied
    """
    prove_end(files, STANDS, outcome)
