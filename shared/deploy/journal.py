"""The journal of a run: what was done when, as JSON lines that survive a kill."""

from __future__ import annotations

import json
import os
import socket
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.deploy.process import alive, started_at

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNS = Path(".regionshift") / "runs"
FILE_NAME = "journal.jsonl"


def new_folder(workdir: Path, command: str) -> Path:
    """Make and return the folder of a new run, `.regionshift/runs/<time>-<command>`; its owner's only."""
    parent = workdir / RUNS
    parent.mkdir(parents=True, exist_ok=True)
    slug = "-".join(command.split()).replace("/", "-")
    stem = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{slug}"
    number = 1
    while True:
        folder = parent / (stem if number == 1 else f"{stem}-{number}")
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            number += 1
            continue
        (folder / "logs").mkdir()
        (folder / "plans").mkdir(mode=0o700)
        return folder


class Journal:
    """Appends events; each is on the disk before `write` returns."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._file = (folder / FILE_NAME).open("a", encoding="utf-8")

    def write(self, event: str, address: str | None = None, **facts: Any) -> None:
        """Append one event with the time in UTC."""
        line = {"at": now(), "event": event, **({"stack": address} if address else {}), **facts}
        with self._lock:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def begun(self, command: str, environment: str) -> None:
        """Record the run itself and its process."""
        pid = os.getpid()
        host = socket.gethostname()
        self.write("run", command=command, environment=environment, pid=pid, start=started_at(pid), host=host)

    def started(self, address: str, key: str, phase: str, pid: int) -> None:
        """Record that an engine process runs for the stack, so that a later run can prove its end.

        `key` is the stack's state key: stacks of different environments share their addresses.
        """
        host = socket.gethostname()
        self.write("process", address, key=key, phase=phase, pid=pid, start=started_at(pid), host=host)

    def ended(self, address: str, key: str, pid: int, code: int) -> None:
        """Record that this run saw the process end; a negative code is the signal that killed it."""
        self.write("ended", address, key=key, pid=pid, code=code)

    def settled(self, address: str, key: str) -> None:
        """Record that nothing of earlier processes is left to mend: the state is what the code says."""
        self.write("settled", address, key=key)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def now() -> str:
    """Return the time in UTC, ISO 8601 with milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the events of a run; a line that a kill cut off is left out."""
    path = folder / FILE_NAME
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def folders(workdir: Path) -> list[Path]:
    """Return the folders of all runs, oldest first."""
    parent = workdir / RUNS
    return sorted(path for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []


def sweep(workdir: Path) -> None:
    """Delete the saved plans of runs that were killed on this host: plans may hold secrets."""
    for folder in folders(workdir):
        left = list((folder / "plans").glob("*"))
        first = next(read(folder), None) if left else None
        if first and first["host"] == socket.gethostname() and not alive(first["pid"], first["start"]):
            for path in left:
                path.unlink()


@dataclass(frozen=True, kw_only=True)
class EngineProcess:
    """An engine process that some run started for a stack."""

    folder: Path
    address: str
    phase: str
    pid: int
    start: str | None
    host: str
    at: datetime
    """When it was started."""
    ended: datetime | None
    """When its run saw it end; None when nobody did."""
    code: int | None
    """Exit code; negative when a signal killed it."""

    @property
    def clean(self) -> bool:
        """Whether it came to an end of its own, with success or not."""
        return self.code is not None and self.code >= 0

    @property
    def here(self) -> bool:
        """Whether it was started on this host."""
        return self.host == socket.gethostname()

    @property
    def dead(self) -> bool:
        """Whether it certainly runs no more: it was started on this host and is gone."""
        return self.here and not alive(self.pid, self.start)


def history(workdir: Path) -> dict[str, list[EngineProcess]]:
    """Return the engine processes that runs in `workdir` started, by state key, oldest first.

    Those from before a stack was last settled are left out: nothing of them has to be mended.
    """
    found: dict[str, list[EngineProcess]] = {}
    for folder in folders(workdir):
        events = [event for event in read(folder) if event["event"] in {"process", "ended", "settled"}]
        ends = {(event["key"], event["pid"]): event for event in events if event["event"] == "ended"}
        for event in events:
            if event["event"] == "settled":
                found.pop(event["key"], None)
            elif event["event"] == "process":
                end = ends.get((event["key"], event["pid"]))
                found.setdefault(event["key"], []).append(_process(folder, event, end))
    return found


def _process(folder: Path, event: dict[str, Any], end: dict[str, Any] | None) -> EngineProcess:
    return EngineProcess(
        folder=folder,
        address=event["stack"],
        phase=event["phase"],
        pid=event["pid"],
        start=event["start"],
        host=event["host"],
        at=datetime.fromisoformat(event["at"]),
        ended=datetime.fromisoformat(end["at"]) if end else None,
        code=end["code"] if end else None,
    )


def cut_off(processes: list[EngineProcess]) -> EngineProcess | None:
    """Return a stack's last apply or destroy if nobody saw it end by itself, else None."""
    writers = [process for process in processes if process.phase in {"apply", "destroy"}]
    return writers[-1] if writers and not writers[-1].clean else None
