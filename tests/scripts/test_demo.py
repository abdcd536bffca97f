"""The demo as a process: what it says when it cannot start, and that it leaves nothing behind."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
import json
import os
from pathlib import Path
import signal
import socket
import sys
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, Mock

import aiohttp
import pytest

from custom_components.lumme_energy.portal.model import DepositRefusal, ReadingSource
from demo import __main__, home_assistant, stage
from demo.entries import add_meter
from demo.errors import DemoError
from demo.home_assistant import Session
from demo.oma_lumme import DemoOmaLumme
from demo.stage import Demo

from .loader import ROOT

START = 120.0


@pytest.fixture
def port(socket_enabled: None) -> int:
    """A free port on the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """The demo's command in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Watch a process."""
        self.process = process
        self.lines: list[str] = []

    async def until(self, text: str) -> None:
        """Read until a line holds a text."""
        assert self.process.stdout is not None
        async with asyncio.timeout(START):
            while not self.lines or text not in self.lines[-1]:
                line = await self.process.stdout.readline()
                assert line, "\n".join(self.lines)
                self.lines.append(line.decode())

    async def end(self) -> tuple[int, str]:
        """Return the exit code and what went to standard error."""
        async with asyncio.timeout(START):
            _, errors = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, errors.decode()


@pytest.fixture
async def run(tmp_path: Path, port: int) -> AsyncGenerator[Running]:
    """The demo without entries in a folder of its own, ended whatever happens."""
    done = [*stage.ENTRIES, *stage.SCENES, stage.DASHBOARD]
    (tmp_path / "demo.json").write_text(json.dumps({"ports": {}, "done": done}))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "demo", "--folder", str(tmp_path), "--port", str(port)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    yield Running(process)
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


def descendants(pid: int) -> set[int]:
    """Return the processes that a process has started, and theirs."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found |= {child} | descendants(child)
    return found


def alive(pids: set[int]) -> set[int]:
    """Return the processes that still exist."""
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


def listening(pids: set[int]) -> set[str]:
    """Return the addresses on which processes listen (TCP) or are bound (UDP)."""
    inodes = set()
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                target = str(link.readlink())
                if target.startswith("socket:["):
                    inodes.add(target[8:-1])
    addresses = set()
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{kind}").read_text().splitlines()[1:]:
            fields = line.split()
            waits = fields[3] == "0A" if kind.startswith("tcp") else True
            if fields[9] in inodes and waits:
                addresses.add(fields[1].partition(":")[0])
    return addresses


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_everything(run: Running, port: int, number: signal.Signals) -> None:
    """While it runs it listens on the loopback alone; a signal leaves nothing behind."""
    await run.until("Ctrl-C ends it")
    family = {run.process.pid} | (children := descendants(run.process.pid))
    assert children
    assert listening(family) == {"0100007F"}
    run.process.send_signal(number)
    code, errors = await run.end()
    assert (code, errors) == (128 + number, "")
    assert not alive(children)


@pytest.mark.skipif(sys.platform != "linux", reason="needs the kernel's help")
async def test_a_kill_ends_everything(run: Running) -> None:
    """Even a demo that cannot clean up takes Home Assistant along."""
    await run.until("Ctrl-C ends it")
    children = descendants(run.process.pid)
    run.process.kill()
    await run.end()
    async with asyncio.timeout(30):
        while alive(children):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_the_command_in_this_process(
    tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command tells where to go, and a second Ctrl-C does not hurry it."""
    command = asyncio.create_task(
        __main__.run(["--folder", str(tmp_path), "--port", str(port), "--fresh"])
    )
    told = ""
    async with asyncio.timeout(START):
        while "Ctrl-C ends it" not in told:
            await asyncio.sleep(0.1)
            told += capsys.readouterr().out
    assert f"open http://127.0.0.1:{port} and log in as demo / lumme-demo" in told
    assert "adding the OmaLumme account through the config flow" in told
    if sys.platform == "linux":
        assert listening(descendants(os.getpid())) == {"0100007F"}
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGINT)
    assert await command == 128 + signal.SIGINT


async def test_the_end_of_home_assistant_is_told(run: Running, tmp_path: Path) -> None:
    """When Home Assistant dies, so does the demo, and says why."""
    await run.until("Ctrl-C ends it")
    (child,) = (pid for pid in descendants(run.process.pid) if b"demo.hass" in cmdline(pid))
    os.kill(child, signal.SIGKILL)
    code, errors = await run.end()
    assert code == 1
    log = tmp_path / "home-assistant.log"
    assert errors == f"demo: Home Assistant ended (exit code -9): see {log}\n"


def cmdline(pid: int) -> bytes:
    """Return a process's command line."""
    return Path(f"/proc/{pid}/cmdline").read_bytes()


