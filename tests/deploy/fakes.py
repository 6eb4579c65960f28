"""Executables that answer what a test wants, on a PATH of their own."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def executable(folder: Path, name: str, script: str) -> Path:
    """Write a shell script as a program called `name`."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path
