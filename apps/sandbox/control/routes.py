"""The control API: for tests, the journey and the demo's console. Loopback only; not a vendor's interface."""

import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from apps.sandbox.control.bank import bank_statement
from apps.sandbox.control.charges import satellite_charges
from apps.sandbox.control.facts import facts
from apps.sandbox.control.tally import tally
from apps.sandbox.patients.behaviour import ACTS
from apps.sandbox.wire.mailbox import LOSABLE
from apps.sandbox.world.people import Patient
from apps.sandbox.world.practice import ZONE
from apps.sandbox.world.snapshot import encode
from apps.sandbox.world.world import World

Endpoint = Callable[[Request], Awaitable[Response]]
Action = Callable[[Request, World, dict[str, Any]], Awaitable[Any]]
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
UNDECIDED = frozenset({"received", "forwarded", "accepted"})
CLEARINGHOUSE = frozenset({"acknowledgement", "clearinghouse report", "payer report", "payday"})


def guarded(action: Action) -> Endpoint:
    """JSON in, JSON out; a ValueError is answered with 400 and its sentence. A browser's page elsewhere cannot call it."""

    async def checked(request: Request) -> Response:
        world: World = request.app.state.world
        caller = request.client.host if request.client else ""
        if caller not in LOOPBACK or request.url.hostname not in LOOPBACK or "origin" in request.headers:
            return JSONResponse({"error": "The control API answers this machine only."}, 403)
        try:
            found = await action(request, world, await _body(request))
        except (ValueError, KeyError) as problem:
            return JSONResponse({"error": str(problem)}, 400)
        return found if isinstance(found, Response) else JSONResponse(found)

    return checked


async def _body(request: Request) -> dict[str, Any]:
    body = await request.json() if request.method == "POST" and await request.body() else {}
    if not isinstance(body, dict):
        raise ValueError("The body is a JSON object.")  # noqa: TRY004  answered with 400
    return body


@guarded
async def health(_: Request, world: World, __: dict[str, Any]) -> Any:
    return {
        "ok": True,
        "losing": dict(world.state.losing),
        "now": world.now.isoformat(),
        "virtual": world.virtual,
        "seed": world.options.seed,
        "due": len(world.state.agenda),
        "errors": world.counts["errors"],
    }


@guarded
async def practice(_: Request, world: World, __: dict[str, Any]) -> Any:
    return facts(world)


@guarded
async def advance(_: Request, world: World, body: dict[str, Any]) -> Any:
    if not world.virtual:
        raise ValueError("The clock is real here; start with --virtual-now to move it.")
    to = datetime.fromisoformat(body["to"])
    to = to if to.tzinfo else to.replace(tzinfo=ZONE)
    if to < world.now:
        raise ValueError("The clock does not run backwards.")
    happened = await world.advance(to)
    return {"now": world.now.isoformat(), "happened": dict(sorted(happened.items()))}


@guarded
async def tallied(_: Request, world: World, __: dict[str, Any]) -> Any:
    await world.settle()
    return tally(world)


@guarded
async def knobs(_: Request, world: World, body: dict[str, Any]) -> Any:
    if body:
        world.turn_knobs(body)
    return world.knobs.__dict__


@guarded
async def behaviour(_: Request, world: World, body: dict[str, Any]) -> Any:
    """{"patient": 100017 | "+1512..." | "all", "act": one of ACTS or "default"}."""
    act = str(body["act"])
    if act not in {*ACTS, "default"}:
        raise ValueError(f"A patient may {', '.join(ACTS)} or default.")
    who = "all" if body["patient"] == "all" else str(_patient(world, body["patient"]).id)
    if act == "default":
        world.state.behaviour.pop(who, None)
    else:
        world.state.behaviour[who] = act
    return {"behaviour": world.state.behaviour}


def _patient(world: World, name: Any) -> Patient:
    text = str(name)
    found = world.people.by_phone().get(text) if text.startswith("+") else world.people.find(int(text))
    if found is None:
        raise ValueError("There is no such patient.")
    return found


def _number(world: World, body: dict[str, Any]) -> str:
    return str(body["number"]) if "number" in body else _patient(world, body["patient"]).phone


@guarded
async def missed_call(request: Request, world: World, body: dict[str, Any]) -> Any:
    number = _number(world, body)
    request.app.state.exchange.missed_call(world, world.now, number)
    return {"number": number}


@guarded
async def inbound_text(request: Request, world: World, body: dict[str, Any]) -> Any:
    number = _number(world, body)
    request.app.state.exchange.inbound(world, world.now, number, str(body["body"]))
    return {"number": number}


@guarded
async def lose(_: Request, world: World, body: dict[str, Any]) -> Any:
    """{"kind": "835", "count": 1}: so many of the next files never reach the download folder."""
    kind, count = str(body["kind"]), body.get("count", 1)
    if kind not in LOSABLE:
        raise ValueError(f"What can be lost: {', '.join(LOSABLE)}.")
    if not isinstance(count, int) or count < 1:
        raise ValueError("So many as are to be lost: 1 or more.")
    world.state.losing[kind] += count
    return {"losing": dict(world.state.losing)}


