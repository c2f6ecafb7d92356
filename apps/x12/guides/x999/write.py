from collections.abc import Sequence

from apps.x12.envelope import Envelope
from apps.x12.guides.x999.records import GroupAcknowledgment


def write_999(acknowledgments: Sequence[GroupAcknowledgment], envelope: Envelope) -> bytes:
    raise NotImplementedError
