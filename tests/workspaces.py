"""Workspaces that tests may write into, with this repository's code."""

from __future__ import annotations

from pathlib import Path

from shared.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]


def linked(root: Path) -> Workspace:
    """Return a workspace whose code is this repository's, and whose outputs are its own."""
    for name in ("regions", "modules", "shared", "environments", "requirements.lock"):
        (root / name).symlink_to(ROOT / name)
    return Workspace(root)
