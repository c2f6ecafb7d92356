"""Twilio's message resources."""

import base64
import hmac
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from apps.sandbox.queries import BadQueryError, day, whole_number
from apps.sandbox.world.state import Message
from apps.sandbox.world.world import World

from .exchange import credentials, shape

Endpoint = Callable[[Request], Awaitable[Response]]
NUMBER = re.compile(r"^\+[1-9][0-9]{7,14}$")
BASE = "/twilio/2010-04-01/Accounts/{account}"


def refusal(code: int, message: str, status: int = 400) -> Response:
    info = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": message, "more_info": info, "status": status}, status)


def guarded(endpoint: Callable[[Request, World], Awaitable[Response]]) -> Endpoint:
    async def checked(request: Request) -> Response:
        world: World = request.app.state.world
        ours = credentials(world)
        expected = base64.b64encode(f"{ours['account_sid']}:{ours['auth_token']}".encode()).decode()
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        if kind != "Basic" or not hmac.compare_digest(value, expected):
            return refusal(20003, "Authenticate", 401)
        if request.path_params["account"] != ours["account_sid"]:
            return refusal(20404, "The requested resource was not found", 404)
        try:
            return await endpoint(request, world)
        except BadQueryError as problem:
            return refusal(20001, str(problem))

    return checked


@guarded
async def create(request: Request, world: World) -> Response:
    form = {name: str(value) for name, value in (await request.form()).items()}
    problem = _problem(world, form)
    if problem:
        world.counts["texts_refused"] += 1
        return refusal(*problem)
    message = request.app.state.exchange.accept(world, form)
    return JSONResponse(shape(world, message), 201)


def _problem(world: World, form: dict[str, str]) -> tuple[int, str] | None:
    if not form.get("Body"):
        return 21602, "Message body is required."
    if not NUMBER.match(form.get("To", "")):
        return 21211, "Invalid 'To' Phone Number."
    if not (form.get("From") or form.get("MessagingServiceSid")):
        return 21603, "A 'From' phone number is required."
    if form["To"] in world.state.opted_out:
        return 21610, "Attempt to send to unsubscribed recipient."
    return None


@guarded
async def listing(request: Request, world: World) -> Response:
    query = request.query_params
    found = [
        each for each in reversed(world.state.messages.values()) if _wanted(query.get("To"), query.get("From"), each)
    ]
    if "DateSent" in query:
        sent_on = day(query["DateSent"])
        found = [each for each in found if each.created.date() == sent_on]
    size, page = min(1000, whole_number(query, "PageSize", 50)), whole_number(query, "Page", 0)
    shown = found[page * size : (page + 1) * size]
    following = request.url.include_query_params(Page=page + 1) if (page + 1) * size < len(found) else None
    next_uri = f"{following.path.removeprefix('/twilio')}?{following.query}" if following else None
    return JSONResponse(_listed([shape(world, each) for each in shown], page, size, next_uri))


def _listed(rows: list[dict[str, Any]], page: int, size: int, next_uri: str | None) -> dict[str, Any]:
    return {"messages": rows, "page": page, "page_size": size, "next_page_uri": next_uri, "previous_page_uri": None}


def _wanted(to: str | None, sender: str | None, found: Message) -> bool:
    return to in {None, found.to} and sender in {None, found.sender}


@guarded
async def one(request: Request, world: World) -> Response:
    found = world.state.messages.get(request.path_params["sid"])
    return JSONResponse(shape(world, found)) if found else refusal(20404, "The requested resource was not found", 404)


ROUTES = [
    Route(BASE + "/Messages.json", create, methods=["POST"]),
    Route(BASE + "/Messages.json", listing),
    Route(BASE + "/Messages/{sid}.json", one),
]
