"""The real program in a process of its own, held in a chosen phase so that a test can do something to it.

A small repository whose synthesis leaves one stack; an embedded AWS behind a gate that holds a request,
loses the network or calls the credentials expired; processes that are forked from one that has everything
imported, because a fresh interpreter takes longer than all that is tested.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import pty
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3

from shared.commands import deployment
from shared.deploy import transient
from shared.deploy.options import Options
from shared.workspace import Workspace
from tests.aws_proxy import Answer, misbehaving, refusal
from tests.deploy.stacks import BUCKET, REGION

ADDRESS = "eu-west-1/a"
_SYNTHESIS = """
import argparse, pathlib, shutil, time
parser = argparse.ArgumentParser()
for name in ("--env", "--suffix", "--out"):
    parser.add_argument(name)
out = pathlib.Path(parser.parse_args().out)
control = pathlib.Path("control")
if (control / "synth").exists():
    (control / "synth").unlink()
    (control / "mark").touch()
    while not (control / "go").exists():
        time.sleep(0.02)
shutil.copytree("prepared", out, dirs_exist_ok=True)
"""
_S3 = {"bucket": BUCKET, "region": REGION, "use_path_style": True, "max_retries": 1}
_S3 |= {"skip_credentials_validation": True, "skip_requesting_account_id": True}
_FORKS = multiprocessing.get_context("forkserver")


@cache
def _s3(endpoint: str) -> Any:
    return boto3.client("s3", region_name=REGION, endpoint_url=endpoint)


class CutError(Exception):
    """The gate's handler ends without an answer: the caller sees its connection end."""


def _program(
    root: str, words: list[str], terminal: str, variables: dict[str, str], lock_timeout: int
) -> None:
    """Be `invoke WORDS` in the repository at `root`."""
    os.setsid()
    os.chdir(root)
    os.environ.clear()
    os.environ.update(variables)
    setattr(deployment, "here", lambda: Workspace(Path(root)))  # noqa: B010 - mypy knows what it was
    # passing errors are waited for in moments, not in seconds
    transient.retrying.__kwdefaults__["first_wait"] = 0.01
    Options.__init__.__kwdefaults__["lock_timeout"] = lock_timeout
    written = os.open("screen", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(written, 1)
    os.dup2(written, 2)
    sys.stdin = Path(terminal).open(encoding="utf-8")  # noqa: SIM115 - as long as the process lives
    from tests.commands.invoked import invoke

    code = invoke(*words)
    # the program is over, as a process of its own would be
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdout.flush()
    os._exit(code)


@dataclass
class Case:
    """One repository, one stack, one AWS."""

    root: Path
    suffix: str
    endpoint: str
    """The embedded AWS behind the gate."""
    phase: str = ""
    """Where the gate holds the program next; empty when it does not."""
    broken: str = ""
    """`network lost` or `credentials expired`: what the gate does from now on."""
    gate: str = ""
    lock_timeout: int = Options.lock_timeout
    terminal: int = -1
    _written: bool = field(default=False, init=False)
    _unlocked: bool = field(default=False, init=False)

    @property
    def key(self) -> str:
        return f"tests/{self.suffix}/a.tfstate"

    @property
    def control(self) -> Path:
        return self.root / "control"

    @property
    def screen(self) -> str:
        path = self.root / "screen"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @property
    def s3(self) -> Any:
        return _s3(self.endpoint)

    def object(self, key: str) -> dict[str, Any] | None:
        client = self.s3
        try:
            found: dict[str, Any] = json.loads(client.get_object(Bucket=BUCKET, Key=key)["Body"].read())
        except client.exceptions.NoSuchKey:
            return None
        return found

    def locked(self) -> bool:
        return self.object(f"{self.key}.tflock") is not None

    def answer(self, method: str, path: str) -> Answer | None:
        """What the gate says to a request; it may take its time."""
        if self._here(method, path):
            self.phase = ""
            (self.control / "mark").touch()
            until((self.control / "go").exists)
        if self.broken == "network lost":
            raise CutError
        if self.broken == "credentials expired":
            said = refusal("ExpiredToken", "the token expired", 400)
            # STS says so with 403 and an element around it
            return Answer(403, f"<ErrorResponse>{said.body}</ErrorResponse>") if path == "/" else said
        return None

    def _here(self, method: str, path: str) -> bool:
        request = f"{method} {path.partition('?')[0]}"
        self._written = self._written or request == f"PUT /{BUCKET}/{self.key}"
        ended = request == f"DELETE /{BUCKET}/{self.key}.tflock"
        self._unlocked = self._unlocked or (self._written and ended)
        if self.phase == "output reading":
            return self._unlocked and request == f"GET /{BUCKET}/{self.key}"
        if self.phase == "state push":
            return request == f"PUT /{BUCKET}/{self.key}"
        if self.phase == "plan":
            return request == f"GET /{BUCKET}/up.tfstate"
        return self.phase == "init" and "env%3A" in path

    def hold(self, phase: str) -> None:
        """Have the next run held in this phase."""
        self.phase = phase
        if phase in {"synth", "apply"}:
            (self.control / phase).touch()
        if phase == "state push":
            self._leave_unsaved()

    def release(self) -> None:
        (self.control / "go").touch()

    def held(self) -> bool:
        """Whether the program waits in its phase, or for an answer."""
        return (self.control / "mark").exists() or "[y/N]" in self.screen

    def run(self, *words: str) -> Any:
        """Start the program; the words are those after `invoke`."""
        master, slave = pty.openpty()
        self.terminal = master
        (self.root / "screen").unlink(missing_ok=True)
        variables = {
            name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))
        }
        variables |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        variables |= {"AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true"}
        variables |= {"AWS_ENDPOINT_URL": self.gate}
        arguments = (
            str(self.root),
            list(words),
            os.ttyname(slave),
            variables,
            self.lock_timeout,
        )
        process = _FORKS.Process(target=_program, args=arguments)
        process.start()
        return process

    def say(self, text: str) -> None:
        """Type a line."""
        os.write(self.terminal, f"{text}\n".encode())

    def _leave_unsaved(self) -> None:
        """Leave a state that an earlier apply could not write, as Terraform does."""
        state: dict[str, Any] = {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "one"}
        state |= {"outputs": {"kept": {"value": "yes", "type": "string"}}, "resources": []}
        self.s3.put_object(Bucket=BUCKET, Key=self.key, Body=json.dumps(state))
        folder = self.root / "cdktf.out" / f"region-migration-{self.suffix}" / "stacks" / "a"
        folder.mkdir(parents=True)
        (folder / "errored.tfstate").write_text(json.dumps({**state, "serial": 2}))


