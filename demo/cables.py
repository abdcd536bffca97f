"""The demo's cables and dials, to be pulled and turned by hand on a small page.

GET  /          every cable, and a button for each; every dial, and a button for each position
POST /{cable}   pull it (`state=pulled`) or plug it in (`state=plugged`); then back to the page
POST /{dial}    turn it to a position (`state=…`); then back to the page
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
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
.dial button { min-width: 0; } button[disabled] { border-color: var(--good); cursor: default; }
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """Something that can be turned to one of several positions.

    Attributes:
        key: Names it in addresses.
        group: What it belongs to.
        name: What it is, for people.
        effect: What follows from turning it.
        positions: The name of each position, by what `turn` takes.
        at: Returns the position that it is at.
        turn: Turns it.

    """

    key: str
    group: str
    name: str
    effect: str
    positions: Mapping[int, str]
    at: Callable[[], int]
    turn: Callable[[int], object]


class CablePanel:
    """The page with the cables and dials, on the loopback interface."""

    def __init__(self, things: Iterable[Cable | Dial], home: str) -> None:
        """Show cables, all of them plugged in, and dials, those of a group together; link home."""
        self._things = {thing.key: thing for thing in things}
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
        app.router.add_post("/{key}", self._change)
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
            f"<h2>{escape(group[:1].upper() + group[1:])}</h2><ul>{''.join(map(self._row, things))}</ul>"
            for group, things in groupby(self._things.values(), lambda thing: thing.group)
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

    def _row(self, thing: Cable | Dial) -> str:
        if isinstance(thing, Dial):
            return _item(
                thing,
                "dial",
                escape(thing.effect),
                [
                    f'<button name="state" value="{position}"{" disabled" * (position == thing.at())}>'
                    f"{escape(name)}</button>"
                    for position, name in thing.positions.items()
                ],
            )
        at = self._pulled.get(thing.key)
        is_pulled = at is not None
        since = "" if at is None else f" <time>Pulled at {at:%H:%M:%S}.</time>"
        state, label = STATES[not is_pulled], "Plug in" if is_pulled else "Pull"
        button = f'<button name="state" value="{state}">{label}</button>'
        return _item(thing, STATES[is_pulled], escape(thing.effect) + since, [button])

    async def _change(self, request: web.Request) -> web.Response:
        thing = self._things.get(request.match_info["key"])
        if thing is None:
            raise web.HTTPNotFound
        state = str((await request.post()).get("state"))
        if isinstance(thing, Dial):
            if state not in map(str, thing.positions):
                raise web.HTTPBadRequest
            thing.turn(int(state))
            raise web.HTTPSeeOther("/")
        if state not in STATES:
            raise web.HTTPBadRequest
        async with self._lock:  # a second click finds the cable as the first one left it
            is_pulled = thing.key in self._pulled
            if state == "pulled" and not is_pulled:
                await thing.pull()
                self._pulled[thing.key] = datetime.now().astimezone()
            elif state == "plugged" and is_pulled:
                try:
                    await thing.plug()
                except OSError as err:
                    raise web.HTTPConflict(text=f"Cannot plug it in: {err}") from err
                del self._pulled[thing.key]
        raise web.HTTPSeeOther("/")


def _item(thing: Cable | Dial, state: str, told: str, buttons: Iterable[str]) -> str:
    return (
        f'<li class="{state}"><div><b>{escape(thing.name)}</b><p class="faint">{told}</p></div>'
        f'<form method="post" action="/{thing.key}">{"".join(buttons)}</form></li>'
    )
