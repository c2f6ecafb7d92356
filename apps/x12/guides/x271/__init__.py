from apps.x12.guides.eligibility import CoveredPerson, Trace
from apps.x12.guides.x271.records import (
    Answer,
    Answers,
    Benefit,
    Delivery,
    EligibilityResponse,
    FurtherAnswers,
    Rejection,
    RelatedEntity,
)
from apps.x12.guides.x271.write import write_271

__all__ = [
    "Answer",
    "Answers",
    "Benefit",
    "CoveredPerson",
    "Delivery",
    "EligibilityResponse",
    "FurtherAnswers",
    "Rejection",
    "RelatedEntity",
    "Trace",
    "write_271",
]
