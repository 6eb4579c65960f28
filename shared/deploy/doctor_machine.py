"""What the doctor looks at on this machine: Python, Node, the engine, the provider's plugin."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from shared.deploy import binaries, plugins
from shared.deploy.check import Check, failed
from shared.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from shared.deploy.binaries import EngineBinary

OLDEST_PYTHON = (3, 11)
INIT_SECONDS = 600.0
"""Longest that a first download of the plugin (150 MB) may take."""
_TRIAL = """terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "{version}"
    }}
  }}
}}
"""


def python(version: tuple[int, ...] = sys.version_info[:3]) -> list[Check]:
    """Look at the version of the running Python."""
    seen = ".".join(str(part) for part in version)
    if version >= OLDEST_PYTHON:
        return [Check(name="python", verdict="ok", seen=seen)]
    return [
        Check(name="python", verdict="fail", seen=f"{seen} is too old", remedy="use Python 3.11 or newer")
    ]


def tools(workdir: Path) -> list[Check]:
    """Look at Node, the engine, and whether the engine can get the provider's plugin."""
    found = []
    try:
        node = binaries.find_node()
        found.append(Check(name="node", verdict="ok", seen=f"{node.version} ({node.path})"))
    except UserError as error:
        found += failed("node", error)
    try:
        engine = binaries.find_engine()
    except UserError as error:
        return found + failed("engine", error)
    found.append(Check(name="engine", verdict="ok", seen=f"{engine.name} {engine.version} ({engine.path})"))
    return found + plugin(engine, workdir)


def plugin(engine: EngineBinary, workdir: Path) -> list[Check]:
    """Let the engine install the provider for real, in a folder that a second look reuses."""
    config, notes = plugins.cli_config(workdir, host=engine.registry_host)
    found = [
        Check(name="provider plugin", verdict="warn", seen=note, remedy="correct or unset it")
        for note in notes
        if note.startswith("TF_CLI_CONFIG_FILE")
    ]
    workdir.mkdir(parents=True, exist_ok=True)
    (workdir / "main.tf").write_text(_TRIAL.format(version=plugins.PROVIDER_VERSION))
    try:
        done = subprocess.run(
            [str(engine.path), "init", "-backend=false", "-input=false", "-no-color"],
            cwd=workdir,
            env={**plugins.environment(workdir, host=engine.registry_host), "CHECKPOINT_DISABLE": "1"},
            capture_output=True,
            text=True,
            timeout=INIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        seen = f"`{engine.name} init` did not get it within {INIT_SECONDS:.0f} seconds"
        return [*found, Check(name="provider plugin", verdict="fail", seen=seen, remedy=_ways(engine))]
    place = f"configured in {config}" if config is not None else f"from {engine.registry_host}"
    if done.returncode == 0:
        seen = f"hashicorp/aws {plugins.PROVIDER_VERSION}, {place}"
        return [*found, Check(name="provider plugin", verdict="ok", seen=seen)]
    said = [line.strip(" │╷╵") for line in done.stderr.splitlines() if line.strip(" │╷╵")]
    seen = f"{engine.name} cannot get hashicorp/aws {plugins.PROVIDER_VERSION}: {' '.join(said)[:400]}"
    return [*found, Check(name="provider plugin", verdict="fail", seen=seen, remedy=_ways(engine))]


def _ways(engine: EngineBinary) -> str:
    return (
        f"give this machine a way to {engine.registry_host}, or a mirror: "
        f"`{engine.name} providers mirror FOLDER` on one that has it, then copy FOLDER "
        "below /opt or name it in the file of TF_CLI_CONFIG_FILE"
    )
