"""The programs that a deployment starts: Terraform (or OpenTofu), and Node for the synthesis."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from shared.errors import Problem, UserError

MINIMUM_ENGINE = (1, 11, 0)
"""Write-only arguments and the S3 lock file need Terraform 1.11; OpenTofu has both from 1.11 on."""
MINIMUM_NODE = (20, 0, 0)
"""jsii, which cdktf runs on, supports Node 20 and newer."""
PROBE_SECONDS = 30.0
"""Longest that a program may take to say its version."""

_ENGINES = ("terraform", "tofu")
_HOSTS = {"terraform": "registry.terraform.io", "tofu": "registry.opentofu.org"}
_INSTALL_ENGINE = (
    "install Terraform 1.11 or newer (https://developer.hashicorp.com/terraform/install) "
    "or OpenTofu 1.11 or newer (https://opentofu.org/docs/intro/install) and put it on PATH"
)
_INSTALL_NODE = "install Node.js 20 or newer (https://nodejs.org/en/download) and put it on PATH"


@dataclass(frozen=True, kw_only=True)
class Binary:
    """A program as it was found on PATH."""

    path: Path
    name: str
    version: str
    """`1.11.4`: without a leading `v`."""


@dataclass(frozen=True, kw_only=True)
class EngineBinary(Binary):
    """The program that applies stacks; `name` is `terraform` or `tofu`."""

    @property
    def registry_host(self) -> str:
        """Return the host that a provider address without one belongs to."""
        return _HOSTS[self.name]


def find_engine() -> EngineBinary:
    """Return `terraform` from PATH, or `tofu` when that is what is installed.

    When both are there it is always `terraform`, even a too old one: two engines must not take
    turns on one state. Raises UserError without either, with a broken one, or with an old one.
    """
    for name in _ENGINES:
        found = shutil.which(name)
        if found is not None:
            path = Path(found)
            return EngineBinary(path=path, name=name, version=_engine_version(path, name))
    raise UserError("neither terraform nor tofu is on PATH", remedy=_INSTALL_ENGINE)


def find_node() -> Binary:
    """Return `node` from PATH. Raises UserError without one, with a broken one, or with an old one."""
    found = shutil.which("node")
    if found is None:
        raise UserError("node is not on PATH; the synthesis (cdktf, jsii) runs on it", remedy=_INSTALL_NODE)
    path = Path(found)
    version = _ask(path, "--version").strip().removeprefix("v")
    _check(path, version, minimum=MINIMUM_NODE, remedy=_INSTALL_NODE)
    return Binary(path=path, name="node", version=version)


def quiet_environment() -> dict[str, str]:
    """Return the environment for asking a program its version: no update check, no CLI config."""
    kept = {key: value for key, value in os.environ.items() if key != "TF_CLI_CONFIG_FILE"}
    return {**kept, "CHECKPOINT_DISABLE": "1"}


def _engine_version(path: Path, name: str) -> str:
    answer = _ask(path, "version", "-json")
    try:
        version = str(json.loads(answer)["terraform_version"])
    except (ValueError, KeyError, TypeError):
        # Versions older than 0.13 ignore -json and answer "Terraform v0.12.31".
        version = answer.partition("\n")[0].rpartition(" ")[2].removeprefix("v")
    _check(path, version, minimum=MINIMUM_ENGINE, remedy=_INSTALL_ENGINE, label=name)
    return version


def _check(
    path: Path, version: str, *, minimum: tuple[int, int, int], remedy: str, label: str | None = None
) -> None:
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if numbers is None:
        raise UserError(f"{path} does not say its version, it says {version!r}", remedy=remedy)
    if tuple(int(part) for part in numbers.groups()) < minimum:
        least = ".".join(str(part) for part in minimum)
        raise UserError(
            f"{label or path.name} {version} ({path}) is too old: {least} is needed", remedy=remedy
        )


def _ask(path: Path, *arguments: str) -> str:
    """Run the program and return what it prints; its failure is a person's to mend."""
    asked = " ".join((str(path), *arguments))
    try:
        done = subprocess.run(
            [str(path), *arguments],
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
            check=True,
            env=quiet_environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise UserError(
            f"`{asked}` did not answer within {PROBE_SECONDS:.0f} seconds",
            remedy="run it by hand; when it hangs, reinstall it",
        ) from error
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout or "nothing").strip().splitlines()
        raise UserError(
            Problem(
                what=f"`{asked}` failed with exit code {error.returncode}: {said[-1]}",
                remedy="run it by hand; when it fails there too, reinstall it",
            )
        ) from error
    except OSError as error:
        raise UserError(
            f"`{asked}` cannot be started: {error.strerror}",
            remedy="reinstall it for this machine's processor and system",
        ) from error
    return done.stdout
