from apps.x12.guides.x271.records import (
    Answer,
    Answers,
    Benefit,
    CoveredPerson,
    EligibilityResponse,
    Rejection,
    RelatedEntity,
    Trace,
)
from apps.x12.guides.x271.write import write_271

__all__ = [
    "Answer",
    "Answers",
    "Benefit",
    "CoveredPerson",
    "EligibilityResponse",
    "Rejection",
    "RelatedEntity",
    "Trace",
    "write_271",
]
