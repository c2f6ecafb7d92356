"""The book of worked examples, fifth chapter: what is the same payment, and what belongs to a payment as a whole (DOMAIN 4)."""

import pytest

from tests.remittances.book import prove

pytestmark = pytest.mark.django_db


def test_the_same_payment_in_another_file_is_a_duplicate_and_posts_nothing() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 80.00 EFT1
      CLP A 1 100.00 80.00
      SVC A1 100.00 80.00
      CAS CO 45 20.00
    remittance
      PAY Prairie 80.00 EFT1
      CLP A 1 100.00 80.00
      SVC A1 100.00 80.00
      CAS CO 45 20.00
    books
      deposits Prairie       80.00
      contractual A1 Prairie 20.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 80.00, contractual CO-45 20.00
    outcome
      EFT1 A: posted
      EFT1 nobody: duplicate
      claim A: paid
    """)


def test_the_same_payment_with_its_claims_in_another_order_is_a_duplicate() -> None:
    prove("""
    billed
      A Prairie 100.00
      B Prairie 50.00
    remittance
      PAY Prairie 150.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
      CLP B 1 50.00 50.00
      SVC B1 50.00 50.00
    remittance
      PAY Prairie 150.00 EFT1
      CLP B 1 50.00 50.00
      SVC B1 50.00 50.00
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
    books
      deposits Prairie 150.00
      revenue A1      -100.00
      revenue B1       -50.00
    answers
      A1 Prairie: allowed 100.00
      B1 Prairie: allowed 50.00
    outcome
      EFT1 A: posted
      EFT1 B: posted
      EFT1 nobody: duplicate
      EFT1 nobody: duplicate
      claim A: paid
      claim B: paid
    """)


def test_the_same_payment_under_another_id_of_its_payer_is_a_duplicate() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 100.00 EFT1 PRAIRIE
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
    remittance
      PAY Prairie 100.00 EFT1 PRAIRIE-2     -- through another clearinghouse
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
    books
      deposits Prairie 100.00
      revenue A1      -100.00
    answers
      A1 Prairie: allowed 100.00
    outcome
      EFT1 A: posted
      EFT1 nobody: duplicate
      claim A: paid
    """)


@pytest.mark.long
def test_a_second_part_that_completes_the_payment_is_its_continuation_and_the_money_comes_once() -> None:
    prove("""
    billed
      A Prairie 100.00
      B Prairie 50.00
    remittance
      PAY Prairie 150.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
    remittance
      PAY Prairie 150.00 EFT1
      CLP B 1 50.00 50.00
      SVC B1 50.00 50.00
    books
      deposits Prairie 150.00
      revenue A1      -100.00
      revenue B1       -50.00
    answers
      A1 Prairie: allowed 100.00
      B1 Prairie: allowed 50.00
    outcome
      EFT1 A: posted
      EFT1 B: posted
      claim A: paid
      claim B: paid
    """)


@pytest.mark.long
def test_a_payment_in_three_parts_is_whole_with_the_third() -> None:
    prove("""
    billed
      A Prairie 100.00
      B Prairie 50.00
      C Prairie 30.00
    remittance
      PAY Prairie 180.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
    remittance
      PAY Prairie 180.00 EFT1
      CLP B 1 50.00 50.00
      SVC B1 50.00 50.00
    remittance
      PAY Prairie 180.00 EFT1
      CLP C 1 30.00 30.00
      SVC C1 30.00 30.00
    books
      deposits Prairie 180.00
      revenue A1      -100.00
      revenue B1       -50.00
      revenue C1       -30.00
    answers
      A1 Prairie: allowed 100.00
      B1 Prairie: allowed 50.00
      C1 Prairie: allowed 30.00
    outcome
      EFT1 A: posted
      EFT1 B: posted
      EFT1 C: posted
      claim A: paid
      claim B: paid
      claim C: paid
    """)


@pytest.mark.long
def test_the_same_payment_with_other_claims_that_do_not_complete_it_is_held() -> None:
    prove("""
    billed
      A Prairie 100.00
      B Prairie 50.00
    remittance
      PAY Prairie 100.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
    remittance
      PAY Prairie 100.00 EFT1
      CLP B 1 50.00 50.00
      SVC B1 50.00 50.00
    books
      deposits Prairie               100.00
      insurance receivable B1 Prairie 50.00
      revenue A1                    -100.00
      revenue B1                     -50.00
    answers
      A1 Prairie: allowed 100.00
    outcome
      EFT1 A: posted
      EFT1 nobody: refused
      claim A: paid
      claim B: submitted
      open: continuation 0.00
    """)


