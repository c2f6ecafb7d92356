"""Requests that the world makes to the practice's own address."""

import ssl
from dataclasses import dataclass
from functools import cache

import httpx

# Shorter than a web process waits before it hangs up (gunicorn: 2 seconds): a request on a connection that is just being closed is lost.
KEPT_OPEN = httpx.Limits(keepalive_expiry=1)


@cache
def trusted() -> ssl.SSLContext:
    """The authorities that all its clients trust, read once: reading them takes longer than a world's whole setup."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True)
class Reply:
    status: int
    text: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


class Outbound:
    """One client for all webhooks. An unreachable application is status 0, not an exception."""

    def __init__(self, app_url: str) -> None:
        self.app_url = app_url.rstrip("/")
        self._client = httpx.AsyncClient(verify=trusted(), timeout=20, trust_env=False, limits=KEPT_OPEN)

    async def post(self, url: str, *, content: str, headers: dict[str, str]) -> Reply:
        return await self._send("POST", url, content=content.encode(), headers=headers)

    async def get(self, url: str) -> Reply:
        return await self._send("GET", url)

    async def _send(
        self, method: str, url: str, *, content: bytes = b"", headers: dict[str, str] | None = None
    ) -> Reply:
        try:
            answer = await self._client.request(method, url, content=content, headers=headers)
        except httpx.HTTPError:
            return Reply(0, "")
        return Reply(answer.status_code, answer.text)

    async def close(self) -> None:
        await self._client.aclose()
