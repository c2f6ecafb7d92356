"""What the phone company does: takes a text, delivers it or not, tells how it went, and carries answers back."""

import base64
import hashlib
import hmac
import json
import re
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from apps.sandbox.world.outbound import Outbound
from apps.sandbox.world.practice import ZONE
from apps.sandbox.world.state import Message
from apps.sandbox.world.webhooks import Delivery, Postman
from apps.sandbox.world.world import World

INBOUND_PATH = "/webhooks/messages/"
MISSED_CALL_PATH = "/webhooks/messages/call/"
RETRIES = (1, 15)
LINK = re.compile(r"https?://\S+")
STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "UNSTOP", "YES"})


def credentials(world: World) -> dict[str, str]:
    return {
        "account_sid": f"AC{world.chance.secret('twilio account')}",
        "auth_token": world.chance.secret("twilio token"),
        "from_number": "+15125550199",
    }


def signature(token: str, url: str, fields: dict[str, str]) -> str:
    text = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


class TwilioSignature:
    def headers(self, world: World, payload: dict[str, str]) -> dict[str, str]:
        fields = dict(parse_qsl(payload["body"], keep_blank_values=True))
        return {"x-twilio-signature": signature(credentials(world)["auth_token"], payload["url"], fields)}


def shape(world: World, found: Message) -> dict[str, Any]:
    account = credentials(world)["account_sid"]
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": found.body,
        "date_created": format_datetime(found.created),
        "date_sent": format_datetime(found.updated) if found.status != "queued" else None,
        "date_updated": format_datetime(found.updated),
        "direction": found.direction,
        "error_code": found.error or None,
        "error_message": None,
        "from": found.sender,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": str(-(-len(found.body) // 160)),
        "price": None,
        "price_unit": "USD",
        "sid": found.sid,
        "status": found.status,
        "subresource_uris": {},
        "to": found.to,
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{found.sid}.json",
    }


class Exchange:
    def __init__(self, postman: Postman, outbound: Outbound) -> None:
        self.postman, self.outbound = postman, outbound
        postman.signers["phone"] = TwilioSignature()

    def accept(self, world: World, form: dict[str, str]) -> Message:
        now = world.now
        serial = world.serial("message")
        sender = form.get("From") or credentials(world)["from_number"]
        message = Message(
            f"SM{world.chance.secret('message', serial)}", form["To"], sender, form["Body"],
            form.get("StatusCallback", ""), now, now,
        )  # fmt: skip
        world.state.messages[message.sid] = message
        self._count(world, message)
        world.plan(now + timedelta(seconds=2), "message sent", message.sid, sid=message.sid)
        return message

    def _count(self, world: World, message: Message) -> None:
        world.counts["texts"] += 1
        world.state.texts_by_number[message.to] += 1
        links = LINK.findall(message.body)
        day = f"{message.created.astimezone(ZONE):%Y-%m-%d}"
        seen = f"{message.to} {' '.join(links)}" if links else f"{message.to} {day} {message.body}"
        world.state.texts_seen[hashlib.sha256(seen.encode()).hexdigest()] += 1

    async def sent(self, world: World, when: datetime, payload: dict[str, str]) -> None:
        self._progress(world, when, payload["sid"], "sent")
        world.plan(when + timedelta(seconds=4), "message delivered", payload["sid"], sid=payload["sid"])

    async def delivered(self, world: World, when: datetime, payload: dict[str, str]) -> None:
        message = world.state.messages[payload["sid"]]
        if world.chance.happens(world.knobs.undelivered, "landline", message.to):
            message.error = 30006
            self._progress(world, when, message.sid, "undelivered")
            return
        self._progress(world, when, message.sid, "delivered")
        link = LINK.search(message.body)
        if link:
            world.plan(when, "text read", message.sid, number=message.to, url=link.group().rstrip(".,)"))

    def _progress(self, world: World, when: datetime, sid: str, status: str) -> None:
        message = world.state.messages[sid]
        message.status, message.updated = status, when
        world.counts[f"texts_{status}"] += 1
        if message.callback:
            fields = {"MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "SmsStatus": status}
            if message.error:
                fields["ErrorCode"] = str(message.error)
            self._post(
                world,
                when,
                f"{sid} {status}",
                message.callback,
                {**fields, **self._parties(world, message.to, message.sender)},
            )

    def inbound(self, world: World, when: datetime, number: str, body: str) -> None:
        sid = f"SM{world.chance.secret('inbound', world.serial('inbound'))}"
        ours = credentials(world)["from_number"]
        world.state.messages[sid] = Message(sid, ours, number, body, "", when, when, "received", 0, "inbound")
        fields = {"MessageSid": sid, "SmsSid": sid, "Body": body, "NumMedia": "0", "NumSegments": "1"}
        word = body.strip().upper()
        if word in STOP_WORDS:
            fields["OptOutType"] = "STOP"
            if number not in world.state.opted_out:
                world.state.opted_out.append(number)
        elif word in START_WORDS:
            fields["OptOutType"] = "START"
            world.state.opted_out = [each for each in world.state.opted_out if each != number]
        self._post(
            world, when, sid, f"{self.outbound.app_url}{INBOUND_PATH}", {**fields, **self._parties(world, ours, number)}
        )

    def missed_call(self, world: World, when: datetime, number: str) -> None:
        sid = f"CA{world.chance.secret('call', world.serial('call'))}"
        ours = credentials(world)["from_number"]
        fields = {"CallSid": sid, "CallStatus": "completed", "DialCallStatus": "no-answer", "Direction": "inbound"}
        self._post(
            world,
            when,
            sid,
            f"{self.outbound.app_url}{MISSED_CALL_PATH}",
            {**fields, **self._parties(world, ours, number)},
        )

    def _parties(self, world: World, to: str, sender: str) -> dict[str, str]:
        return {"To": to, "From": sender, "AccountSid": credentials(world)["account_sid"], "ApiVersion": "2010-04-01"}

    def _post(self, world: World, when: datetime, key: str, url: str, fields: dict[str, str]) -> None:
        body = urlencode(fields)
        extra = json.dumps({})
        self.postman.send(
            world, when, Delivery(key, url, body, "application/x-www-form-urlencoded", "phone", RETRIES, extra)
        )
