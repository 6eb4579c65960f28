"""Where Terraform gets the AWS provider's plugin from: the registry, or a folder on this machine.

The order: a CLI configuration that the user named (`TF_CLI_CONFIG_FILE`), the user's own
`~/.terraformrc`, a filesystem mirror found in a conventional place, the registry.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROVIDER_VERSION = "5.100.0"
"""Version that cdktf-cdktf-provider-aws 20.1.0 writes into every synthesized stack."""
DEFAULT_HOST = "registry.terraform.io"
SEARCH: tuple[Path, ...] = (Path("/usr/share/terraform"), Path("/usr/local/share/terraform"), Path("/opt"))
"""A mirror is one of these folders, or a folder directly below one."""
CONFIG_NAME = "terraform.tfrc"

_OWN_CONFIGS = {DEFAULT_HOST: (".terraformrc",), "registry.opentofu.org": (".tofurc", ".terraformrc")}


@dataclass(frozen=True, kw_only=True)
class PluginSource:
    """Where the plugin will come from."""

    kind: Literal["configured", "personal", "mirror", "registry"]
    """`configured`: TF_CLI_CONFIG_FILE names a file. `personal`: the user's own rc file is in force."""
    place: str
    """The configuration file, the mirror's folder, or the registry's host."""
    notes: tuple[str, ...] = ()
    """What the user should know, a sentence each."""


def cli_config(
    workdir: Path, *, host: str = DEFAULT_HOST, search: Sequence[Path] = SEARCH
) -> tuple[Path | None, list[str]]:
    """Return the CLI configuration file to run the engine with, and notes for the user.

    None means: run without `TF_CLI_CONFIG_FILE` (remove it from the environment). When a mirror was
    found, a file that names it is written into `workdir`. `host` is the engine's registry host.
    """
    source = find_source(host=host, search=search)
    if source.kind == "configured":
        return Path(source.place), list(source.notes)
    if source.kind == "mirror":
        return _write(workdir, Path(source.place), host), list(source.notes)
    return None, list(source.notes)


def environment(
    workdir: Path,
    *,
    host: str = DEFAULT_HOST,
    base: Mapping[str, str] | None = None,
    search: Sequence[Path] = SEARCH,
) -> dict[str, str]:
    """Return the environment to start the engine in: `base` (default: ours) with the right CLI config."""
    config, _ = cli_config(workdir, host=host, search=search)
    result = dict(os.environ if base is None else base)
    result.pop("TF_CLI_CONFIG_FILE", None)
    if config is not None:
        result["TF_CLI_CONFIG_FILE"] = str(config)
    return result


def find_source(*, host: str = DEFAULT_HOST, search: Sequence[Path] = SEARCH) -> PluginSource:
    """Say where the plugin will come from; reads only."""
    notes: list[str] = []
    named = os.environ.get("TF_CLI_CONFIG_FILE")
    if named:
        if Path(named).is_file():
            return PluginSource(kind="configured", place=str(Path(named).resolve()))
        notes.append(f"TF_CLI_CONFIG_FILE names {named}, which does not exist: it is ignored")
    for name in _OWN_CONFIGS[host]:
        own = Path.home() / name
        if own.is_file():
            return PluginSource(kind="personal", place=str(own), notes=tuple(notes))
    mirrors, others = _mirrors(host, search)
    notes += [
        f"{folder} has no hashicorp/aws {PROVIDER_VERSION} for {_platform()}: not used" for folder in others
    ]
    if mirrors:
        notes.append(f"the AWS provider's plugin comes from the folder {mirrors[0]}, not from the registry")
        return PluginSource(kind="mirror", place=str(mirrors[0]), notes=tuple(notes))
    return PluginSource(kind="registry", place=host, notes=tuple(notes))


def _mirrors(host: str, search: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """Return the folders that hold the version in use for this machine, and the mirrors that do not."""
    usable: list[Path] = []
    others: list[Path] = []
    for base in search:
        # glob, unlike is_dir, passes over folders that this user may not read
        for pattern in (f"{host}/hashicorp/aws", f"*/{host}/hashicorp/aws"):
            for folder in sorted(base.glob(pattern)):
                (usable if _holds(folder) else others).append(folder.parents[2])
    return usable, others


def _holds(folder: Path) -> bool:
    """Say whether a mirror's provider folder has our version, unpacked or packed."""
    unpacked = folder / PROVIDER_VERSION / _platform()
    packed = folder / f"terraform-provider-aws_{PROVIDER_VERSION}_{_platform()}.zip"
    return any(unpacked.glob("terraform-provider-aws_*")) or packed.is_file()


def _platform() -> str:
    """Return this machine in Terraform's words: `linux_amd64`, `darwin_arm64`."""
    machine = platform.machine().lower()
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)
    system = {"win32": "windows"}.get(sys.platform, sys.platform)
    return f"{system}_{architecture}"


def _write(workdir: Path, mirror: Path, host: str) -> Path:
    address = json.dumps(f"{host}/hashicorp/aws")
    text = (
        "provider_installation {\n"
        "  filesystem_mirror {\n"
        f"    path    = {json.dumps(str(mirror))}\n"
        f"    include = [{address}]\n"
        "  }\n"
        "  direct {\n"
        f"    exclude = [{address}]\n"
        "  }\n"
        "}\n"
    )
    path = workdir.resolve() / CONFIG_NAME
    if not path.is_file() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        # replaced in one step: several engines may be reading it
        fresh = path.with_name(f"{CONFIG_NAME}.{os.getpid()}")
        fresh.write_text(text)
        fresh.replace(path)
    return path
