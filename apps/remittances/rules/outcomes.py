"""The named outcomes of a CLP, and why one is held for a person."""

from enum import StrEnum


class Outcome(StrEnum):
    POSTED = "posted"
    POSTED_WITH_DENIAL = "posted_with_denial"
    REVERSED = "reversed"
    DUPLICATE = "duplicate"
    UNMATCHED = "unmatched"
    UNBALANCED = "unbalanced"
    REFUSED = "refused"
    INFORMATIONAL = "informational"
    PARKED = "parked"
    SPLIT = "split"


class Problem(StrEnum):
    REFUSED_FILE = "refused_file"
    TEST_FILE = "test_file"
    PAYMENT_DAY = "payment_day"
    NOT_WHOLE = "not_whole"
    UNREADABLE = "unreadable"
    UNMATCHED = "unmatched"
    LINES = "lines"
    UNBALANCED = "unbalanced"
    STATUS = "status"
    UNKNOWN_PAYER = "unknown_payer"
    REVERSAL = "reversal"
    CLEARING = "clearing"
    CONTINUATION = "continuation"
    CONTRACT_CHECK = "contract_check"
    VERSION = "version"