@guarded
async def decide(_: Request, world: World, body: dict[str, Any]) -> Any:
    """{"control": "T...", "code": "50"}: the payer that has this claim will deny it so. Code "": as its policy says."""
    control, code = str(body["control"]), str(body["code"])
    if code and code not in world.knobs.denials:
        raise ValueError(f"A payer denies by {', '.join(world.knobs.denials)}.")
    waiting = [each for each in world.state.claims.values() if each.control == control and each.status in UNDECIDED]
    if not waiting:
        raise ValueError(f"No payer has a claim {control} that it has still to decide.")
    if code:
        world.state.chosen[control] = code
    else:
        world.state.chosen.pop(control, None)
    return {"chosen": world.state.chosen}


@guarded
async def dispute(request: Request, world: World, body: dict[str, Any]) -> Any:
    """{"reference": "..."}: the payer of this card payment disputes it. With "outcome": "won" or "lost", the bank decides."""
    reference, outcome = str(body["reference"]), str(body.get("outcome", ""))
    if outcome not in {"", "won", "lost"}:
        raise ValueError("A bank decides won or lost, from where the practice stands.")
    paid = [each for each in world.state.sessions.values() if each.reference == reference]
    session = next((each for each in paid if each.payment_status == "paid"), None)
    if session is None:
        raise ValueError(f"No card payment {reference} was made.")
    till, disputes = request.app.state.till, world.state.disputes.values()
    found = next((each for each in disputes if each.session == session.id), None)
    if found is None:
        found = till.dispute(world, session)
    if outcome and found.status == "needs_response":
        till.decide_dispute(world, found, outcome)
    return encode(found)


@guarded
async def hurry(_: Request, world: World, __: dict[str, Any]) -> Any:
    """Whatever the clearinghouse and the payers owe is due now; it happens at the next tick or advance."""
    return {"hurried": world.hurry(CLEARINGHOUSE)}


@guarded
async def add_key(_: Request, world: World, body: dict[str, Any]) -> Any:
    """{"public_key": "ssh-ed25519 ..."}: allowed to open the SFTP door beside the password."""
    key = str(body["public_key"]).strip()
    request_keys = world.state.public_keys
    if key not in request_keys:
        request_keys.append(key)
    return {"keys": len(request_keys)}


@guarded
async def verify_webhook(request: Request, world: World, _: dict[str, Any]) -> Any:
    return {"verified": await request.app.state.rooms.announcements.verify(world)}


@guarded
async def claims(request: Request, world: World, _: dict[str, Any]) -> Any:
    """Filters: control, status, payer_id."""
    wanted = [
        (name, request.query_params[name]) for name in ("control", "status", "payer_id") if name in request.query_params
    ]
    rows = [each for each in world.state.claims.values() if all(getattr(each, name) == value for name, value in wanted)]
    return {"claims": encode(rows)}


@guarded
async def deposits(_: Request, world: World, __: dict[str, Any]) -> Any:
    return {"deposits": encode(world.state.deposits)}


@guarded
async def files(request: Request, world: World, _: dict[str, Any]) -> Any:
    """What waits in the download folder, and which interchanges (sender, ISA13) ever arrived: the clearinghouse's portal."""
    waiting = sorted(each.name for each in request.app.state.rooms.mailbox.download.iterdir())
    return {"download": waiting, "received": sorted(world.state.interchanges)}


@guarded
async def patient(request: Request, world: World, _: dict[str, Any]) -> Any:
    """The truth about one patient, the coverage as the payer knows it."""
    found = _patient(world, request.path_params["number"])
    return json.loads(json.dumps(encode(found), default=str))


@guarded
async def charges(request: Request, world: World, _: dict[str, Any]) -> Any:
    day = date.fromisoformat(request.query_params.get("date", f"{world.now.astimezone(ZONE):%Y-%m-%d}"))
    name = f"lakeway-charges-{day}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(satellite_charges(world, day), media_type="text/csv; charset=utf-8", headers=headers)


@guarded
async def statement(request: Request, world: World, _: dict[str, Any]) -> Any:
    day = date.fromisoformat(request.query_params.get("date", f"{world.now.astimezone(ZONE):%Y-%m-%d}"))
    headers = {"content-disposition": f'attachment; filename="bank-{day}.csv"'}
    return Response(bank_statement(world, day), media_type="text/csv; charset=utf-8", headers=headers)


ROUTES = [
    Route("/control/health", health),
    Route("/control/practice", practice),
    Route("/control/advance", advance, methods=["POST"]),
    Route("/control/tally", tallied),
    Route("/control/knobs", knobs, methods=["GET", "POST"]),
    Route("/control/behaviour", behaviour, methods=["POST"]),
    Route("/control/missed-call", missed_call, methods=["POST"]),
    Route("/control/text", inbound_text, methods=["POST"]),
    Route("/control/lose", lose, methods=["POST"]),
    Route("/control/decide", decide, methods=["POST"]),
    Route("/control/dispute", dispute, methods=["POST"]),
    Route("/control/hurry", hurry, methods=["POST"]),
    Route("/control/keys", add_key, methods=["POST"]),
    Route("/control/verify-webhook", verify_webhook, methods=["POST"]),
    Route("/control/claims", claims),
    Route("/control/deposits", deposits),
    Route("/control/files", files),
    Route("/control/patients/{number}", patient),
    Route("/control/satellite-charges", charges),
    Route("/control/bank-statement", statement),
]
