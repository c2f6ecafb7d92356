"""The book of worked examples, its first chapter: what a payer says of one claim, and what the books show afterwards (DOMAIN 4).

Each figure is written by hand. The notation stands in `book`. Further chapters: `test_worked_balance`, `_lines`, `_status`,
`_payments`, `_adjustments` (PLB), `_corrections`, `_secondaries`, `_versions`, `_repeats`.
"""

import pytest

from tests.remittances.book import prove

pytestmark = pytest.mark.django_db


def test_co_45_is_the_contract_and_denies_nothing_and_pr_2_is_the_patients() -> None:
    prove("""
    billed
      A Prairie 148.00
    remittance
      PAY Prairie 80.00 EFT1
      CLP A 1 148.00 80.00 20.00
      SVC A1 148.00 80.00
      CAS CO 45 48.00
      CAS PR 2 20.00
    books
      deposits Prairie           80.00
      contractual A1 Prairie     48.00
      patient receivable A1      20.00
      revenue A1               -148.00
    answers
      A1 Prairie: allowed 100.00, contractual CO-45 48.00, cost share PR-2 20.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


def test_a_denial_code_is_no_write_off_and_stays_on_the_insurance_receivable() -> None:
    prove("""
    billed
      A Prairie 100.00 60.00
    remittance
      PAY Prairie 80.00 EFT1
      CLP A 1 160.00 80.00
      SVC A1 100.00 80.00
      CAS CO 45 20.00
      SVC A2 60.00 0.00
      CAS CO 197 60.00
    books
      deposits Prairie                 80.00
      contractual A1 Prairie           20.00
      insurance receivable A2 Prairie  60.00
      revenue A1                     -100.00
      revenue A2                      -60.00
    answers
      A1 Prairie: allowed 80.00, contractual CO-45 20.00
      A2 Prairie: allowed 0.00, denied, denial CO-197 60.00
    outcome
      EFT1 A: posted with denial
      claim A: partly denied
    """)


def test_an_ordinary_denial_comes_as_status_1_with_nothing_paid_and_its_remarks_are_kept() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 0.00 0001
      CLP A 1 100.00 0.00
      SVC A1 100.00 0.00
      CAS CO 16 100.00
      LQ HE M76
      LQ HE N290
    books
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
      A1 Prairie: allowed 0.00, denied, denial CO-16 100.00, M76, N290
    outcome
      0001 A: posted with denial
      claim A: denied
    """)


def test_each_of_five_remarks_on_the_claim_as_a_whole_counts_as_one_on_its_line() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 0.00 0001
      CLP A 1 100.00 0.00
      MOA - - MA01 N130 N362 MA13 MA130
      SVC A1 100.00 0.00
      CAS CO 16 100.00
      LQ HE M15
    books
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
      A1 Prairie: allowed 0.00, denied, denial CO-16 100.00, M15, MA01, N130, N362, MA13, MA130
    outcome
      0001 A: posted with denial
      claim A: denied
    """)


def test_all_to_the_deductible_is_no_denial() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 0.00 0001
      CLP A 1 100.00 0.00 100.00
      SVC A1 100.00 0.00
      CAS PR 1 100.00
    books
      patient receivable A1 100.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 100.00, cost share PR-1 100.00
    outcome
      0001 A: posted
      claim A: paid
    """)


def test_a_patients_amount_outside_the_cost_share_is_a_denial_until_a_person_releases_it() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 0.00 0001
      CLP A 1 100.00 0.00 100.00
      SVC A1 100.00 0.00
      CAS PR 96 100.00
    books
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
      A1 Prairie: allowed 0.00, denied, denial PR-96 100.00
    outcome
      0001 A: posted with denial
      claim A: denied
    """)


def test_each_cost_share_code_in_one_segment_of_five_triplets_is_the_patients() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 40.00 EFT1
      CLP A 1 100.00 40.00 60.00
      SVC A1 100.00 40.00
      CAS PR 1 20.00 - 2 15.00 - 3 10.00 - 66 10.00 - 241 5.00
    books
      deposits Prairie      40.00
      patient receivable A1 60.00
      revenue A1          -100.00
    answers
      A1 Prairie: allowed 100.00, cost share PR-1 20.00, cost share PR-2 15.00, cost share PR-3 10.00, \
        cost share PR-66 10.00, cost share PR-241 5.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


def test_each_contractual_code_in_six_triplets_and_four_more_is_taken_off() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 50.00 EFT1
      CLP A 1 100.00 50.00
      SVC A1 100.00 50.00
      CAS CO 45 10.00 - 44 5.00 - 59 5.00 - 94 5.00 - 104 5.00 - 131 5.00
      CAS OA 144 5.00 - 161 4.00
      CAS PI 237 3.00 - 253 3.00
    books
      deposits Prairie       50.00
      contractual A1 Prairie 50.00
      revenue A1           -100.00
    answers
      A1 Prairie: allowed 50.00, contractual CO-45 10.00, contractual CO-44 5.00, contractual CO-59 5.00, \
        contractual CO-94 5.00, contractual CO-104 5.00, contractual CO-131 5.00, contractual OA-144 5.00, \
        contractual OA-161 4.00, contractual PI-237 3.00, contractual PI-253 3.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


def test_24_is_a_denial_where_no_capitation_is_agreed() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 0.00 0001
      CLP A 1 100.00 0.00
      SVC A1 100.00 0.00
      CAS CO 24 100.00
    books
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
      A1 Prairie: allowed 0.00, denied, denial CO-24 100.00
    outcome
      0001 A: posted with denial
      claim A: denied
    """)


