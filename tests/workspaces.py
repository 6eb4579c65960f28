"""Workspaces that tests may write into, with this repository's code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from shared.rehearsal import embedded
from shared.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]


def linked(root: Path) -> Workspace:
    """Return a workspace whose code is this repository's, and whose outputs are its own."""
    for name in ("regions", "modules", "shared", "environments", "requirements.lock"):
        (root / name).symlink_to(ROOT / name)
    return Workspace(root)


class Started:
    """Starts embedded AWS servers as the commands do, and knows them, so that none is left over."""

    def __init__(self) -> None:
        self.servers: list[embedded.EmbeddedAws] = []
        self._start = embedded.start

    def __call__(self, port: int = 0, **options: Any) -> embedded.EmbeddedAws:
        self.servers.append(self._start(port, **options))
        return self.servers[-1]

    def end(self) -> None:
        """Stop all; a server that was stopped by its process number is reaped."""
        for server in self.servers:
            server.stop()


@contextmanager
def starting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make `embedded.start` a `Started` for a while."""
    started = Started()
    monkeypatch.setattr(embedded, "start", started)
    yield
    started.end()
