"""The book of worked examples, sixth chapter: what a payer adjusts of a payment as a whole (PLB; DOMAIN 4).

Positive takes from the payment. What will come back in another payment waits in unapplied cash: a debit is what the payer holds
of ours, a credit what we hold of the payer's.
"""

import pytest

from tests.remittances.book import prove

pytestmark = pytest.mark.django_db


def test_a_recovery_takes_from_the_payment_and_moves_no_claim() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 60.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
      PLB WO:REF1 40.00
    books
      deposits Prairie       60.00
      unapplied cash Prairie 40.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 100.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


@pytest.mark.long
def test_a_balance_forwarded_is_negative_now_and_positive_later_and_leaves_nothing() -> None:
    prove("""
    billed
      A Prairie 100.00
      B Prairie 150.00
    remittance
      PAY Prairie 100.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
    remittance
      PAY Prairie 0.00 NON2
      CLP A 22 -100.00 -100.00
      SVC A1 -100.00 -100.00
      PLB FB:NON2 -100.00
    remittance
      PAY Prairie 50.00 EFT3
      CLP B 1 150.00 150.00
      SVC B1 150.00 150.00
      PLB FB:NON2 100.00
    books
      deposits Prairie                150.00
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
      revenue B1                     -150.00
    answers
      B1 Prairie: allowed 150.00
    outcome
      EFT1 A: posted, taken back
      NON2 A: reversed
      EFT3 B: posted
      claim A: reversed
      claim B: paid
    """)


@pytest.mark.long
def test_a_balance_forwarded_whose_second_file_comes_first_ends_in_the_same_books() -> None:
    prove("""
    billed
      A Prairie 100.00
      B Prairie 150.00
    remittance
      PAY Prairie 100.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
    remittance
      PAY Prairie 50.00 EFT3
      CLP B 1 150.00 150.00
      SVC B1 150.00 150.00
      PLB FB:NON2 100.00
    remittance
      PAY Prairie 0.00 NON2
      CLP A 22 -100.00 -100.00
      SVC A1 -100.00 -100.00
      PLB FB:NON2 -100.00
    books
      deposits Prairie                150.00
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
      revenue B1                     -150.00
    answers
      B1 Prairie: allowed 150.00
    outcome
      EFT1 A: posted, taken back
      NON2 A: reversed
      EFT3 B: posted
      claim A: reversed
      claim B: paid
    """)


@pytest.mark.long
def test_a_recovery_is_negative_when_it_is_deferred_and_after_a_22_moves_only_cash() -> None:
    prove("""
    billed
      A Prairie 100.00
      B Prairie 150.00
      C Prairie 30.00
    remittance
      PAY Prairie 100.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
    remittance
      PAY Prairie 30.00 EFT2
      CLP A 22 -100.00 -100.00
      SVC A1 -100.00 -100.00
      CLP C 1 30.00 30.00
      SVC C1 30.00 30.00
      PLB WO:A1 -100.00                -- not taken yet
    remittance
      PAY Prairie 50.00 EFT3
      CLP B 1 150.00 150.00
      SVC B1 150.00 150.00
      PLB WO:A1 100.00                 -- now taken: the claim is reversed already
    books
      deposits Prairie                180.00
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
      revenue B1                     -150.00
      revenue C1                      -30.00
    answers
      B1 Prairie: allowed 150.00
      C1 Prairie: allowed 30.00
    outcome
      EFT1 A: posted, taken back
      EFT2 A: reversed
      EFT2 C: posted
      EFT3 B: posted
      claim A: reversed
      claim B: paid
      claim C: paid
    """)


def test_a_recovery_after_a_letter_without_a_22_waits_as_cash_until_a_person_reverses_the_claim() -> None:
    prove("""
    billed
      A Prairie 100.00
      B Prairie 150.00
    remittance
      PAY Prairie 100.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
    remittance
      PAY Prairie 50.00 EFT2
      CLP B 1 150.00 150.00
      SVC B1 150.00 150.00
      PLB WO:LETTER20260801 100.00
    books
      deposits Prairie       150.00
      unapplied cash Prairie 100.00
      revenue A1            -100.00
      revenue B1            -150.00
    answers
      A1 Prairie: allowed 100.00
      B1 Prairie: allowed 150.00
    outcome
      EFT1 A: posted
      EFT2 B: posted
      claim A: paid
      claim B: paid
    """)


