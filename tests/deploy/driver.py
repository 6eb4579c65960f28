"""Deploys a synthesized folder in a process of its own, so that a test can kill it."""

from __future__ import annotations

import sys
from pathlib import Path

from shared.deploy.manifest import load
from tests.deploy.stacks import World, program


def main() -> None:
    world = World(root=Path(sys.argv[1]), suffix=sys.argv[2], program=program())
    world.manifest = load(world.root / "out")
    sys.exit(world.deploy().exit_code)


if __name__ == "__main__":
    main()
