"""The peer that we are measured against, installed once in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from shared.deploy import plugins
from shared.rehearsal import embedded
from shared.rehearsal.environment import environment as embedded_variables

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".regionshift" / "bench"
CDKTF_CLI = "cdktf-cli@0.21.0"


def cdktf() -> Path:
    """Return the path of cdktf's command line, installing it with npm the first time."""
    binary = FOLDER / "node_modules" / ".bin" / "cdktf"
    if not binary.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm") or "npm"
        subprocess.run(
            [npm, "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(FOLDER), CDKTF_CLI],
            check=True,
        )
    return binary


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
    """Run a command in the repository; its output is shown only when it fails.

    Python keeps what it compiles, also where the environment forbids it, as it does wherever this is used.
    """
    given = {**(environment or os.environ), "CI": "1", "CHECKPOINT_DISABLE": "1"}
    given.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")


def embedded_environment() -> dict[str, str]:
    """Return the variables of a command that talks to the embedded AWS that runs. SystemExit without one."""
    server = embedded.status(ROOT / ".regionshift")
    if server is None:
        raise SystemExit("the embedded AWS is gone")
    aws = embedded_variables(server.endpoint)
    config, _ = plugins.cli_config(ROOT)
    if config is not None:
        aws["TF_CLI_CONFIG_FILE"] = str(Path(config).resolve())
    return aws


def seconds(action: Callable[[], None], repeat: int) -> list[float]:
    """Return how long each of `repeat` runs took."""
    taken = []
    for _ in range(repeat):
        started = time.perf_counter()
        action()
        taken.append(time.perf_counter() - started)
    return taken


def show(title: str, rows: Mapping[str, list[float]], baseline: str) -> None:
    """Print the medians, and how many times faster each is than `baseline`."""
    table = Table(title=title)
    for heading in ("what", "median s", "runs", "times faster"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    slow = median(rows[baseline])
    for name, taken in rows.items():
        each = " ".join(f"{value:.2f}" for value in taken)
        table.add_row(name, f"{median(taken):.2f}", each, f"{slow / median(taken):.1f}")
    Console(width=110).print(table)
