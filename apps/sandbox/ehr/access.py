"""DrChrono's tokens: OAuth refresh (and, for the demo, client credentials), 48 hours by the wall clock."""

import hmac
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from apps.sandbox.world.world import World

LIFETIME = 172800


def credentials(world: World) -> dict[str, str]:
    return {
        "client_id": f"pecan-row-{world.chance.secret('ehr client')[:8]}",
        "client_secret": world.chance.secret("ehr client secret"),
        "refresh_token": world.chance.secret("ehr refresh"),
        "webhook_secret": world.chance.secret("ehr webhook"),
    }


def _sign(world: World, issued: int) -> str:
    return f"{issued}.{world.chance.secret('ehr token', issued)}"


async def token(request: Request) -> Response:
    world: World = request.app.state.world
    form = await request.form()
    ours = credentials(world)
    known = all(hmac.compare_digest(str(form.get(name, "")), ours[name]) for name in ("client_id", "client_secret"))
    if not known:
        return JSONResponse({"error": "invalid_client"}, 401)
    grant = form.get("grant_type")
    if grant == "refresh_token" and form.get("refresh_token") != ours["refresh_token"]:
        return JSONResponse({"error": "invalid_grant"}, 400)
    if grant not in {"refresh_token", "client_credentials"}:
        return JSONResponse({"error": "unsupported_grant_type"}, 400)
    return JSONResponse(
        {
            "access_token": _sign(world, int(time.time())),
            "refresh_token": ours["refresh_token"],
            "token_type": "Bearer",
            "expires_in": LIFETIME,
            "scope": "calendar:read patients:read patients:write billing:read billing:patient-payment:write",
        }
    )


def allowed(request: Request) -> bool:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    issued = value.partition(".")[0]
    if kind != "Bearer" or not issued.isdigit() or int(issued) + LIFETIME < time.time():
        return False
    return hmac.compare_digest(value, _sign(request.app.state.world, int(issued)))