def test_24_is_contractual_for_a_payer_under_capitation_and_for_no_other() -> None:
    prove("""
    billed
      A Prairie 100.00
      B Lonestar 100.00
    classes
      Prairie CO 24 - contractual
    remittance
      PAY Prairie 0.00 0001
      CLP A 1 100.00 0.00
      SVC A1 100.00 0.00
      CAS CO 24 100.00
      PAY Lonestar 0.00 0001
      CLP B 1 100.00 0.00
      SVC B1 100.00 0.00
      CAS CO 24 100.00
    books
      contractual A1 Prairie           100.00
      insurance receivable B1 Lonestar 100.00
      revenue A1                      -100.00
      revenue B1                      -100.00
    answers
      A1 Prairie: allowed 0.00, contractual CO-24 100.00
      B1 Lonestar: allowed 0.00, denied, denial CO-24 100.00
    outcome
      0001 A: posted
      0001 B: posted with denial
      claim A: paid
      claim B: denied
    """)


def test_an_unknown_code_is_a_denial_and_posts() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 70.00 EFT1
      CLP A 1 100.00 70.00
      SVC A1 100.00 70.00
      CAS CO 899 30.00
    books
      deposits Prairie                70.00
      insurance receivable A1 Prairie 30.00
      revenue A1                    -100.00
    answers
      A1 Prairie: allowed 70.00, denial CO-899 30.00
    outcome
      EFT1 A: posted with denial
      claim A: partly denied
    """)


def test_a_reporting_line_of_a_cent_is_information_and_denies_nothing() -> None:
    prove("""
    billed
      A Prairie 100.00 0.01 0.01
    remittance
      PAY Prairie 100.00 EFT1
      CLP A 1 100.02 100.00
      SVC A1 100.00 100.00
      SVC A2 0.01 0.00
      CAS CO 246 0.01
      SVC A3 0.01 0.00
      CAS CO 96 0.01
    books
      deposits Prairie                100.00
      insurance receivable A2 Prairie   0.01
      insurance receivable A3 Prairie   0.01
      revenue A1                     -100.00
      revenue A2                       -0.01
      revenue A3                       -0.01
    answers
      A1 Prairie: allowed 100.00
      A2 Prairie: allowed 0.00, informational CO-246 0.01
      A3 Prairie: allowed 0.00, informational CO-96 0.01
    outcome
      EFT1 A: posted
      claim A: paid
    """)


def test_45_under_pr_is_no_contract_and_a_person_decides_whether_the_patient_is_charged() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 60.00 EFT1
      CLP A 1 100.00 60.00 40.00
      SVC A1 100.00 60.00
      CAS PR 45 40.00
    books
      deposits Prairie                60.00
      insurance receivable A1 Prairie 40.00
      revenue A1                    -100.00
    answers
      A1 Prairie: allowed 60.00, denial PR-45 40.00
    outcome
      EFT1 A: posted with denial
      claim A: partly denied
    """)


def test_a_row_of_the_practices_own_may_ask_for_a_remark() -> None:
    prove("""
    billed
      A Prairie 100.00 60.00
    classes
      Prairie CO 97 M15 contractual
    remittance
      PAY Prairie 0.00 NON1
      CLP A 1 160.00 0.00
      SVC A1 100.00 0.00
      CAS CO 97 100.00
      LQ HE M15
      SVC A2 60.00 0.00
      CAS CO 97 60.00
    books
      contractual A1 Prairie          100.00
      insurance receivable A2 Prairie  60.00
      revenue A1                     -100.00
      revenue A2                      -60.00
    answers
      A1 Prairie: allowed 0.00, contractual CO-97 100.00, M15
      A2 Prairie: allowed 0.00, denied, denial CO-97 60.00
    outcome
      NON1 A: posted with denial
      claim A: partly denied
    """)


def test_more_than_the_charge_is_a_negative_reduction() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 120.00 EFT1
      CLP A 1 100.00 120.00
      SVC A1 100.00 120.00
      CAS CO 94 -20.00
    books
      deposits Prairie       120.00
      contractual A1 Prairie -20.00
      revenue A1            -100.00
    answers
      A1 Prairie: allowed 120.00, contractual CO-94 -20.00
    outcome
      EFT1 A: posted
      claim A: paid
    """)


def test_a_drug_reject_code_is_no_remark() -> None:
    prove("""
    billed
      A Prairie 100.00
    remittance
      PAY Prairie 0.00 NON1
      CLP A 1 100.00 0.00
      SVC A1 100.00 0.00
      CAS CO 16 100.00
      LQ RX 75
      LQ HE M119
    books
      insurance receivable A1 Prairie 100.00
      revenue A1                     -100.00
    answers
      A1 Prairie: allowed 0.00, denied, denial CO-16 100.00, M119
    outcome
      NON1 A: posted with denial
      claim A: denied
    """)
