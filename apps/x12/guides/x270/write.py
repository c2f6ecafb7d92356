from apps.x12.envelope import Envelope
from apps.x12.guides.x270.records import EligibilityInquiry


def write_270(inquiry: EligibilityInquiry, envelope: Envelope) -> bytes:
    raise NotImplementedError
