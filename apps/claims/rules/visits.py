"""Codes of visits by number."""

NEW_OFFICE_VISITS = frozenset(str(code) for code in range(99202, 99206))
OFFICE_VISITS = NEW_OFFICE_VISITS | {str(code) for code in range(99211, 99216)}
# Between them stand numbers that CPT has given up.
HOME_VISITS = frozenset(str(code) for code in range(99341, 99351))
# Welcome to Medicare and the annual wellness visits.
WELLNESS_VISITS = frozenset({"G0402", "G0438", "G0439"})
NEW_PREVENTIVE_VISITS = frozenset(str(code) for code in range(99381, 99388))
PREVENTIVE_VISITS = NEW_PREVENTIVE_VISITS | {str(code) for code in range(99391, 99398)} | WELLNESS_VISITS
NEW_PATIENT = NEW_OFFICE_VISITS | NEW_PREVENTIVE_VISITS

_MICROSCOPY = frozenset({"G0027", "Q0111", "Q0112", "Q0113", "Q0114", "Q0115"})
# Visits about a problem: office, hospital, consultation, emergency, nursing facility, home.
_PROBLEM_VISITS = (
    OFFICE_VISITS
    | HOME_VISITS
    | {str(code) for first, last in ((99221, 99255), (99281, 99285), (99304, 99316)) for code in range(first, last + 1)}
)


def is_problem_visit(code: str) -> bool:
    return code in _PROBLEM_VISITS


def is_laboratory(code: str) -> bool:
    """Pathology and laboratory section of CPT (80047-89398), and HCPCS's own codes of microscopy in the office."""
    return code in _MICROSCOPY or (len(code) == 5 and code.isdigit() and 80047 <= int(code) <= 89398)


def is_evaluation(code: str) -> bool:
    """Whether a code is an evaluation and management service (99202-99499), or Medicare's preventive visit."""
    return code in WELLNESS_VISITS or (len(code) == 5 and code.isdigit() and 99202 <= int(code) <= 99499)
