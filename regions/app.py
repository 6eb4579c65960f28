"""Run one or several region apps: settings in, `cdk.tf.json` and both manifests out."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cdktf import App

from regions import manifest
from shared import lost_keys
from shared.errors import EXIT_USER_ERROR, BlockError, UserError
from shared.settings import Environment, load

DEFAULT_ENVIRONMENT = "region-migration"
#: cdktf's own names: its command line passes `cdktf.json`'s context and the folder in them.
CONTEXT_VARIABLE = "CDKTF_CONTEXT_JSON"
OUTDIR_VARIABLE = "CDKTF_OUTDIR"
DEFAULT_OUTDIR = "cdktf.out"

Build = Callable[[App, Any], None]
"""Adds an app's stacks to the App, from the settings of its system."""


def synthesize(environment: Environment, builds: Sequence[Build], outdir: Path) -> None:
    """Write the stacks that `builds` make, cdktf's manifest and ours into `outdir`.

    Raises UserError when `outdir` cannot be a folder, and BlockError, naming every place, when a
    nested block of what was written has lost its values; our manifest is not written then.
    """
    if outdir.exists() and not outdir.is_dir():
        raise UserError(f"{outdir} is a file", remedy="name a folder to write into: --out FOLDER")
    outdir.mkdir(parents=True, exist_ok=True)
    # absolute: Node, which writes, keeps the working directory that it was started in
    app = App(outdir=str(outdir.absolute()))
    for build in builds:
        build(app, environment)
    manifest.link(app)
    app.synth()
    _refuse_lost_keys(app, outdir)
    manifest.write(app, environment, outdir)


def _refuse_lost_keys(app: App, outdir: Path) -> None:
    problems = [
        problem
        for address, document in manifest.documents(app, outdir).items()
        for problem in lost_keys.check(document, address)
    ]
    if problems:
        raise BlockError("\n".join(str(problem) for problem in problems))


def main(
    builds: Callable[[Environment], Sequence[Build]],
    arguments: Sequence[str] | None = None,
    *,
    system: str | None = None,
) -> None:
    """Synthesize, from the command line, the apps that `builds` names for an environment.

    `system` is the one that they belong to: its documented environment, of the same name, is the
    default. Exits with 2 and one message a mistake when the environment file is not as it must be.
    """
    options = _parse(arguments)
    try:
        context = _context(options.context)
        environment = load(
            options.env or context.get("environment", system or DEFAULT_ENVIRONMENT),
            suffix=options.suffix or context.get("env_suffix"),
        )
        _refuse_other_system(environment, system)
        synthesize(environment, builds(environment), Path(options.out))
    except UserError as error:
        print(error, file=sys.stderr)  # noqa: T201 - this is the program's output
        raise SystemExit(EXIT_USER_ERROR) from None


def _refuse_other_system(environment: Environment, system: str | None) -> None:
    if system not in {None, environment.system}:
        what = f"{environment.name} is an environment of {environment.system}, and this app of {system}"
        raise UserError(what, remedy=f"--env {system}")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Synthesize region apps to Terraform's JSON.")
    parser.add_argument("--env", help="environment: the name of a file in environments/, or a path")
    parser.add_argument("--suffix", help="environment suffix; wins over the context and the file")
    parser.add_argument(
        "--context",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="CDKTF context: `environment` and `env_suffix` are read",
    )
    parser.add_argument(
        "--out", default=os.environ.get(OUTDIR_VARIABLE, DEFAULT_OUTDIR), help="folder to write"
    )
    return parser.parse_args(arguments)


def _context(pairs: Sequence[str]) -> Mapping[str, str]:
    text = os.environ.get(CONTEXT_VARIABLE, "{}")
    try:
        context: dict[str, str] = json.loads(text)
    except ValueError as error:
        raise UserError(
            f"{CONTEXT_VARIABLE} is not JSON: {error}", remedy="unset it: cdktf sets it"
        ) from error
    for pair in pairs:
        key, found, value = pair.partition("=")
        if not found:
            raise UserError(f"--context {pair} has no value", remedy="--context env_suffix=abc123")
        context[key] = value
    return context
