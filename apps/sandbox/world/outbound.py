"""Requests that the world makes to the practice's own address."""

from dataclasses import dataclass

import httpx

# Shorter than a web process waits before it hangs up (gunicorn: 2 seconds): a request on a connection that is just being closed is lost.
KEPT_OPEN = httpx.Limits(keepalive_expiry=1)


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
        self._client = httpx.AsyncClient(timeout=20, trust_env=False, limits=KEPT_OPEN)

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