async def test_home_assistant_may_restart(tmp_path: Path, port: int) -> None:
    """A restart from the user interface is not the end of the demo."""
    async with Demo(tmp_path, port, entries=()) as demo:
        waiting = asyncio.create_task(demo.home_assistant.wait())
        async with demo.home_assistant.session() as session:
            await session.command("get_config")
            with suppress(TypeError):  # the connection goes with the old process
                await session.command(
                    "call_service", domain="homeassistant", service="restart", service_data={}
                )
                while True:
                    await session.command("get_config")
        await demo.home_assistant.ready()
        async with demo.home_assistant.session() as session:
            await session.running()
        assert not waiting.done()
        await demo.home_assistant.stop()
        assert await waiting == 0


async def test_port_in_use(tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str]) -> None:
    """A taken port is named, with the way out."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert await __main__.run(["--folder", str(tmp_path), "--port", str(port)]) == 1
    assert capsys.readouterr().err == (
        f"demo: port {port} on 127.0.0.1 is in use: choose another with --port\n"
    )


async def test_port_out_of_bounds(
    tmp_path: Path,
    port: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A port that only root may open is not called taken."""
    error = OSError(13, "Permission denied")
    monkeypatch.setattr(stage.socket.socket, "bind", Mock(side_effect=error))
    assert await __main__.run(["--folder", str(tmp_path), "--port", str(port)]) == 1
    assert capsys.readouterr().err == "demo: Permission denied\n"


@pytest.mark.parametrize("text", ["0", "65536", "web"])
async def test_no_port(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no port is refused at once."""
    with pytest.raises(SystemExit):
        await __main__.run(["--port", text])
    assert capsys.readouterr().err.endswith(f"argument --port: invalid port value: '{text}'\n")


async def test_no_disk(
    tmp_path: Path,
    port: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A full disk is told before anything is started."""
    monkeypatch.setattr(
        stage.shutil, "disk_usage", lambda folder: SimpleNamespace(free=7 * 1024**2)
    )
    assert await __main__.run(["--folder", str(tmp_path), "--port", str(port)]) == 1
    assert capsys.readouterr().err == "demo: needs 300 MB of free disk, 7 MB left\n"


async def test_unwritable_folder(
    tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that cannot be made is named."""
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "demo"
    assert await __main__.run(["--folder", str(folder), "--port", str(port)]) == 1
    assert capsys.readouterr().err == f"demo: Not a directory: {folder}\n"


async def test_a_second_start_keeps_what_was_set_up(tmp_path: Path, port: int) -> None:
    """A warm start adds nothing, and the entries find their portals where they were."""
    async with Demo(tmp_path, port) as demo, demo.home_assistant.session() as session:
        entries = await session.command("config_entries/get", domain="lumme_energy")
        ports = demo.ports
        told = await story(session)
        written = {(room, value) for room, _, value in demo.cottage.writes if room != "bathroom"}
        energy = await session.command("energy/validate")
        changes = await session.command(
            "recorder/statistics_during_period",
            start_time="2020-01-01T00:00:00+00:00",
            statistic_ids=await meters(session),
            period="hour",
            types=["change"],
        )
        async with asyncio.timeout(START):
            while not (documents := archived(tmp_path / "config" / "media")):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    assert told == {
        # A bill that does not match the meter, and the notice of it.
        "sensor.satamalahdenkuja_12_b_7_bill_check": "differs",
        # And a first reading that waits for the user to see it.
        "issues": ["bill_differs", "reading_held_first_submission"],
        "sensor.krakelingstraat_12_reading_submission": "held",
        # A bill that can be paid with the telephone.
        "can be paid": True,
        # A cottage that is as warm as for those who have left it.
        "select.cottage_mode": "home",
        "sensor.living_room_why_it_heats_so": "home",
        # A deposit that was changed, and one that cannot be.
        "number.wolkenlaan_8_2_advance_payment": "98.0",
        "sensor.wolkenlaan_8_2_change_of_advance_payment": "already_changed",
        "sensor.krakelingstraat_12_change_of_advance_payment": "unpaid_invoice",
    }
    # The energy dashboard has nothing to complain about, and no hour in which a meter ran backwards.
    assert energy["energy_sources"] == [[]] * 6
    assert len(changes) == 2
    for rows in changes.values():
        assert all(0 < row["change"] < 100 for row in rows)
    assert all(document.startswith(b"%PDF-") for document in documents)
    assert len(entries) == 7
    # The flow has the thermostats told what they had been told, and nobody has told them more.
    assert written == {("living_room", 42), ("bedroom", 42), ("kitchen", 210)}
    said: list[str] = []
    async with (
        Demo(tmp_path, port, say=said.append) as demo,
        demo.home_assistant.session() as session,
    ):
        again = await session.command("config_entries/get", domain="lumme_energy")
        assert demo.ports == ports
        assert {room for room, _, _ in demo.cottage.writes} <= {"bathroom"}
        assert all(str(port) in " ".join(demo.hints()) for port in ports.values())
    assert [entry["entry_id"] for entry in again] == [entry["entry_id"] for entry in entries]
    assert {entry["state"] for entry in again} == {"loaded"}
    assert not [line for line in said if "adding" in line or "telling" in line]
    home = demo.my_luminus.household.customers[1]
    assert home.readings[0].source is ReadingSource.CUSTOMER
    deposit = home.deposits[0]
    assert deposit.permissions.refusal is DepositRefusal.ALREADY_CHANGED


async def meters(session: Session) -> list[str]:
    """Return the meters' statistics on the energy dashboard."""
    sources = (await session.command("energy/get_prefs"))["energy_sources"]
    shown = [source["stat_energy_from"] for source in sources]
    return [each for each in shown if each.startswith("sensor.")]


async def story(session: Session) -> dict[str, Any]:
    """Return what the demo shows of what happened before."""
    shown = (
        "sensor.satamalahdenkuja_12_b_7_bill_check",
        "number.wolkenlaan_8_2_advance_payment",
        "sensor.wolkenlaan_8_2_change_of_advance_payment",
        "sensor.krakelingstraat_12_change_of_advance_payment",
        "sensor.krakelingstraat_12_reading_submission",
        "select.cottage_mode",
        "sensor.living_room_why_it_heats_so",
    )
    states = {state["entity_id"]: state["state"] for state in await session.command("get_states")}
    issues = (await session.command("repairs/list_issues"))["issues"]
    return {
        **{entity: states.get(entity) for entity in shown},
        "can be paid": states["image.lumme_energia_demo_payment_qr_code"] != "unavailable",
        "issues": sorted(
            one["translation_key"] for one in issues if one["domain"] == "lumme_energy"
        ),
    }


def archived(media: Path) -> list[bytes]:
    """Return the documents in the archive."""
    return [document.read_bytes() for document in media.rglob("*.pdf")]


async def test_a_fresh_start_forgets(tmp_path: Path, port: int) -> None:
    """--fresh removes the entries and lets the ports go."""
    (tmp_path / "config").mkdir()
    (old := tmp_path / "config" / "old").touch()
    (tmp_path / "demo.json").write_text('{"ports": {"oma_lumme": 1}, "done": ["oma_lumme"]}')
    async with Demo(tmp_path, port, fresh=True, entries=()) as demo:
        assert demo.ports["oma_lumme"] != 1
        assert not old.exists()


async def test_what_home_assistant_refuses(tmp_path: Path, port: int) -> None:
    """What stops the set-up is told in Home Assistant's own words."""
    async with Demo(tmp_path, port, entries=()) as demo, demo.home_assistant.session() as session:
        with pytest.raises(DemoError, match="refused nonesuch: Unknown command"):
            await session.command("nonesuch")
        with pytest.raises(DemoError, match=r"config flow stopped: .*unreachable"):
            await add_meter(session, "127.0.0.1", port + 1)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (aiohttp.ClientError("404"), "Home Assistant did not do as asked: 404"),
        (OSError(28, "No space left on device"), "No space left on device"),
    ],
)
async def test_other_failures_are_one_line(
    tmp_path: Path,
    port: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    line: str,
) -> None:
    """Whatever goes wrong with Home Assistant or the disk, nobody sees a traceback."""
    monkeypatch.setattr(DemoOmaLumme, "start", AsyncMock(side_effect=error))
    assert await __main__.run(["--folder", str(tmp_path), "--port", str(port)]) == 1
    assert capsys.readouterr().err == f"demo: {line}\n"


