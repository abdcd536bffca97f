"""`python -m demo`: run the demo until Ctrl-C."""

import argparse
import asyncio
from pathlib import Path
import signal
import sys
import time

import aiohttp

from .errors import DemoError
from .home_assistant import PASSWORD, ROOT, USERNAME
from .stage import Demo

ENDED_BY_SIGNAL = 128


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"demo: {text}", flush=True)


def port(text: str) -> int:
    """Return the port that a text names.

    Raises:
        ValueError: It names none.

    """
    if not 0 < (number := int(text)) < 2**16:
        raise ValueError
    return number


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Run Home Assistant with the Lumme Energy integration, demo portals, meters and a cottage.",
    )
    parser.add_argument(
        "--port", type=port, default=8123, help="Home Assistant's port (default: 8123)"
    )
    parser.add_argument("--fresh", action="store_true", help="forget earlier runs")
    parser.add_argument(
        "--folder",
        type=Path,
        default=ROOT / ".demo",
        help="where to keep everything (default: .demo)",
    )
    return parser.parse_args(arguments)


async def serve(demo: Demo) -> None:
    """Run the demo until it is cancelled.

    Raises:
        DemoError: It cannot start, or Home Assistant ended by itself.

    """
    started = time.monotonic()
    async with demo:
        say(f"ready in {time.monotonic() - started:.0f} s")
        say(f"open {demo.home_assistant.url} and log in as {USERNAME} / {PASSWORD}")
        for line in demo.hints():
            say(line)
        say("Ctrl-C ends it")
        code = await demo.home_assistant.wait()
        raise DemoError(f"Home Assistant ended (exit code {code}): see {demo.home_assistant.log}")


async def run(arguments: list[str]) -> int:
    """Run the demo and return the process's exit code."""
    chosen = options(arguments)
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None  # noqa: S101
    received: list[int] = []

    def end(number: int) -> None:
        if not received:
            print(flush=True)
            say("ending")
            task.cancel()
        received.append(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end, number)
    try:
        await serve(Demo(chosen.folder.resolve(), chosen.port, fresh=chosen.fresh, say=say))
    except asyncio.CancelledError:
        return ENDED_BY_SIGNAL + received[0]
    except DemoError as err:
        print(f"demo: {err}", file=sys.stderr)
    except aiohttp.ClientError as err:
        print(f"demo: Home Assistant did not do as asked: {err}", file=sys.stderr)
    except OSError as err:
        where = f": {err.filename}" if err.filename else ""
        print(f"demo: {err.strerror or err}{where}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(asyncio.run(run(sys.argv[1:])))
