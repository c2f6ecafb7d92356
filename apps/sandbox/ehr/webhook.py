"""What the EHR tells the practice's automation by itself: a checkout, a booking at short notice."""

import hashlib
import hmac
import json
from datetime import datetime

from apps.sandbox.world.outbound import Outbound
from apps.sandbox.world.webhooks import Delivery, Postman
from apps.sandbox.world.world import World

from . import shapes
from .access import credentials

PATH = "/webhooks/ehr/"
RETRIES = (60, 180, 420)


class SecretHeader:
    """DrChrono sends the secret itself, not a digest of the body."""

    def headers(self, world: World, payload: dict[str, str]) -> dict[str, str]:
        extra = json.loads(payload["extra"])
        return {
            "x-drchrono-event": extra["event"],
            "x-drchrono-delivery": extra["delivery"],
            "x-drchrono-signature": credentials(world)["webhook_secret"],
        }


class Announcements:
    def __init__(self, postman: Postman, outbound: Outbound) -> None:
        self.postman, self.outbound = postman, outbound
        postman.signers["ehr"] = SecretHeader()

    async def checkout(self, world: World, when: datetime, payload: dict[str, str]) -> None:
        world.counts["checkouts"] += 1
        self._announce(world, when, "APPOINTMENT_MODIFY", int(payload["visit"]))

    async def booking(self, world: World, when: datetime, payload: dict[str, str]) -> None:
        self._announce(world, when, "APPOINTMENT_CREATE", int(payload["visit"]))

    def _announce(self, world: World, when: datetime, event: str, visit_id: int) -> None:
        visit = world.schedule.find(visit_id)
        if visit is None:
            return
        url = f"{self.outbound.app_url}{PATH}"
        receiver = {"id": 1, "app_name": "Throughline", "callback_url": url}
        body = json.dumps({"receiver": receiver, "object": shapes.appointment(world, visit)})
        extra = json.dumps({"event": event, "delivery": world.chance.secret(event, visit_id)})
        key = f"{visit_id} {event}"
        self.postman.send(world, when, Delivery(key, url, body, "application/json", "ehr", RETRIES, extra))

    async def verify(self, world: World) -> bool:
        """DrChrono's check that the receiver knows the secret."""
        message = world.chance.secret("verification", world.serial("verification"))
        reply = await self.outbound.get(f"{self.outbound.app_url}{PATH}?msg={message}")
        secret = credentials(world)["webhook_secret"]
        expected = hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
        try:
            return reply.ok and json.loads(reply.text).get("secret_token") == expected
        except ValueError:
            return False
