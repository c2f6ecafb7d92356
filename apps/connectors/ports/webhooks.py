"""A webhook as it arrived. It is verified once, on arrival, since signatures age; then it is journaled and parsed from there."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """`headers` have lower-case names; `url` is the public one that the vendor signed, query included."""

    url: str
    headers: Mapping[str, str]
    body: bytes

    def to_bytes(self) -> bytes:
        """As an HTTP message, the body byte for byte."""
        lines = [f"POST {self.url} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers.items())]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body

    @classmethod
    def from_bytes(cls, message: bytes) -> "WebhookDelivery":
        head, _, body = message.partition(b"\r\n\r\n")
        first, *rest = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in rest if ": " in line)
        return cls(url=first.split(" ")[1], headers=headers, body=body)
