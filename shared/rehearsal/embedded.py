"""Start, find, empty and stop the embedded AWS.

A folder (`.regionshift` for a person's, a temporary one in tests) holds its log and a small state
file, by which a later command finds the process again. The state file alone is never believed: the
process is asked who it is, and is signalled only when it says that it is the one of the file.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from shared.errors import UserError
from shared.rehearsal.environment import environment
from shared.rehearsal.ports import holder

FOLDER = Path(".regionshift")
STATE_FILE = "embedded-aws.json"
LOG_FILE = "embedded-aws.log"

_REPOSITORY = Path(__file__).resolve().parents[2]
_ANSWER_SECONDS = 5
#: Emptying waits for what is under way, on a busy machine for long.
_RESET_SECONDS = 60
_STOP_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class EmbeddedAws:
    """A running embedded AWS."""

    endpoint: str
    """`http://127.0.0.1:PORT`: the value of AWS_ENDPOINT_URL."""
    port: int
    pid: int
    account_id: str
    log: Path
    """What the server wrote: one line per request, tracebacks of its faults."""
    identity: str
    """Random; the server returns it, so that another process on its port is not taken for it."""
    process: subprocess.Popen[bytes] | None = field(default=None, compare=False, repr=False)
    """Our child; None when it was found by its state file."""

    @property
    def state_file(self) -> Path:
        """Return the file by which `status` finds this server."""
        return self.log.with_name(STATE_FILE)

    def answers(self) -> bool:
        """Say whether the process at the endpoint is this very server."""
        try:
            found = _request(self.endpoint, "GET", "/moto-api/regionshift")
        except (OSError, http.client.HTTPException, ValueError):
            return False
        return bool(found == {"identity": self.identity, "pid": self.pid})

    def reset(self) -> None:
        """Empty it: every resource of every region is gone, the process stays."""
        _request(self.endpoint, "POST", "/moto-api/reset", seconds=_RESET_SECONDS)

    def stop(self) -> None:
        """End the process if it is this server; nothing happens when it ended before.

        Raises UserError when a process that another command started does not end.
        """
        if self.process:
            _end(self.process)
        elif self.answers():
            os.kill(self.pid, signal.SIGTERM)
            until_gone = Retrying(
                stop=stop_after_delay(_STOP_SECONDS),
                wait=wait_fixed(0.02),
                retry=retry_if_result(bool),
                retry_error_callback=lambda _: True,
            )
            if until_gone(self.answers):
                raise UserError(
                    f"the embedded AWS (pid {self.pid}) does not end", remedy=f"kill -9 {self.pid}"
                )
        self.state_file.unlink(missing_ok=True)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdin:
        process.stdin.close()


def _request(endpoint: str, method: str, path: str, *, seconds: float = _ANSWER_SECONDS) -> Any:
    address = urlsplit(endpoint)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=seconds)
    try:
        connection.request(method, path)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def start(
    port: int = 0,
    *,
    account_id: str,
    keep_log_in: Path = FOLDER,
    outlive: bool = False,
    time_scale: float = 1.0,
    options: tuple[str, ...] = (),
) -> EmbeddedAws:
    """Start a server and return when it serves.

    `port` 0 takes a free one. With `outlive` it stays when this process ends (for a person); without,
    it ends with it. `time_scale` 0.05 makes metric periods of 60 s last 3 s. `options` are further
    options of `shared.rehearsal.server`. Raises UserError when the port is taken (with its holder), when
    one is running from the folder already, or when the server does not come up (with the end of its log).
    """
    running = status(keep_log_in)
    if running:
        raise UserError(
            f"the embedded AWS is running already at {running.endpoint} (pid {running.pid})",
            remedy="use it, or stop it first",
        )
    keep_log_in.mkdir(parents=True, exist_ok=True)
    log = (keep_log_in / LOG_FILE).resolve()
    identity = secrets.token_hex(8)
    command = [sys.executable, "-m", "shared.rehearsal.server"]
    command += ["--port", str(port), "--account", account_id, "--identity", identity]
    command += ["--time-scale", str(time_scale), *options]
    process = _spawn(command if outlive else [*command, "--stop-with-parent"], log, outlive=outlive)
    ready = _first_line(process)
    if "endpoint" not in ready:
        _end(process)
    if "error" in ready:
        raise _not_started(port, ready["error"])
    if "endpoint" not in ready:
        tail = log.read_text(errors="replace").strip().splitlines()[-5:]
        raise UserError(
            "the embedded AWS did not start: " + " | ".join(tail),
            remedy=f"the whole log is in {log}",
        )
    state = {**ready, "account_id": account_id, "identity": identity, "log": str(log)}
    started = EmbeddedAws(**{**state, "log": log}, process=process)
    started.state_file.write_text(json.dumps(state, indent=2) + "\n")
    return started


def _spawn(command: list[str], log: Path, *, outlive: bool) -> subprocess.Popen[bytes]:
    """Start the server in a session of its own, so that Ctrl-C is for us alone."""
    with log.open("ab") as sink:
        return subprocess.Popen(
            command,
            # The pipe's other end is ours: the server reads the end of file when we are gone.
            stdin=subprocess.DEVNULL if outlive else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=sink,
            cwd=_REPOSITORY,
            env=environment("http://127.0.0.1"),
            start_new_session=True,
        )


def _first_line(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """Wait for what the server says when it serves or cannot; nothing when it died."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe, see above
    with process.stdout as output:
        line = output.readline()
    return dict(json.loads(line)) if line else {}


def _not_started(port: int, error: str) -> UserError:
    who = holder(port)
    held = f", held by {who}" if who else ""
    return UserError(
        f"port {port} on 127.0.0.1 cannot be had{held} ({error})",
        remedy="choose another port (0 takes a free one), or end that process",
    )


def status(folder: Path = FOLDER) -> EmbeddedAws | None:
    """Return the server that runs from this folder; remove the state file of one that is gone."""
    path = folder / STATE_FILE
    try:
        document = json.loads(path.read_text())
        found = EmbeddedAws(**document)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):  # half-written, or of another version
        path.unlink()
        return None
    found = replace(found, log=Path(found.log))
    if found.answers():
        return found
    path.unlink()
    return None


def reset(folder: Path = FOLDER) -> None:
    """Empty the server that runs from this folder. Raises UserError when none does."""
    _running(folder).reset()


def stop(folder: Path = FOLDER) -> None:
    """Stop the server that runs from this folder. Raises UserError when none does."""
    _running(folder).stop()


def _running(folder: Path) -> EmbeddedAws:
    found = status(folder)
    if found is None:
        raise UserError(f"no embedded AWS runs from {folder}")
    return found