def next_command(screen: str) -> str:
    """The command that is printed last; empty when there is none."""
    lines = [line for line in screen.splitlines() if line.startswith("next: invoke ")]
    return lines[-1].removeprefix("next: invoke ") if lines else ""


def until(condition: Callable[[], Any], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)


def strike(case: Case, process: Any, *signals: int) -> None:
    """Send signals, each when the one before it was answered: a busy machine takes two at once for one."""
    for number, name in enumerate(signals):
        if number:
            until(lambda: "interrupted" in case.screen or not process.is_alive())
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.Signals(name))


@contextlib.contextmanager
def prepared(root: Path, suffix: str, endpoint: str) -> Iterator[Case]:
    """Make the repository and open the gate."""
    _FORKS.set_forkserver_preload(["tests.deploy.interrupted", "shared.deploy.engine", "tasks"])
    case = Case(root=root, suffix=suffix, endpoint=endpoint)
    for name in ("control", "regions", "modules", "shared", "environments"):
        (root / name).mkdir()
    (root / "regions" / "__init__.py").touch()
    (root / "regions" / "__main__.py").write_text(_SYNTHESIS)
    _write_stack(case)
    up = {"version": 4, "serial": 1, "lineage": "up", "resources": []}
    up["outputs"] = {"id": {"value": "vpc-1", "type": "string"}}
    case.s3.put_object(Bucket=BUCKET, Key="up.tfstate", Body=json.dumps(up))
    with misbehaving(endpoint, case.answer) as case.gate:
        yield case


def _write_stack(case: Case) -> None:
    control = case.root / "control"
    slow = f"echo made >> {control}/made; if [ -e {control}/apply ]; then touch {control}/mark; "
    slow += f"while [ ! -e {control}/go ]; do sleep 0.05; done; fi"
    document = {
        "terraform": {"backend": {"s3": {**_S3, "key": case.key, "use_lockfile": True}}},
        "data": {"terraform_remote_state": {"up": {"backend": "s3", "config": {**_S3, "key": "up.tfstate"}}}},
        "resource": {
            "terraform_data": {
                "main": {"input": "${data.terraform_remote_state.up.outputs.id}"},
                "slow": {
                    "input": "${terraform_data.main.output}",
                    "provisioner": [{"local-exec": {"command": slow}}],
                },
            }
        },
        "output": {"id": {"value": "${terraform_data.main.id}"}},
    }
    folder = case.root / "prepared" / "stacks" / "a"
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    entry = {"address": ADDRESS, "app": "target", "stage": 1, "directory": "stacks/a", "region": REGION}
    entry |= {"state_bucket": BUCKET, "state_region": REGION, "state_key": case.key, "reads": []}
    manifest: dict[str, Any] = {"environment": "region-migration", "system": "tests", "suffix": case.suffix}
    manifest |= {"account_id": "123456789012", "stage_names": ["target"]}
    manifest["stacks"] = [{**entry, "publishes": {"id": "string"}, "digest": "1"}]
    (case.root / "prepared" / "regionshift.json").write_text(json.dumps(manifest))