@pytest.mark.long
def test_payments_of_zero_may_share_a_trace_number_and_one_that_comes_twice_is_a_duplicate() -> None:
    prove("""
    billed
      A Prairie 100.00
      B Prairie 50.00
    remittance
      PAY Prairie 0.00 0
      CLP A 1 100.00 0.00
      SVC A1 100.00 0.00
      CAS CO 29 100.00
    remittance
      PAY Prairie 0.00 0
      CLP B 1 50.00 0.00
      SVC B1 50.00 0.00
      CAS CO 29 50.00
    remittance
      PAY Prairie 0.00 0
      CLP A 1 100.00 0.00
      SVC A1 100.00 0.00
      CAS CO 29 100.00
    books
      insurance receivable A1 Prairie 100.00
      insurance receivable B1 Prairie  50.00
      revenue A1                     -100.00
      revenue B1                      -50.00
    answers
      A1 Prairie: allowed 0.00, denied, denial CO-29 100.00
      B1 Prairie: allowed 0.00, denied, denial CO-29 50.00
    outcome
      0 A: posted with denial
      0 B: posted with denial
      0 nobody: duplicate
      claim A: denied
      claim B: denied
    """)


@pytest.mark.long
def test_two_payers_two_payees_and_joined_files_in_one_file_are_three_payments() -> None:
    prove("""
    billed
      A Prairie 100.00
      B Lonestar 50.00
      C Prairie 30.00
    remittance
      PAY Prairie 100.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
      PAY Lonestar 50.00 EFT1 LONESTAR 1730284958     -- the same trace number, another payee
      CLP B 1 50.00 50.00
      SVC B1 50.00 50.00
      ISA
      PAY Prairie 20.00 EFT2
      CLP C 1 30.00 20.00
      SVC C1 30.00 20.00
      CAS CO 45 10.00
    books
      deposits Prairie      120.00
      deposits Lonestar      50.00
      contractual C1 Prairie 10.00
      revenue A1           -100.00
      revenue B1            -50.00
      revenue C1            -30.00
    answers
      A1 Prairie: allowed 100.00
      B1 Lonestar: allowed 50.00
      C1 Prairie: allowed 20.00, contractual CO-45 10.00
    outcome
      EFT1 A: posted
      EFT1 B: posted
      EFT2 C: posted
      claim A: paid
      claim B: paid
      claim C: paid
    """)


def test_a_capitation_fee_is_a_payment_without_claims() -> None:
    prove("""
    remittance
      PAY Prairie 900.00 EFT1
      PLB CT:SEPTEMBER -900.00
    books
      deposits Prairie          900.00
      other adjustment Prairie -900.00
    answers
    outcome
    """)


@pytest.mark.long
def test_each_part_of_a_payment_may_come_again_and_so_may_its_adjustments() -> None:
    part_1 = """
    remittance
      PAY Prairie 155.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
      PLB L6:A -5.00
    """
    part_2 = """
    remittance
      PAY Prairie 155.00 EFT1
      CLP B 1 80.00 80.00
      SVC B1 80.00 80.00
      PLB WO:B 30.00
    """
    prove(f"""
    billed
      A Prairie 100.00
      B Prairie 80.00
    {part_1} {part_2} {part_1} {part_2}
    books
      deposits Prairie         155.00
      unapplied cash Prairie    30.00
      other adjustment Prairie  -5.00
      revenue A1              -100.00
      revenue B1               -80.00
    answers
      A1 Prairie: allowed 100.00
      B1 Prairie: allowed 80.00
    outcome
      EFT1 A: posted
      EFT1 B: posted
      EFT1 nobody: duplicate
      EFT1 nobody: duplicate
      claim A: paid
      claim B: paid
    """)


def test_a_payer_that_the_directory_does_not_know_leaves_nothing_in_any_clearing() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY nobody 100.00 EFT1 1999999999
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
    books
      deposits nobody 100.00
      revenue A1     -100.00
    answers
      A1 Prairie: allowed 100.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


def test_the_same_payment_twice_in_one_joined_file_is_posted_once() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 100.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
      ISA
      PAY Prairie 100.00 EFT1
      CLP A 1 100.00 100.00
      SVC A1 100.00 100.00
    books
      deposits Prairie 100.00
      revenue A1      -100.00
    answers
      A1 Prairie: allowed 100.00
    outcome
      EFT1 A: posted
      EFT1 nobody: duplicate
      claim A: paid
    """)
