"""A whole rollout into an empty account: ours and cdktf's, in one run, and ours against its critical path.

Run it with `python -m benchmarks.rollout` (some minutes). Both deploy the stacks of region-migration on the
embedded AWS, emptied before each, as many of them at once.

A run cannot be shorter than its critical path, the chain of stacks that wait for each other; what a run takes
above that is what the engine costs, and the processors that stacks share. Memory is what the processes of
each hold at most, Terraform and its provider apart.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence

from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table

from benchmarks.memory import Watched, watched
from benchmarks.peers import ROOT, cdktf, embedded_environment, run, seconds
from shared.deploy.page.critical import CriticalPath, critical_path
from shared.deploy.report import RunReport

PARALLELISM = "4"
INVOKE = (sys.executable, "-m", "invoke")
OURS, PEER = "invoke rollout --yes", "cdktf deploy '*' (0.21.0)"


def main() -> None:
    """Start an embedded AWS, measure one rollout of each, stop it."""
    peer = [str(cdktf()), "deploy", "*", "--auto-approve", "--skip-provider-lock"]
    ours = [*INVOKE, "rollout", "--yes", "--region-concurrency", "parallel"]
    run([*INVOKE, "embedded.start"])
    try:
        aws = embedded_environment()
        rows = {PEER: _measured(peer, aws), OURS: _measured(ours, aws)}
    finally:
        run([*INVOKE, "embedded.stop"])
    _show(rows, _path())


def _measured(command: Sequence[str], aws: Mapping[str, str]) -> tuple[float, Watched]:
    run([*INVOKE, "embedded.reset"])
    run([*INVOKE, "bootstrap"], aws)
    with watched() as memory:
        (taken,) = seconds(lambda: run([*command, "--parallelism", PARALLELISM], aws), 1)
    return taken, memory


def _path() -> CriticalPath:
    """Return the critical path of the newest rollout, from its report."""
    newest = max((ROOT / ".regionshift" / "runs").glob("*-rollout/report.json"))
    document = json.loads(newest.read_text())
    del document["totals"]
    return critical_path(TypeAdapter(RunReport).validate_python(document))


def _show(rows: Mapping[str, tuple[float, Watched]], path: CriticalPath) -> None:
    table = Table(title="A rollout of region-migration into an empty account")
    for heading in ("what", "s", "times faster", "its own memory, MiB", "Terraform's, MiB"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    slow = rows[PEER][0]
    for name, (taken, memory) in rows.items():
        cells: Sequence[str] = (
            f"{taken:.1f}",
            f"{slow / taken:.2f}",
            f"{memory.own / 2**20:.0f}",
            f"{memory.terraform / 2**20:.0f}",
        )
        table.add_row(name, *cells)
    console = Console(width=110)
    console.print(table)
    console.print(
        f"Critical path {path.seconds:.1f} s of {path.wall:.1f} s, {path.above:.1f} % above it: "
        f"{' -> '.join(path.stacks)}"
    )


if __name__ == "__main__":
    main()
