"""What `scripts/setup` does when something stands in its way, and what it repeats."""

from pathlib import Path
import shutil
import subprocess
from types import ModuleType, SimpleNamespace

import pytest

SYSTEM_PATH = "/usr/bin:/bin"
UNREACHABLE = "http://127.0.0.1:9"


def run_setup(
    checkout: Path, script: str = "setup", **env: str
) -> subprocess.CompletedProcess[str]:
    """Run a script of the checkout with the machine's own python3."""
    return subprocess.run(  # noqa: S603
        [checkout / "scripts" / script],
        env={"PATH": SYSTEM_PATH, "HOME": str(checkout), **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.skipif(shutil.which("python3", path=SYSTEM_PATH) is None, reason="no system python3")
@pytest.mark.parametrize("script", ["setup", "demo", "test"])
def test_no_network_is_one_line(checkout: Path, script: str) -> None:
    """Every command ends in one line and a failure when nothing can be downloaded."""
    done = run_setup(
        checkout,
        script,
        PIP_INDEX_URL=f"{UNREACHABLE}/simple",
        PIP_RETRIES="0",
        http_proxy=UNREACHABLE,
        https_proxy=UNREACHABLE,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("setup: ")
    assert "is the network reachable?" in line


def test_unwritable_folder_is_one_line(checkout: Path) -> None:
    """What cannot be made is named."""
    (checkout / ".cache").touch()
    done = run_setup(checkout)
    assert done.returncode == 1
    assert done.stderr == f"setup: File exists: {checkout / '.cache'}\n"


def test_no_disk_is_told_before_anything_is_fetched(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too little disk is found out before it is used up."""
    monkeypatch.setattr(
        setup.shutil, "disk_usage", lambda path: SimpleNamespace(free=100 * 1024**2)
    )
    with pytest.raises(setup.SetupError, match="needs 3 GB of free disk, 100 MB left"):
        setup.main([])


@pytest.mark.parametrize(
    ("output", "hint"),
    [
        ("error: dns error: failed to lookup address", "is the network reachable?"),
        ("error: write failed: No space left on device", "the disk is full"),
    ],
)
def test_a_failed_command_is_explained(setup: ModuleType, output: str, hint: str) -> None:
    """The line names the cause; the log keeps everything."""
    with pytest.raises(setup.SetupError, match="fetching failed") as caught:
        setup.run(["sh", "-c", f"echo preparing; echo '{output}'; exit 3"], what="fetching")
    assert hint in str(caught.value)
    assert output in str(caught.value)
    assert "preparing" in (setup.CACHE / "setup.log").read_text()


def test_a_missing_program_is_explained(setup: ModuleType) -> None:
    """A program that does not exist is named."""
    with pytest.raises(setup.SetupError, match=r"fetching: No such file .* \(nonesuch\)"):
        setup.run(["nonesuch"], what="fetching")


def test_a_second_run_does_nothing(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that matches the lock file is left alone."""
    python = setup.VENV / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    setup.STAMP.write_text(setup.locked_state())
    monkeypatch.setattr(setup, "find_uv", lambda: pytest.fail("set up again"))
    assert setup.main([]) == 0


def test_a_moved_environment_is_made_again(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs of an environment name the place it was made for, so it cannot move."""
    setup.VENV.mkdir()
    setup.STAMP.write_text(f"/elsewhere\n{setup.locked_state().partition('\n')[2]}")
    old = setup.VENV / "old"
    old.touch()
    commands = []
    monkeypatch.setattr(setup, "find_uv", lambda: "uv")
    monkeypatch.setattr(setup, "find_python", lambda uv: "python3.14")
    monkeypatch.setattr(
        setup, "run", lambda command, **_: (commands.append(command), setup.VENV.mkdir())
    )
    assert setup.main([]) == 0
    assert not old.exists()
    assert commands == [["uv", "sync", "--frozen", "--python", "python3.14"]]
    assert setup.STAMP.read_text() == setup.locked_state()


def test_a_moved_python_is_unpacked_again(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An unpacked interpreter whose loader lies elsewhere is not used."""
    python = setup.CACHE / "python" / "usr" / "bin" / "python3.14"
    python.parent.mkdir(parents=True)
    python.touch()
    place = setup.CACHE / "python" / "place"
    place.write_text(str(setup.CACHE / "python"))
    assert setup.find_python("uv") == str(python)
    place.write_text(str(tmp_path))
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\necho /a/python3.14\n")
    uv.chmod(0o755)
    assert setup.find_python(str(uv)) == "/a/python3.14"
    assert not python.exists()


def test_the_browser_that_is_there(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The user's choice comes first, then what was brought, then the machine's."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("LUMME_CHROMIUM", raising=False)
    assert setup.find_browser() is None
    google = tmp_path / "google-chrome"
    google.touch(mode=0o755)
    assert setup.find_browser() == str(google)
    brought = setup.CACHE / "chromium" / "chromium"
    brought.parent.mkdir()
    brought.touch()
    assert setup.find_browser() == str(google)
    (brought.parent / "place").write_text(str(brought.parent))
    assert setup.find_browser() == str(brought)
    monkeypatch.setenv("LUMME_CHROMIUM", "/opt/browser")
    assert setup.find_browser() == "/opt/browser"


def test_no_browser_and_no_apt(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where none can be brought, the user is told what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(setup.SetupError, match="install Chromium, or name one in LUMME_CHROMIUM"):
        setup.bring_browser()


def test_the_programs_that_were_brought(setup: ModuleType) -> None:
    """One kind of machine may have a program that another has not."""
    assert setup.find_program("micropython") is None
    brought = setup.CACHE / "micropython" / "i386" / "micropython"
    brought.parent.mkdir(parents=True)
    brought.touch()
    assert setup.find_program("micropython") == brought
    assert setup.find_program("micropython", "i386") == brought
    assert setup.find_program("micropython", "amd64") is None
    assert setup.find_program("mbpoll", "i386") is None


def test_no_micropython_and_no_apt(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where Debian's packages cannot be unpacked, the user is told what they are for."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(setup.SetupError, match="the firmware's tests need MicroPython"):
        setup.bring_micropython()


def test_an_older_micropython_will_do(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Unstable may be without it for a while: then the last release's is taken."""
    for name in ("apt-get", "dpkg-deb"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    asked = []

    def unpack(folder: Path, suite: str, machine: str, packages: tuple[str, ...]) -> None:
        asked.append((suite, machine))
        if suite == "sid":
            raise setup.SetupError("no candidate")
        folder.mkdir(parents=True)
        for package in packages:
            (folder / package).touch()

    monkeypatch.setattr(setup, "unpack_programs", unpack)
    setup.bring_micropython()
    assert asked == [(suite, kind) for kind in ("amd64", "i386") for suite in ("sid", "trixie")]
    assert setup.find_program("mbpoll", "amd64")
    monkeypatch.setattr(setup, "MICROPYTHON_SUITES", ("sid",))
    with pytest.raises(setup.SetupError, match="no candidate"):
        setup.bring_micropython()
    assert setup.find_program("mbpoll", "amd64")  # what was there stays


@pytest.mark.parametrize(
    ("named", "known", "taken"),
    [
        (
            "",
            "'https://mirror.test/debian/dists/bookworm/InRelease'",
            "https://mirror.test/debian/",
        ),
        ("https://named.test/debian/", "", "https://named.test/debian/"),
    ],
)
def test_archive_of_debian(
    setup: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    named: str,
    known: str,
    taken: str,
) -> None:
    """Apt's own archive is taken, or the one that is named; without either that is told."""
    monkeypatch.setenv("LUMME_DEBIAN", named)
    monkeypatch.setattr(setup.Apt, "run", lambda *_, **__: known)
    apt = setup.Apt(tmp_path)
    assert apt._mirror() == taken
    if not named:
        monkeypatch.setattr(
            setup.Apt, "run", lambda *_, **__: "'https://mirror.test/ubuntu/dists/'"
        )
        with pytest.raises(setup.SetupError, match="LUMME_DEBIAN"):
            apt._mirror()
