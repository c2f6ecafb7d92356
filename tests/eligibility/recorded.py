"""A clearinghouse whose answers were recorded beforehand: what a test says it answers, with our trace number filled in."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import ClassVar

from apps.connectors.ports.clearinghouse import ResponseFile
from apps.x12 import read
from apps.x12.guides.x270 import EligibilityInquiry
from tests.eligibility.answers import about_patient


class RecordedClearinghouse:
    """`replies` are taken in order: segments about the patient, whole files as bytes, or an exception to raise."""

    replies: ClassVar[list[list[str] | bytes | BaseException]] = []
    asked: ClassVar[list[EligibilityInquiry]] = []

    def __init__(self, _settings: dict[str, object]) -> None:
        pass

    def upload_claims(self, _name: str, _payload: bytes) -> None:
        raise AssertionError("Eligibility sends and fetches no files.")

    def holds_upload(self, _name: str) -> bool | None:
        raise AssertionError("Eligibility sends and fetches no files.")

    def new_files(self, _known: Mapping[tuple[str, int], datetime]) -> Iterator[ResponseFile]:
        raise AssertionError("Eligibility sends and fetches no files.")

    def check_eligibility(self, inquiry: bytes) -> bytes:
        (transaction,) = read(inquiry).transactions
        assert transaction.errors == ()
        assert isinstance(transaction.body, EligibilityInquiry)
        self.asked.append(transaction.body)
        reply = self.replies.pop(0)
        if isinstance(reply, BaseException):
            raise reply
        trace = transaction.body.inquiries[0].trace_number
        return reply if isinstance(reply, bytes) else about_patient(*reply, trace=trace)
