"""DrChrono's wire: a bearer token that is refreshed, lists that are paged by cursor."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import httpx

from apps.connectors import http
from apps.connectors.adapters.drchrono.errors import SignInError, raise_for_refusal
from apps.connectors.ports.errors import RefusedError

SYSTEM = "DrChrono"
VENDOR_HOSTS = ("app.drchrono.com",)
PAGE_SIZE = 250
Row = dict[str, Any]
Keep = Callable[[str, bytes], str]

# Tokens live 48 hours by the wall clock; a worker asks for one and not for one a task. Key: the refresh token.
_tokens: dict[str, tuple[str, float]] = {}
_lock = threading.Lock()


class DrChronoClient:
    """`keep` stores each answer byte for byte and returns the public id of its transmission (ARCHITECTURE law 4)."""

    def __init__(self, settings: Mapping[str, Any], keep: Keep) -> None:
        self._base = str(settings.get("base_url", "https://app.drchrono.com")).rstrip("/")
        self._settings, self._keep = settings, keep
        self._hosts = settings.get("hosts") or VENDOR_HOSTS

    @contextmanager
    def session(self) -> Iterator[httpx.Client]:
        with http.client(self._hosts) as session:
            yield session

    def pages(self, session: httpx.Client, resource: str, **query: str) -> Iterator[tuple[list[Row], str]]:
        """Each page's rows with the public id of the transmission that holds the page."""
        url: str | None = f"{self._base}/api/{resource}"
        params: dict[str, str] | None = {**query, "page_size": str(PAGE_SIZE)}
        while url:
            response = self._get(session, url, resource, params)
            kept = self._keep(resource, response.content)
            page = read_json(response.content, resource)
            # The public spec says `data`; older clients read `results`.
            rows: list[Row] = page.get("data") or page.get("results") or []
            yield rows, kept
            url, params = page.get("next"), None

    def rows(self, session: httpx.Client, resource: str, **query: str) -> Iterator[Row]:
        for rows, _ in self.pages(session, resource, **query):
            yield from rows

    def one(self, session: httpx.Client, resource: str, source_id: str) -> Row | None:
        response = self._get(session, f"{self._base}/api/{resource}/{source_id}", resource, None, may_lack=True)
        if response.status_code == 404:
            return None
        self._keep(resource, response.content)
        return read_json(response.content, resource)

    def _get(
        self, session: httpx.Client, url: str, what: str, params: dict[str, str] | None, *, may_lack: bool = False
    ) -> httpx.Response:
        response = self._signed(session, url, params, self._token(session))
        if response.status_code == 401:
            response = self._signed(session, url, params, self._token(session, renew=True))
        if not (may_lack and response.status_code == 404):
            raise_for_refusal(response, what)
        return response

    def _signed(self, session: httpx.Client, url: str, params: dict[str, str] | None, token: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}"}
        return http.ask(session, "GET", url, system=SYSTEM, params=params, headers=headers)

    def _token(self, session: httpx.Client, *, renew: bool = False) -> str:
        key = f"{self._base} {self._settings['client_id']} {self._settings['refresh_token']}"
        with _lock:
            token, good_until = _tokens.get(key, ("", 0.0))
            if renew or time.monotonic() >= good_until:
                token, lifetime = self._refresh(session)
                _tokens[key] = (token, time.monotonic() + lifetime - 300)
            return token

    def _refresh(self, session: httpx.Client) -> tuple[str, int]:
        form = {
            "grant_type": "refresh_token",
            "client_id": self._settings["client_id"],
            "client_secret": self._settings["client_secret"],
            "refresh_token": self._settings["refresh_token"],
        }
        response = http.ask(session, "POST", f"{self._base}/o/token/", system=SYSTEM, data=form)
        if not response.is_success:
            raise SignInError("DrChrono refused the sign-in. Connect it again in Settings, Connections.")
        answer = read_json(response.content, "the sign-in")
        return str(answer["access_token"]), int(answer["expires_in"])


def read_json(body: bytes, what: str) -> Row:
    """Numbers as Decimal: money never passes through a binary fraction."""
    try:
        answer = json.loads(body, parse_float=Decimal)
    except ValueError as failure:
        raise RefusedError(f"DrChrono's answer for {what} is not JSON.") from failure
    if not isinstance(answer, dict):
        raise RefusedError(f"DrChrono's answer for {what} has an unknown shape.")
    return answer
