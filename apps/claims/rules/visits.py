"""Codes of visits and of laboratory tests by number."""

import re

from apps.claims.rules.shapes import code_number

NEW_OFFICE_VISITS = frozenset(str(code) for code in range(99202, 99206))
OFFICE_VISITS = NEW_OFFICE_VISITS | {str(code) for code in range(99211, 99216)}
# Between them stand numbers that CPT has given up.
HOME_VISITS = frozenset(str(code) for code in range(99341, 99351))
# Welcome to Medicare and the annual wellness visits.
WELLNESS_VISITS = frozenset({"G0402", "G0438", "G0439"})
NEW_PREVENTIVE_VISITS = frozenset(str(code) for code in range(99381, 99388))
PREVENTIVE_VISITS = NEW_PREVENTIVE_VISITS | {str(code) for code in range(99391, 99398)} | WELLNESS_VISITS
_NEW_HOME_VISITS = frozenset(str(code) for code in range(99341, 99346))
# By video, and by sound alone.
_NEW_TELEMEDICINE_VISITS = frozenset(str(code) for code in (*range(98000, 98004), *range(98008, 98012)))
NEW_PATIENT = NEW_OFFICE_VISITS | NEW_PREVENTIVE_VISITS | _NEW_HOME_VISITS | _NEW_TELEMEDICINE_VISITS

# HCPCS's own codes of laboratory tests: screenings, drugs of abuse, smears, microscopy in the office, molecular tests.
_HCPCS_TESTS = frozenset(
    {"G0027", "G0103", "G0123", "G0143", "G0144", "G0145", "G0147", "G0148", "G0306", "G0307", "G0327", "G0328"}
    | {"G0432", "G0433", "G0435", "G0472", "G0475", "G0476", "G0480", "G0481", "G0482", "G0483", "G0499", "G0659"}
    | {"P2028", "P2029", "P2031", "P2033", "P2038", "P3000", "P7001"}
    | {"Q0111", "Q0112", "Q0113", "Q0114", "Q0115", "U0001", "U0002", "U0003", "U0004", "U0005"}
)
# CPT's proprietary laboratory analyses.
_PROPRIETARY = re.compile(r"[0-9]{4}U")
# Visits about a problem: office, hospital, consultation, emergency, nursing facility, home.
_PROBLEM_VISITS = (
    OFFICE_VISITS
    | HOME_VISITS
    | {str(code) for first, last in ((99221, 99255), (99281, 99285), (99304, 99316)) for code in range(first, last + 1)}
)


def is_problem_visit(code: str) -> bool:
    return code in _PROBLEM_VISITS


def is_laboratory(code: str) -> bool:
    """Pathology and laboratory section of CPT (80047-89398), its proprietary analyses (0001U and on), and HCPCS's own tests."""
    return 80047 <= code_number(code) <= 89398 or code in _HCPCS_TESTS or _PROPRIETARY.fullmatch(code) is not None


def is_evaluation(code: str) -> bool:
    """Whether a code is an evaluation and management service (99202-99499), or Medicare's preventive visit."""
    return code in WELLNESS_VISITS or 99202 <= code_number(code) <= 99499
