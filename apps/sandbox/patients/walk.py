"""A simulated patient walking the practice's pages: the link, the questions, the payment, the card page."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import urljoin

import httpx

from apps.sandbox.world.outbound import KEPT_OPEN, trusted
from apps.sandbox.world.people import Patient

from .forms import Form, forms

STEPS = ("card", "pay", "verify", "open")  # the furthest first
MOST_STEPS = 8


@dataclass(frozen=True)
class Outcome:
    """`reached` is the furthest step answered; `problem` is empty when the walk ended as meant."""

    reached: str
    problem: str = ""


class Walker:
    def __init__(self) -> None:
        self._transport = httpx.AsyncHTTPTransport(verify=trusted(), limits=KEPT_OPEN)

    async def walk(self, url: str, patient: Patient, postcode: str, *, until: str) -> Outcome:
        """Answers forms by their `data-step` until the step `until` is done. A page that fails ends the walk."""
        client = httpx.AsyncClient(transport=self._transport, follow_redirects=True, timeout=20, trust_env=False)
        reached = ""
        try:
            page = await client.get(url)
            for _ in range(MOST_STEPS):
                form = _next(page, reached)
                if page.status_code >= 400 or form is None:
                    return Outcome(reached, f"{page.status_code} after {reached or 'the link'}")
                page = await _submit(client, page, form, _answers(form, patient, postcode))
                reached = form.step
                if reached == until:
                    return Outcome(reached, "" if page.status_code < 400 else f"{page.status_code} after {reached}")
        except httpx.HTTPError as problem:
            return Outcome(reached, type(problem).__name__)
        return Outcome(reached, "too many steps")

    async def close(self) -> None:
        await self._transport.aclose()


def _next(page: httpx.Response, reached: str) -> Form | None:
    found = [form for form in forms(page.text) if form.step in STEPS and form.step != reached]
    return min(found, key=lambda form: (STEPS.index(form.step), -_amount(form)), default=None)


def _amount(form: Form) -> Decimal:
    try:
        return Decimal(form.fields.get("amount") or "0")
    except InvalidOperation:
        return Decimal(0)


def _answers(form: Form, patient: Patient, postcode: str) -> dict[str, str]:
    if form.step == "verify":
        return {**form.fields, "birth_date": patient.birth_date.isoformat(), "postcode": postcode}
    return form.fields


async def _submit(
    client: httpx.AsyncClient, page: httpx.Response, form: Form, fields: dict[str, str]
) -> httpx.Response:
    target = urljoin(str(page.url), form.action)
    if form.method == "get":
        return await client.get(target, params=fields)
    return await client.post(target, data=fields, headers={"referer": str(page.url)})
