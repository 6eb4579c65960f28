"""The tools that only tests run, each from an environment of its own (`make tools`)."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.rehearsal.environment import environment

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / ".venv-tools" / "bin"
#: Holds `aws`: the real one, kept to the embedded AWS.
SHELL_TOOLS = ROOT / "tools" / "bin"
VALIDATOR = ROOT / "tools" / "validate-asl.mjs"
_PARSER = ROOT / "tests" / "aws_parser.py"


@dataclass(frozen=True)
class Result:
    """What a process left."""

    code: int
    output: str
    errors: str


def _made(path: Path) -> Path:
    assert path.exists(), f"{path.relative_to(ROOT)} is missing: make tools"
    return path


def search_path() -> str:
    """PATH of a shell in which `aws` is the real one and `invoke` ours."""
    _made(TOOLS / "aws")
    return os.pathsep.join([str(SHELL_TOOLS), str(ROOT / ".venv" / "bin"), os.environ["PATH"]])


def run(command: Sequence[str], variables: Mapping[str, str], given: str = "") -> Result:
    """Run a program with these variables and no others."""
    done = subprocess.run(
        command, env=dict(variables), input=given, capture_output=True, text=True, check=False, cwd=ROOT
    )
    return Result(done.returncode, done.stdout, done.stderr)


def aws(*words: str, endpoint: str) -> Result:
    """Run the real AWS CLI against an embedded AWS."""
    _made(TOOLS / "aws")
    return run([str(SHELL_TOOLS / "aws"), *words], environment(endpoint) | {"AWS_PAGER": ""})


def understood(lines: Sequence[Sequence[str]]) -> list[str | None]:
    """What the AWS CLI finds wrong in each command line (words without `aws`); None when nothing is."""
    done = run([str(_made(TOOLS / "python")), str(_PARSER)], os.environ, json.dumps([list(x) for x in lines]))
    assert done.code == 0, done.errors
    return list(json.loads(done.output))


@functools.cache
def _problems(definition: str) -> tuple[str, ...]:
    _made(ROOT / "tools" / "node_modules" / "asl-validator")
    done = run(["node", str(VALIDATOR)], os.environ, definition)
    assert done.code == 0, done.errors
    return tuple(json.loads(done.output))


def asl_problems(definition: Mapping[str, Any]) -> list[str]:
    """What asl-validator finds wrong in a state machine's definition."""
    return list(_problems(json.dumps(definition)))
