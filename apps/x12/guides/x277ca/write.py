from collections.abc import Sequence

from apps.x12.envelope import Envelope
from apps.x12.guides.x277ca.records import ClaimAcknowledgment


def write_277ca(acknowledgments: Sequence[ClaimAcknowledgment], envelope: Envelope) -> bytes:
    raise NotImplementedError
