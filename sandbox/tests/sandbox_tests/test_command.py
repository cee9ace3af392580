"""`python -m sandbox`: what it prints, how it ends, and that nothing stays."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("local_bigquery")

PATIENCE = 20


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def connect(url: str) -> socket.socket:
    address = urlsplit(url)
    assert address.hostname
    assert address.port
    return socket.create_connection((address.hostname, address.port), timeout=PATIENCE)


def gone(connection: socket.socket) -> bool:
    """Returns when the other side of a connection has ended."""
    with connection:
        try:
            return connection.recv(1) == b""
        except ConnectionResetError:
            return True


def test_a_command_gets_the_addresses(temporary: Path) -> None:
    names = [
        "SANDBOX_URL",
        "TAP_QONTO_API_URL",
        "TAP_QONTO_API_KEY",
        "BIGQUERY_EMULATOR_HOST",
        "TARGET_BIGQUERY_API_ENDPOINT",
        "TARGET_BIGQUERY_PROJECT",
    ]
    ask = "import os, requests; key, url = os.environ['TAP_QONTO_API_KEY'], os.environ['TAP_QONTO_API_URL']"
    ask += "; print(requests.get(f'{url}/labels', headers={'Authorization': key}).status_code)"
    ask += f"; print(*[os.environ[name] for name in {names}]); raise SystemExit(3)"
    with start("--", sys.executable, "-c", ask) as process:
        out, err = process.communicate(timeout=PATIENCE)
    status, addresses = out.splitlines()
    sandbox, api, key, emulator, endpoint, project = addresses.split()
    assert (process.returncode, status, err) == (3, "200", "")
    assert (api, emulator, project) == (f"{sandbox}/qonto/v2", endpoint, "local")
    assert ":" in key
    assert not any(temporary.iterdir())
    for url in (sandbox, emulator):
        with pytest.raises(requests.ConnectionError):
            requests.get(url, timeout=1)


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [("/nonexistent/tool", 127, "not found"), ("/dev/null", 126, "not executable")],
)
def test_a_command_that_does_not_start(command: str, code: int, says: str) -> None:
    with start("--no-bigquery", "--", command) as process:
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert err.count("\n") == 1
    assert says in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_gets_our_signals(number: signal.Signals) -> None:
    script = f"trap 'echo trapped; exit 7' {number.name[3:]}; echo ready; sleep 1000 & wait"
    with start("--no-bigquery", "--", "sh", "-c", script) as process:
        assert line(process) == "ready"
        process.send_signal(number)
        # The output ends when the last process that holds it has ended: also the sleep in the background.
        assert process.communicate(timeout=PATIENCE)[0] == "trapped\n"
    assert process.returncode == 7


@pytest.mark.parametrize(("size", "code", "says"), [("products=250", 0, "250"), ("lamps=3", 1, "no resource lamps")])
def test_sizes(size: str, code: int, says: str) -> None:
    ask = "import os, requests; url = os.environ['SANDBOX_URL']"
    ask += "; print(requests.get(f'{url}/_sandbox/qonto/truth').json()['records']['products'])"
    with start("--no-bigquery", "--size", size, "--", sys.executable, "-c", ask) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert says in out + err
    assert (out + err).count("\n") == 1


def test_a_command_that_a_signal_ends() -> None:
    with start("--no-bigquery", "--", "sh", "-c", "kill -9 $$") as process:
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + 9


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def emptied(folder: Path) -> bool:
    deadline = time.monotonic() + PATIENCE
    while any(folder.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(folder.iterdir())


def test_a_killed_sandbox_leaves_nothing(temporary: Path) -> None:
    script = "echo $SANDBOX_URL; echo $BIGQUERY_EMULATOR_HOST; sleep 1000 & sleep 1000"
    with start("--", "sh", "-c", script) as process:
        servers = [connect(line(process)) for _ in range(2)]
        process.kill()
        assert [gone(server) for server in servers] == [True, True]
        assert process.communicate(timeout=PATIENCE)[0] == ""
    assert emptied(temporary)


def greeting(process: subprocess.Popen[str]) -> dict[str, list[str]]:
    """What stands behind the first word of each line, to the last one."""
    said: dict[str, list[str]] = {}
    while "Stop" not in said:
        first, *rest = line(process).split()
        said[first] = rest
    return said


def test_in_the_foreground(tmp_path: Path) -> None:
    options = ("--port", "0", "--bigquery-port", "0", "--data-dir", tmp_path, "--transactions", "3")
    with start(*options) as process:
        said = greeting(process)
        assert {"Qonto", "Procountor", "BigQuery", "Admin", "Try"} <= set(said)
        url, _, key = said["Qonto"]
        assert requests.get(f"{url}/organization", headers={"Authorization": key}, timeout=5).ok
        port = urlsplit(url).port
        with start("--port", str(port), "--no-bigquery") as second:
            out, err = second.communicate(timeout=PATIENCE)
        assert (second.returncode, out) == (1, "")
        assert err.startswith(f"port {port}: ")
        with start(*options) as third:
            out, err = third.communicate(timeout=PATIENCE)
        assert (third.returncode, out) == (1, "")
        assert "another one uses" in err
        assert err.count("\n") == 1
        bigquery = connect(said["BigQuery"][0])
        process.send_signal(signal.SIGINT)
        assert gone(bigquery)
        assert process.communicate(timeout=PATIENCE)[1] == ""
    assert process.returncode == 0


def test_a_local_bigquery_that_stops_by_itself_ends_the_sandbox(tmp_path: Path) -> None:
    with start("--port", "0", "--bigquery-port", "0", "--data-dir", tmp_path) as process:
        greeting(process)
        pids = subprocess.run(
            ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True
        ).stdout.split()
        subprocess.run(["kill", "-9", *pids], check=True)
        assert "stopped" in process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 1
