"""Bad days of the vendors' HTTP interfaces, by knob: too slow, too many requests, an error of their own."""

import asyncio

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from apps.sandbox.world.world import World

VENDORS = ("/drchrono/", "/stripe/v1/", "/twilio/", "/waystar/")


class Faults:
    """The request is refused before it is understood, so a refused request has changed nothing."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app, self.world = app, world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(VENDORS):
            answer = await self._fault(scope["path"])
            if answer is not None:
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)

    async def _fault(self, path: str) -> JSONResponse | None:
        knobs = self.world.knobs
        if knobs.slow_seconds:
            await asyncio.sleep(knobs.slow_seconds)
        if not knobs.http_429 and not knobs.http_500:
            return None
        number = self.world.serial("faulty request")
        if self.world.chance.happens(knobs.http_429, "429", path, number):
            self.world.counts["http_429"] += 1
            return JSONResponse({"detail": "Too many requests."}, 429, {"retry-after": "1"})
        if self.world.chance.happens(knobs.http_500, "500", path, number):
            self.world.counts["http_500"] += 1
            return JSONResponse({"detail": "Internal error."}, 500)
        return None