def test_a_refund_that_we_sent_offsets_the_recovery_of_the_same_money() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 100.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
      PLB WO:REF1 40.00 72:REF1 -40.00
    books
      deposits Prairie 100.00
      revenue A1      -100.00
    answers
      A1 Prairie: allowed 100.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


@pytest.mark.parametrize(
    ("adjustment", "paid", "account"),
    [
        ("L6:EFT1 -1.23", "101.23", "other adjustment Prairie -1.23"),
        ("E3:EFT1 5.00", "95.00", "other adjustment Prairie 5.00"),
        ("CT:EFT1 -900.00", "1000.00", "other adjustment Prairie -900.00"),
        ("J1:EFT1 5.00", "95.00", "other adjustment Prairie 5.00"),
        ("CS:EFT1 40.00", "60.00", "unapplied cash Prairie 40.00"),
        ("CS:EFT1 -40.00", "140.00", "unapplied cash Prairie -40.00"),
        ("FB:EFT1 -20.00", "120.00", "unapplied cash Prairie -20.00"),
        ("WO 40.00", "60.00", "unapplied cash Prairie 40.00"),
    ],
    ids=lambda text: text.split()[0].partition(":")[0],
)
def test_each_reason_moves_its_part_out_of_clearing_by_its_sign(adjustment: str, paid: str, account: str) -> None:
    prove(f"""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie {paid} EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
      PLB {adjustment}
    books
      deposits Prairie {paid}
      {account}
      revenue A1      -100.00
    answers
      A1 Prairie: allowed 100.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


def test_six_pairs_in_one_segment_and_one_in_another_are_seven_movements() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 931.23 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
      PLB L6:A -1.23 E3:B 5.00 CT:C -900.00 CS:D 40.00 J1:E 5.00 FB:F -10.00
      PLB WO:G 30.00
    books
      deposits Prairie          931.23
      unapplied cash Prairie     60.00     -- 40.00 - 10.00 + 30.00
      other adjustment Prairie -891.23     -- -1.23 + 5.00 - 900.00 + 5.00
      revenue A1               -100.00
    answers
      A1 Prairie: allowed 100.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


@pytest.mark.long
def test_a_payment_that_the_payer_takes_is_negative() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 100.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
    remittance
      PAY Prairie -100.00 EFT2
      CLP A 22 -100.00 -100.00
      SVC A1 -100.00 -100.00
    books
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
    outcome
      EFT1 A: posted, taken back
      EFT2 A: reversed
      claim A: reversed
    """)


def test_an_adjustment_that_the_payment_does_not_add_up_with_leaves_a_rest() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 100.00 EFT1             -- should be 60.00
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
      PLB WO:REF1 40.00
    books
      deposits Prairie       100.00
      unapplied cash Prairie  40.00
      payer clearing Prairie -40.00
      revenue A1            -100.00
    answers
      A1 Prairie: allowed 100.00
    outcome
      EFT1 A: posted
      claim A: paid
      open: clearing 40.00
    """)


def test_a_recovery_above_the_payment_is_carried_forward_and_taken_from_the_next() -> None:
    prove("""
    billed
      A Prairie 100.00
      B Prairie 80.00
    remittance
      PAY Prairie 0.00 NON1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
      PLB WO:REF1 150.00 FB:NON1 -50.00
    remittance
      PAY Prairie 30.00 EFT2
      CLP B 1 80.00 80.00
      SVC B1 80.00 80.00
      PLB FB:NON1 50.00
    books
      deposits Prairie        30.00
      unapplied cash Prairie 150.00
      revenue A1            -100.00
      revenue B1             -80.00
    answers
      A1 Prairie: allowed 100.00
      B1 Prairie: allowed 80.00
    outcome
      NON1 A: posted
      EFT2 B: posted
      claim A: paid
      claim B: paid
    """)
