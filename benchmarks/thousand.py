"""A synthetic graph of 1,000 stacks: what ordering, running and reporting them costs us, and cdktf a listing.

Run it with `python -m benchmarks.thousand`. Ten layers of a hundred stacks; each stack reads three of the
layer before. Nothing is deployed: the work of a stack is nothing, so that all that is measured is the engine.
The peer, given the same thousand stacks as a finished synthesis, only lists them (`cdktf list`), which is the
least that it does with any.
"""

from __future__ import annotations

import json
import shlex
import sys
import tempfile
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.peers import cdktf, run, seconds
from shared.deploy import graph, page, queue
from shared.deploy.manifest import Manifest, Read, StackEntry
from shared.deploy.report import RunReport, StackReport
from shared.deploy.scheduler import run_graph
from shared.deploy.work import Span

LAYERS, WIDTH, READS = 10, 100, 3
SLOTS = 8
REPEAT = 3

#: The least that cdktf reads of a stack.
_EMPTY = {"//": {"metadata": {}}, "terraform": {"backend": {"local": {}}, "required_providers": {}}}
_APP = """
import json, os, pathlib
document = pathlib.Path({document!r}).read_text()
out = pathlib.Path(os.environ["CDKTF_OUTDIR"])
out.mkdir(parents=True, exist_ok=True)
(out / "manifest.json").write_text(document)
for stack in json.loads(document)["stacks"].values():
    path = out / stack["synthesizedStackPath"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text({stack!r})
"""


def main() -> None:
    """Measure each three times and print the table."""
    manifest = _manifest()
    order = queue.order(manifest, [entry.address for entry in manifest.stacks])
    needs = {entry.address: {read.address for read in entry.reads} for entry in manifest.stacks}
    with tempfile.TemporaryDirectory() as folder:
        report = _report(manifest, order, Path(folder))
        listing = _listing(manifest, Path(folder))
        binary = str(cdktf())

        def everything() -> None:
            run_graph(order, needs, lambda _: None, slots=SLOTS, stopping=threading.Event())

        def reports() -> None:
            report.write()
            page.write(report)

        actions: dict[str, Callable[[], object]] = {
            "order of the queue": lambda: queue.order(manifest, order),
            f"run, {SLOTS} at a time, of work that is nothing": everything,
            "report.json, report.html and JUnit XML": reports,
            "graph of the stacks (SVG)": lambda: graph.draw(manifest),
        }
        rows = {name: (seconds(action, REPEAT), _memory(action)) for name, action in actions.items()}
        peer = seconds(lambda: run([binary, "list", "--app", listing, "--output", f"{folder}/list"]), REPEAT)
        sizes = {path.name: path.stat().st_size for path in sorted(Path(folder).glob("report.*"))}
    table = Table(title=f"{LAYERS * WIDTH} stacks, {LAYERS} layers")
    for heading in ("what", "median s", "memory, MiB"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for name, (taken, memory) in rows.items():
        table.add_row(name, f"{median(taken):.3f}", f"{memory / 2**20:.1f}")
    table.add_row("cdktf list (0.21.0) of the same", f"{median(peer):.3f}", "")
    console = Console(width=110)
    console.print(table)
    console.print(", ".join(f"{name} {size / 1024:.0f} KiB" for name, size in sizes.items()))


def _manifest() -> Manifest:
    stacks = tuple(
        StackEntry(
            address=_address(layer, place),
            app="source",
            stage=1,
            directory=f"stacks/{layer}-{place}",
            region="us-east-1",
            state_bucket="states",
            state_region="us-east-1",
            state_key=f"{layer}/{place}.tfstate",
            reads=tuple(
                Read(address=_address(layer - 1, (place + step * 7) % WIDTH), fields=("value",))
                for step in range(READS if layer else 0)
            ),
            publishes={"value": "string"},
            resources={"aws_ssm_parameter": 1},
        )
        for layer in range(LAYERS)
        for place in range(WIDTH)
    )
    return Manifest(
        environment="thousand",
        system="region-migration",
        suffix="bench",
        account_id="123456789012",
        stage_names=("source",),
        stacks=stacks,
    )


def _address(layer: int, place: int) -> str:
    return f"us-east-1/stack-{layer}-{place:03d}"


def _report(manifest: Manifest, order: tuple[str, ...], folder: Path) -> RunReport:
    """Return a report in which every stack took three seconds, a layer after the other."""
    entries = {entry.address: entry for entry in manifest.stacks}
    stacks = tuple(
        StackReport(
            address=address,
            stage="source",
            status="applied",
            counts={"add": 1, "change": 0, "replace": 0, "destroy": 0},
            seconds={"plan": 1.0, "apply": 2.0},
            needs=tuple(read.address for read in entries[address].reads),
            spans=(
                Span(phase="upstream", begin=0.0, end=3.0 * layer),
                Span(phase="plan", begin=3.0 * layer, end=3.0 * layer + 1),
                Span(phase="apply", begin=3.0 * layer + 1, end=3.0 * layer + 3),
            ),
        )
        for address in order
        for layer in [int(address.split("-")[3])]
    )
    return RunReport(
        command="rollout",
        environment="thousand",
        suffix="bench",
        started="2026-01-01T00:00:00+00:00",
        seconds=3.0 * LAYERS,
        exit_code=0,
        folder=folder,
        stacks=stacks,
    )


def _listing(manifest: Manifest, folder: Path) -> str:
    """Return a command that leaves the synthesis of these stacks, as an app of cdktf does."""
    names = {entry.address: entry.address.partition("/")[2] for entry in manifest.stacks}
    document = {
        "version": "0.21.0",
        "stacks": {
            names[entry.address]: {
                "name": names[entry.address],
                "constructPath": names[entry.address],
                "workingDirectory": f"stacks/{names[entry.address]}",
                "synthesizedStackPath": f"stacks/{names[entry.address]}/cdk.tf.json",
                "annotations": [],
                "dependencies": [names[read.address] for read in entry.reads],
            }
            for entry in manifest.stacks
        },
    }
    (folder / "list.json").write_text(json.dumps(document))
    script = folder / "app.py"
    script.write_text(_APP.format(document=str(folder / "list.json"), stack=json.dumps(_EMPTY)))
    return shlex.join((sys.executable, str(script)))


def _memory(action: Callable[[], object]) -> int:
    """Return what an action allocates at most, in bytes."""
    tracemalloc.start()
    action()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


if __name__ == "__main__":
    main()
