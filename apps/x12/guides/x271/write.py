from apps.x12.envelope import Envelope
from apps.x12.guides.x271.records import EligibilityResponse


def write_271(response: EligibilityResponse, envelope: Envelope) -> bytes:
    raise NotImplementedError
