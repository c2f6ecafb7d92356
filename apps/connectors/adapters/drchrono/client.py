"""DrChrono's wire: a bearer token that is refreshed, lists that are paged by cursor."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from apps.connectors import http
from apps.connectors.adapters.drchrono.errors import SignInError, raise_for_refusal
from apps.connectors.ports.ehr import ChangeSecrets
from apps.connectors.ports.errors import RefusedError

SYSTEM = "DrChrono"
VENDOR_HOSTS = ("app.drchrono.com",)
PAGE_SIZE = 250
# A list that goes on longer has no end: a quarter of a million records are more than a practice has of anything that is asked for.
MOST_PAGES = 1000
Row = dict[str, Any]
Keep = Callable[[str, bytes], str]

# Tokens live 48 hours by the wall clock. One that will not last through a long run is renewed.
RENEW_BEFORE = 300


class DrChronoClient:
    """`keep` stores each answer byte for byte and returns the public id of its transmission (ARCHITECTURE law 4).

    `change_secrets` changes the connection's stored credentials, one caller at a time. A single record is asked for once in a
    client's life, which is one step's.
    """

    def __init__(self, settings: Mapping[str, Any], keep: Keep, change_secrets: ChangeSecrets) -> None:
        self._base = str(settings.get("base_url", "https://app.drchrono.com")).rstrip("/")
        self._settings, self._keep, self._change_secrets = settings, keep, change_secrets
        self._hosts = settings.get("hosts") or VENDOR_HOSTS
        self._records: dict[tuple[str, str], Row | None] = {}

    @contextmanager
    def session(self) -> Iterator[httpx.Client]:
        with http.client(self._hosts) as session:
            yield session

    def pages(self, session: httpx.Client, resource: str, **query: str) -> Iterator[tuple[list[Row], str]]:
        """Each page's rows with the public id of the transmission that holds the page.

        Raises RefusedError where the list has no end, or leads elsewhere.
        """
        url: str | None = f"{self._base}/api/{resource}"
        params: dict[str, str] | None = {**query, "page_size": str(PAGE_SIZE)}
        read: set[str] = set()
        while url:
            if url in read:
                raise RefusedError(f"DrChrono's list of {resource} leads back to a page that was read.")
            if len(read) == MOST_PAGES:
                raise RefusedError(f"DrChrono's list of {resource} has more than {MOST_PAGES} pages.")
            read.add(url)
            response = self._get(session, url, resource, params)
            kept = self._keep(resource, response.content)
            page = read_json(response.content, resource)
            # The public spec says `data`; older clients read `results`.
            yield _rows(page.get("data") or page.get("results") or [], resource), kept
            url, params = self._following(url, page.get("next"), resource), None

    def _following(self, url: str, link: object, what: str) -> str | None:
        """The page that follows the one at `url`, under the connection's own address: the token goes nowhere else, and a server behind
        a proxy may write its links with another scheme.
        """
        if not link:
            return None
        try:
            found, own = urlsplit(urljoin(url, str(link))), urlsplit(self._base)
            is_ours = isinstance(link, str) and (found.hostname, found.port) == (own.hostname, own.port)
        except ValueError:
            is_ours = False
        if not is_ours:
            raise RefusedError(f"DrChrono's list of {what} leads to another address, which is not asked.")
        return found._replace(scheme=own.scheme, netloc=own.netloc).geturl()

    def rows(self, session: httpx.Client, resource: str, **query: str) -> Iterator[Row]:
        for rows, _ in self.pages(session, resource, **query):
            yield from rows

    def one(self, session: httpx.Client, resource: str, source_id: str) -> Row | None:
        if (resource, source_id) not in self._records:
            self._records[resource, source_id] = self._ask_one(session, resource, source_id)
        return self._records[resource, source_id]

    def _ask_one(self, session: httpx.Client, resource: str, source_id: str) -> Row | None:
        response = self._get(session, f"{self._base}/api/{resource}/{source_id}", resource, None, may_lack=True)
        if response.status_code == 404:
            return None
        self._keep(resource, response.content)
        return read_json(response.content, resource)

    def _get(
        self, session: httpx.Client, url: str, what: str, params: dict[str, str] | None, *, may_lack: bool = False
    ) -> httpx.Response:
        token = self._token(session)
        response = self._signed(session, url, params, token)
        if response.status_code == 401:
            response = self._signed(session, url, params, self._token(session, refused=token))
        if not (may_lack and response.status_code == 404):
            raise_for_refusal(response, what)
        return response

    def _signed(self, session: httpx.Client, url: str, params: dict[str, str] | None, token: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}"}
        return http.ask(session, "GET", url, system=SYSTEM, params=params, headers=headers)

    def _token(self, session: httpx.Client, *, refused: str = "") -> str:
        """The stored token, or a new one where it has run out or was refused."""
        if not _is_good(self._settings, refused):
            self._settings = self._change_secrets(lambda stored: self._renewed(session, stored, refused))
        return str(self._settings["access_token"])

    def _renewed(self, session: httpx.Client, stored: Mapping[str, Any], refused: str) -> Mapping[str, Any]:
        """What is to be stored from now on. Another worker may have renewed meanwhile: its token serves. DrChrono may hand out a new
        refresh token, and the old one is void from then on.
        """
        if _is_good(stored, refused):
            return stored
        form = {
            "grant_type": "refresh_token",
            "client_id": stored["client_id"],
            "client_secret": stored["client_secret"],
            "refresh_token": stored["refresh_token"],
        }
        response = http.ask(session, "POST", f"{self._base}/o/token/", system=SYSTEM, data=form)
        if not response.is_success:
            raise SignInError("DrChrono refused the sign-in. Connect it again in Settings, Connections.")
        answer = read_json(response.content, "the sign-in")
        return {
            **stored,
            "access_token": str(answer["access_token"]),
            "access_token_until": int(time.time()) + int(answer["expires_in"]),
            "refresh_token": str(answer.get("refresh_token") or stored["refresh_token"]),
        }


def _is_good(settings: Mapping[str, Any], refused: str) -> bool:
    token = settings.get("access_token")
    return bool(token) and token != refused and settings.get("access_token_until", 0) - RENEW_BEFORE > time.time()


def _rows(told: object, what: str) -> list[Row]:
    if not isinstance(told, list) or not all(isinstance(row, dict) for row in told):
        raise RefusedError(f"DrChrono's answer for {what} has an unknown shape.")
    return told


def read_json(body: bytes, what: str) -> Row:
    """Numbers as Decimal: money never passes through a binary fraction."""
    try:
        answer = json.loads(body, parse_float=Decimal)
    except ValueError as failure:
        raise RefusedError(f"DrChrono's answer for {what} is not JSON.") from failure
    if not isinstance(answer, dict):
        raise RefusedError(f"DrChrono's answer for {what} has an unknown shape.")
    return answer
