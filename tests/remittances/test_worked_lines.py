"""The book of worked examples, third chapter: whose claim it is, and which of its lines (DOMAIN 4)."""

import pytest

from tests.remittances.book import prove

pytestmark = pytest.mark.django_db


def test_a_claim_of_nobody_here_waits_for_a_person() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 100.00 EFT1
      CLP ELSEWHERE1 1 100.00 100.00
      SVC HC:99213 100.00 100.00
    books
      deposits Prairie                100.00
      payer clearing Prairie         -100.00
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
    outcome
      EFT1 nobody: unmatched
      claim A: submitted
      open: unmatched 100.00
    """)


def test_a_claim_whose_number_was_lost_is_found_by_the_number_that_the_payer_acknowledged() -> None:
    prove("""
    billed
      A Prairie 100.00 ICN77
    remittance
      PAY Prairie 100.00 EFT1
      CLP LOST:A 1 100.00 100.00 - ICN77
      SVC HC:99213 100.00 100.00
    books
      deposits Prairie 100.00
      revenue A1      -100.00
    answers
      A1 Prairie: allowed 100.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


def test_a_claim_whose_number_was_lost_is_found_by_the_number_of_the_payers_last_remittance() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 0.00 0001
      CLP A 1 100.00 0.00 - ICN77
      SVC A1 100.00 0.00
      CAS CO 50 100.00
    remittance
      PAY Prairie 100.00 EFT1
      CLP LOST:A 1 100.00 100.00 - ICN77
      SVC HC:99213 100.00 100.00
    books
      deposits Prairie 100.00
      revenue A1      -100.00
    answers
      A1 Prairie: allowed 0.00, denied, denial CO-50 100.00
      A1 Prairie: allowed 100.00
    outcome
      0001 A: posted with denial
      EFT1 A: posted
      claim A: paid
    """)


def test_a_payers_number_is_not_believed_of_another_patient_who_costs_the_same() -> None:
    prove("""
    billed
      A Prairie 100.00 ICN77
    remittance
      PAY Prairie 100.00 EFT1
      CLP LOST 1 100.00 100.00 - ICN77
      SVC HC:99213 100.00 100.00
    books
      deposits Prairie                100.00
      payer clearing Prairie         -100.00
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
    outcome
      EFT1 nobody: unmatched
      claim A: submitted
      open: unmatched 100.00
    """)


def test_a_code_that_the_payer_changed_is_our_line_by_the_code_that_we_sent() -> None:
    prove("""
    billed
      A Prairie 148.00
    remittance
      PAY Prairie 60.00 EFT1
      CLP A 1 148.00 60.00
      SVC HC:99212 148.00 60.00 - 1 HC:99213
      CAS CO 45 88.00
    books
      deposits Prairie       60.00
      contractual A1 Prairie 88.00
      revenue A1           -148.00
    answers
      A1 Prairie: allowed 60.00, contractual CO-45 88.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


def test_two_service_lines_of_one_line_of_ours_are_one_answer() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 80.00 EFT1
      CLP A 1 100.00 80.00
      SVC A1 60.00 50.00
      CAS CO 45 10.00
      SVC A1 40.00 30.00
      CAS CO 45 10.00
    books
      deposits Prairie       80.00
      contractual A1 Prairie 20.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 80.00, contractual CO-45 10.00, contractual CO-45 10.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


