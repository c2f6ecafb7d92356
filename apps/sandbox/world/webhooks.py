"""Delivering a webhook: at once, and again at each sender's own intervals until the application takes it."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from .outbound import Outbound
from .world import World

KIND = "webhook"


@dataclass(frozen=True)
class Delivery:
    """`retries`: waits in minutes before each further try; `signer` names who signs (a secret is never stored)."""

    key: str
    url: str
    body: str
    content_type: str
    signer: str
    retries: tuple[int, ...]
    extra: str = "{}"


class Signer(Protocol):
    def headers(self, world: World, payload: dict[str, str]) -> dict[str, str]:
        """The delivery's signed headers, fresh at each try."""
        ...


class Postman:
    def __init__(self, outbound: Outbound) -> None:
        self.outbound = outbound
        self.signers: dict[str, Signer] = {}

    def send(self, world: World, when: datetime, delivery: Delivery) -> None:
        payload = {
            "url": delivery.url,
            "body": delivery.body,
            "content_type": delivery.content_type,
            "signer": delivery.signer,
            "retries": json.dumps(delivery.retries),
            "extra": delivery.extra,
            "key": delivery.key,
            "tries": "0",
        }
        world.plan(when, KIND, delivery.key, **payload)

    async def deliver(self, world: World, when: datetime, payload: dict[str, str]) -> None:
        headers = {"content-type": payload["content_type"], **self.signers[payload["signer"]].headers(world, payload)}
        reply = await self.outbound.post(payload["url"], content=payload["body"], headers=headers)
        if reply.ok:
            world.counts["webhooks_delivered"] += 1
            return
        waits, tries = json.loads(payload["retries"]), int(payload["tries"])
        if tries < len(waits):
            again = when + timedelta(minutes=waits[tries])
            world.plan(again, KIND, payload["key"], **{**payload, "tries": str(tries + 1)})
            world.counts["webhooks_retried"] += 1
        else:
            world.counts["webhooks_failed"] += 1
