"""The five things that an answer can come to."""

from enum import StrEnum


class VerdictKind(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    NOT_FOUND = "not_found"
    OTHER_PAYER = "other_payer"
    UNKNOWN = "unknown"