def test_a_line_that_the_payer_split_without_our_numbers_is_one_answer_too() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 50.00 EFT1
      CLP A 1 100.00 50.00
      SVC HC:99213 60.00 50.00
      CAS CO 45 10.00
      SVC HC:99213 40.00 0.00
      CAS CO 151 40.00
    books
      deposits Prairie                50.00
      contractual A1 Prairie          10.00
      insurance receivable A1 Prairie 40.00
      revenue A1                    -100.00
    answers
      A1 Prairie: allowed 50.00, contractual CO-45 10.00, denial CO-151 40.00
    outcome
      EFT1 A: posted with denial
      claim A: partly denied
    """)


def test_unbundled_lines_charged_nothing_pay_into_the_line_that_we_sent() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 80.00 EFT1
      CLP A 1 100.00 80.00
      SVC A1 100.00 75.00
      CAS CO 45 25.00
      SVC HC:82040 0.00 5.00 - 1 HC:99213
      CAS CO 94 -5.00
      SVC HC:84075 0.00 0.00              -- told, and worth nothing
    books
      deposits Prairie       80.00
      contractual A1 Prairie 20.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 80.00, contractual CO-45 25.00, contractual CO-94 -5.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


def test_changed_units_are_the_same_line() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 40.00 EFT1
      CLP A 1 100.00 40.00
      SVC HC:99213 100.00 40.00 - 1 - 2
      CAS CO 45 10.00 - 151 50.00 1
    books
      deposits Prairie                40.00
      contractual A1 Prairie          10.00
      insurance receivable A1 Prairie 50.00
      revenue A1                    -100.00
    answers
      A1 Prairie: allowed 40.00, contractual CO-45 10.00, denial CO-151 50.00
    outcome
      EFT1 A: posted with denial
      claim A: partly denied
    """)


def test_a_remittance_without_our_modifier_is_the_same_line() -> None:
    prove("""
    billed
      A Prairie 100.00:25 60.00
    remittance
      PAY Prairie 130.00 EFT1
      CLP A 1 160.00 130.00
      SVC HC:99213 60.00 40.00
      CAS CO 45 20.00
      SVC HC:99213 100.00 90.00
      CAS CO 45 10.00
    books
      deposits Prairie       130.00
      contractual A1 Prairie  10.00
      contractual A2 Prairie  20.00
      revenue A1            -100.00
      revenue A2             -60.00
    answers
      A1 Prairie: allowed 90.00, contractual CO-45 10.00
      A2 Prairie: allowed 40.00, contractual CO-45 20.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


def test_money_for_a_line_that_we_never_sent_is_spread_over_no_other() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 130.00 EFT1
      CLP A 1 130.00 130.00
      SVC A1 100.00 100.00
      SVC HC:99499 30.00 30.00
    books
      deposits Prairie                130.00
      payer clearing Prairie         -130.00
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
    outcome
      EFT1 A: unmatched
      claim A: submitted
      open: lines 130.00
    """)


def test_what_is_said_of_a_claim_without_lines_is_spread_over_its_lines_by_charge() -> None:
    prove("""
    billed
      A Prairie 60.00 40.00
    remittance
      PAY Prairie 70.00 EFT1
      CLP A 1 100.00 70.00 10.00
      CAS CO 45 20.00
      CAS PR 3 10.00
    books
      deposits Prairie       70.00
      contractual A1 Prairie 12.00
      contractual A2 Prairie  8.00
      patient receivable A1   6.00
      patient receivable A2   4.00
      revenue A1            -60.00
      revenue A2            -40.00
    answers
      A Prairie: allowed 80.00, contractual CO-45 20.00, cost share PR-3 10.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


def test_a_claim_that_the_payer_split_is_answered_by_two_claims_of_one_number() -> None:
    prove("""
    billed
      A Prairie 100.00 60.00
    remittance
      PAY Prairie 80.00 EFT1
      CLP A 1 100.00 80.00
      SVC A1 100.00 80.00
      CAS CO 45 20.00
      CLP A 1 60.00 0.00
      SVC A2 60.00 0.00
      CAS CO 252 60.00
    books
      deposits Prairie                 80.00
      contractual A1 Prairie           20.00
      insurance receivable A2 Prairie  60.00
      revenue A1                     -100.00
      revenue A2                      -60.00
    answers
      A1 Prairie: allowed 80.00, contractual CO-45 20.00
      A2 Prairie: allowed 0.00, denied, denial CO-252 60.00
    outcome
      EFT1 A: posted
      EFT1 A: posted with denial
      claim A: partly denied
    """)
