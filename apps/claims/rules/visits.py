"""Codes of visits by number."""

NEW_OFFICE_VISITS = frozenset(str(code) for code in range(99202, 99206))
NEW_PREVENTIVE_VISITS = frozenset(str(code) for code in range(99381, 99388))
NEW_PATIENT = NEW_OFFICE_VISITS | NEW_PREVENTIVE_VISITS
_MEDICARE_PREVENTIVE = frozenset({"G0402", "G0438", "G0439"})


def is_evaluation(code: str) -> bool:
    """Whether a code is an evaluation and management service (99202-99499), or Medicare's preventive visit."""
    return code in _MEDICARE_PREVENTIVE or (len(code) == 5 and code.isdigit() and 99202 <= int(code) <= 99499)
