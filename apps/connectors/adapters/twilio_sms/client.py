"""Twilio's message resource: Basic authentication, form posts, lists by page."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

import httpx

from apps.connectors import http
from apps.connectors.adapters.twilio_sms.errors import refusal

VENDOR_HOSTS = ("api.twilio.com",)
SYSTEM = "Twilio"
MOST_PAGES = 10


class TwilioClient:
    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._base = str(settings.get("base_url", "https://api.twilio.com")).rstrip("/")
        self._account = str(settings["account_sid"])
        self._auth = (self._account, str(settings["auth_token"]))
        self._hosts = settings.get("hosts") or VENDOR_HOSTS

    @property
    def _messages(self) -> str:
        return f"{self._base}/2010-04-01/Accounts/{self._account}/Messages.json"

    def create(self, form: Mapping[str, str]) -> dict[str, Any]:
        with http.client(self._hosts, auth=self._auth) as session:
            return self._answer(http.ask(session, "POST", self._messages, system=SYSTEM, changes=True, data=dict(form)))

    def messages(self, **query: str) -> Iterator[dict[str, Any]]:
        """Newest first."""
        url: str | None = self._messages
        params: dict[str, str] | None = {**query, "PageSize": "50"}
        with http.client(self._hosts, auth=self._auth) as session:
            for _ in range(MOST_PAGES):
                page = self._answer(http.ask(session, "GET", str(url), system=SYSTEM, params=params))
                yield from page["messages"]
                if not page.get("next_page_uri"):
                    return
                url, params = self._base + urljoin("/", str(page["next_page_uri"])), None

    def _answer(self, response: httpx.Response) -> dict[str, Any]:
        if not response.is_success:
            raise refusal(response)
        answer: dict[str, Any] = response.json()
        return answer
