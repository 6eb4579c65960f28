"""What the processes that a benchmark starts hold in memory at most."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SECONDS = 0.25


@dataclass
class Watched:
    """The largest sums that were seen, in bytes of resident memory (proportional where pages are shared)."""

    own: int = 0
    """Of everything but Terraform and its provider, and but the embedded AWS."""
    terraform: int = 0


@contextmanager
def watched() -> Iterator[Watched]:
    """Look at the descendants of this process, four times a second, until the block ends."""
    found, stop = Watched(), threading.Event()

    def look() -> None:
        while not stop.wait(_SECONDS):
            own = terraform = 0
            for pid in _descendants(os.getpid()):
                size, name = _resident(pid), _name(pid)
                if name.startswith("terraform"):
                    terraform += size
                else:
                    own += size
            found.own, found.terraform = max(found.own, own), max(found.terraform, terraform)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        stop.set()
        thread.join()


def _descendants(pid: int) -> list[int]:
    """Return the processes below one; the embedded AWS is nobody's child."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                after_name = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(after_name[1]), []).append(int(folder.name))
    found, todo = [], [pid]
    while todo:
        children = parents.get(todo.pop(), [])
        found += children
        todo += children
    return found


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""