async def test_one_demo_in_a_folder(tmp_path: Path, port: int) -> None:
    """Two demos would overwrite each other's files."""
    async with Demo(tmp_path, port, entries=()):
        with pytest.raises(DemoError, match=f"a demo is already running in {tmp_path}"):
            await Demo(tmp_path, port + 1, entries=()).__aenter__()


async def test_a_port_of_the_last_demo_is_taken(tmp_path: Path, port: int) -> None:
    """The entries point to the old port, so there is no going on with another."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        (tmp_path / "demo.json").write_text(f'{{"ports": {{"oma_lumme": {taken}}}, "done": []}}')
        with pytest.raises(DemoError, match="start over with --fresh"):
            await Demo(tmp_path, port).__aenter__()


async def test_home_assistant_that_does_not_start(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Home Assistant that ends at its start is told, not waited for."""
    monkeypatch.setattr(home_assistant, "CONFIGURATION", "")
    monkeypatch.setattr(home_assistant.sys, "executable", "/bin/false")
    with pytest.raises(DemoError, match="Home Assistant did not start: see "):
        await Demo(tmp_path, port).__aenter__()


async def test_home_assistant_that_does_not_answer(
    tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Home Assistant that never serves is given up."""
    monkeypatch.setattr(home_assistant, "START_TIMEOUT", 0)
    with pytest.raises(DemoError, match="Home Assistant did not answer in time: see "):
        await Demo(tmp_path, port).__aenter__()
