from collections.abc import Sequence

from apps.x12.envelope import Envelope
from apps.x12.guides.x835.records import Remittance


def write_835(remittances: Sequence[Remittance], envelope: Envelope) -> bytes:
    raise NotImplementedError
