"""Synthesizes an environment's stacks in a process of its own, and only when something changed.

A synthesis takes seconds (it starts Node and loads the bindings), so what it was made from and what
it wrote are remembered as digests. When both still hold, the manifest is read and nothing runs.
The output is replaced file by file after the synthesis succeeded: a failed one leaves the previous
output as it was, and Terraform's own files in the stacks' folders survive.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from shared.deploy.binaries import find_node
from shared.deploy.manifest import Manifest, load
from shared.errors import EXIT_USER_ERROR, Problem, UserError

if TYPE_CHECKING:
    from shared.workspace import Workspace

#: Everything in these folders can change what is synthesized.
SOURCES = ("regions", "modules", "shared")
#: Files beside them that can: pinned versions, and the context that `cdktf` reads.
PINS = ("requirements.lock", "cdktf.json")


def synthesize(environment: str, suffix: str | None, workspace: Workspace) -> Manifest:
    """Return the manifest of the environment's stacks, synthesizing them if anything changed.

    `suffix` overrides the environment file's. Raises UserError for a bad environment file, a missing
    or old Node, or a synthesis that failed (with the path of its log).
    """
    name = _file(environment, workspace).stem
    record = workspace.synthesis_records / f"{name}{'' if suffix is None else f'@{suffix}'}.json"
    inputs = _digest_of_inputs(environment, suffix, workspace)
    output = _unchanged(record, inputs, workspace)
    if output is None:
        output = _synthesize(environment, suffix, workspace, record=record, inputs=inputs)
    return load(output)


def _synthesize(
    environment: str, suffix: str | None, workspace: Workspace, *, record: Path, inputs: str
) -> Path:
    # Settings take a tenth of a second to load, which a synthesis that is skipped does not spend.
    from shared import settings

    loaded = settings.load(environment, suffix=suffix)
    find_node()
    output = workspace.synthesis(loaded.name, loaded.environment_suffix)
    output.parent.mkdir(parents=True, exist_ok=True)
    record.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=output.parent) as fresh:
        _run(
            environment,
            loaded.environment_suffix,
            Path(fresh),
            log=record.with_suffix(".log"),
            cwd=workspace.root,
        )
        written = _digests(Path(fresh))
        _replace(Path(fresh), output, written, stale=_written_before(record))
    document = {"inputs": inputs, "output": str(output.relative_to(workspace.root)), "files": written}
    record.write_text(json.dumps(document, indent=2) + "\n")
    return output


def _run(environment: str, suffix: str, out: Path, *, log: Path, cwd: Path) -> None:
    named = str(Path(environment).resolve()) if Path(environment).suffix else environment
    command = [sys.executable, "-m", "regions", "--env", named, "--suffix", suffix, "--out", str(out)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    log.write_text(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}[exit code {done.returncode}]\n")
    if done.returncode == EXIT_USER_ERROR:
        raise UserError(done.stderr.strip())
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise UserError(
            Problem(
                what=f"The synthesis failed (exit code {done.returncode}): {last}",
                where=environment,
                remedy=f"Its whole output is in {log}.",
            )
        )


def _replace(fresh: Path, output: Path, written: dict[str, str], *, stale: set[str]) -> None:
    for name in written:
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).replace(output / name)
    for name in stale - written.keys():
        (output / name).unlink(missing_ok=True)
        # A stack that is gone takes its folder along, with what Terraform downloaded there; not a
        # state that could not be saved, which may be all that knows of what it made.
        folder = (output / name).parent
        if name.endswith("cdk.tf.json") and not (folder / "errored.tfstate").exists():
            shutil.rmtree(folder, ignore_errors=True)


def _unchanged(record: Path, inputs: str, workspace: Workspace) -> Path | None:
    """Return the output's folder when it was made from `inputs` and nobody touched it since."""
    try:
        known = json.loads(record.read_text())
        output: Path = workspace.root / known["output"]
        whole = all(_sha256(output / name) == digest for name, digest in known["files"].items())
    except (OSError, ValueError, KeyError):
        return None
    return output if whole and known["inputs"] == inputs else None


def _written_before(record: Path) -> set[str]:
    try:
        return set(json.loads(record.read_text())["files"])
    except (OSError, ValueError, KeyError):
        return set()


def _digest_of_inputs(environment: str, suffix: str | None, workspace: Workspace) -> str:
    digest = hashlib.sha256(json.dumps([environment, suffix, platform.python_version()]).encode())
    # cdktf takes its context (`env_suffix`) from this variable when its own command starts the app.
    digest.update(os.environ.get("CDKTF_CONTEXT_JSON", "").encode())
    files = [
        _file(environment, workspace),
        *(workspace.root / pin for pin in PINS),
    ]
    for folder in SOURCES:
        files += sorted(path for path in (workspace.root / folder).rglob("*") if _matters(path))
    for path in files:
        digest.update(f"{path}\0{_sha256(path) if path.exists() else ''}\0".encode())
    return digest.hexdigest()


def _file(environment: str, workspace: Workspace) -> Path:
    """Return the environment's file; `--env` also takes the path of one."""
    if "/" in environment or environment.endswith(".tfvars"):
        return Path(environment).resolve()
    return workspace.root / "environments" / f"{environment}.tfvars"


def _matters(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc"


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): _sha256(path) for path in files}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
