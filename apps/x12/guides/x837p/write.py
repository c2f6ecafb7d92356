from apps.x12.envelope import Envelope
from apps.x12.guides.x837p.records import ClaimBatch


def write_837p(batch: ClaimBatch, envelope: Envelope) -> bytes:
    raise NotImplementedError
