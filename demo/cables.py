"""The demo's cables, to be pulled and plugged in again by hand on a small page.

GET  /          every cable, and a button for each
POST /{cable}   pull it (`state=pulled`) or plug it in (`state=plugged`); then back to the page
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Final

from aiohttp import web

HOST: Final = "127.0.0.1"
STATES: Final = ("plugged", "pulled")
STYLE: Final = """
:root { color-scheme: light dark; --edge: light-dark(#d9d9d9, #3d3d3d); --faint: light-dark(#5c5c5c, #a8a8a8);
  --good: light-dark(#1c7c3c, #57c97d); --bad: light-dark(#b3261e, #ff8a80); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 0 auto; padding: 1rem;
  background: light-dark(#fafafa, #111); color: light-dark(#1c1c1c, #e6e6e6); }
h1 { font-size: 1.5rem; margin: .5rem 0; } h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: 0; } a { color: inherit; }
ul { list-style: none; margin: 0; padding: 0; border: 1px solid var(--edge); border-radius: 12px;
  background: light-dark(#fff, #1c1c1c); }
li { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; padding: .75rem 1rem; }
li + li { border-top: 1px solid var(--edge); }
li > div { flex: 1 1 16rem; }
.faint { color: var(--faint); font-size: .875rem; }
.plugged b::before, .pulled b::before { content: "●"; margin-right: .5rem; color: var(--good); }
.pulled b::before { content: "○"; color: var(--bad); }
.pulled time { color: var(--bad); }
button { font: inherit; min-width: 6.5rem; padding: .4rem 1rem; border: 1px solid var(--edge);
  border-radius: 999px; background: none; color: inherit; cursor: pointer; }
button:hover { border-color: currentColor; }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cable:
    """Something that can be pulled out.

    Attributes:
        key: Names it in addresses.
        group: What it belongs to; the cables of a group follow one another.
        name: What it is, for people.
        effect: What Home Assistant then shows.
        pull: Pulls it out.
        plug: Plugs it in again; raises OSError where that cannot be done.

    """

    key: str
    group: str
    name: str
    effect: str
    pull: Callable[[], Awaitable[object]]
    plug: Callable[[], Awaitable[object]]


class CablePanel:
    """The page with the cables, on the loopback interface."""

    def __init__(self, cables: Iterable[Cable], home: str) -> None:
        """Show cables, all of them plugged in, and a link home."""
        self._cables = {cable.key: cable for cable in cables}
        self._home = home
        self._pulled: dict[str, datetime] = {}
        self._lock = asyncio.Lock()
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> str:
        """Listen and return the address of the page.

        Raises:
            OSError: The port is taken.

        """
        app = web.Application()
        app.router.add_get("/", self._show)
        app.router.add_post("/{cable}", self._change)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, port).start()
        return f"http://{HOST}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """End what `start` began; cables that are pulled stay so."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _show(self, _request: web.Request) -> web.Response:
        groups = "".join(
            f"<h2>{escape(group[:1].upper() + group[1:])}</h2><ul>{''.join(map(self._row, cables))}</ul>"
            for group, cables in groupby(self._cables.values(), lambda cable: cable.group)
        )
        return web.Response(
            content_type="text/html",
            text=(
                '<!doctype html><html lang="en"><meta charset="utf-8">'
                '<meta name="viewport" content="width=device-width">'
                f"<title>Cables</title><style>{STYLE}</style><h1>Pull any cable</h1>"
                f'<p>Then see what <a href="{escape(self._home)}">Home Assistant</a> makes of it.</p>'
                f"{groups}</html>"
            ),
        )

    def _row(self, cable: Cable) -> str:
        at = self._pulled.get(cable.key)
        since = "" if at is None else f" <time>Pulled at {at:%H:%M:%S}.</time>"
        is_pulled = at is not None
        return (
            f'<li class="{STATES[is_pulled]}"><div><b>{escape(cable.name)}</b>'
            f'<p class="faint">{escape(cable.effect)}{since}</p></div>'
            f'<form method="post" action="/{cable.key}">'
            f'<button name="state" value="{STATES[not is_pulled]}">'
            f"{'Plug in' if is_pulled else 'Pull'}</button></form></li>"
        )

    async def _change(self, request: web.Request) -> web.Response:
        cable = self._cables.get(request.match_info["cable"])
        if cable is None:
            raise web.HTTPNotFound
        state = (await request.post()).get("state")
        if state not in STATES:
            raise web.HTTPBadRequest
        async with self._lock:  # a second click finds the cable as the first one left it
            is_pulled = cable.key in self._pulled
            if state == "pulled" and not is_pulled:
                await cable.pull()
                self._pulled[cable.key] = datetime.now().astimezone()
            elif state == "plugged" and is_pulled:
                try:
                    await cable.plug()
                except OSError as err:
                    raise web.HTTPConflict(text=f"Cannot plug it in: {err}") from err
                del self._pulled[cable.key]
        raise web.HTTPSeeOther("/")
