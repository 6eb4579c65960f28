"""Writes `docs/implementation.md` and its like: `python -m regions.implementation_page`.

What each stack of a system's documented environment consists of, counted in what was synthesized.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from regions.app import synthesize
from regions.systems import builds
from shared.deploy.manifest import Manifest, StackEntry
from shared.deploy.manifest import load as load_manifest
from shared.settings import load

FOLDER = Path(__file__).resolve().parents[1] / "docs"
#: System -> its page; the documented environment has the system's name.
PAGES = {
    "region-migration": "implementation.md",
    "disaster-recovery": "implementation-disaster-recovery.md",
    "database-migration": "implementation-database-migration.md",
}
_HEAD = """# Implementation: the resources of each stack

System `{system}`, the documented environment. Generated from a synthesis by
`python -m regions.implementation_page`; a test keeps it up to date. How it fits together:
[architecture.md](architecture.md). Which requirement is met where: [requirements.md](requirements.md).
"""


def page(manifest: Manifest) -> str:
    """Return the page's text."""
    total = sum(sum(entry.resources.values()) for entry in manifest.stacks)
    lines = [_HEAD.format(system=manifest.system), f"{len(manifest.stacks)} stacks, {total} resources.", ""]
    lines += ["| stack | app | resources | reads |", "|---|---|---|---|", *map(_line, manifest.stacks)]
    for entry in manifest.stacks:
        lines += ["", *_section(entry)]
    return "\n".join(lines) + "\n"


def _line(entry: StackEntry) -> str:
    reads = ", ".join(f"`{read.address}`" for read in entry.reads) or "nothing"
    return f"| `{entry.address}` | {entry.app} | {sum(entry.resources.values())} | {reads} |"


def _section(entry: StackEntry) -> Iterator[str]:
    yield f"## `{entry.address}`"
    yield ""
    yield f"State `{entry.state_key}`, provider for {entry.region}."
    yield ""
    yield from (f"- {count} `{kind}`" for kind, count in entry.resources.items())
    yield ""
    yield f"Publishes {', '.join(f'`{name}`' for name in sorted(entry.publishes))}."


def main() -> None:
    """Synthesize the documented environments and write the pages."""
    for system, name in PAGES.items():
        environment = load(system)
        with tempfile.TemporaryDirectory() as folder:
            synthesize(environment, builds(environment), Path(folder))
            (FOLDER / name).write_text(page(load_manifest(Path(folder))), encoding="utf-8")


if __name__ == "__main__":  # pragma: no cover - the tests call main
    main()
