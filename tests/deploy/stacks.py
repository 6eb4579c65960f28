"""Small real stacks: built-in `terraform_data` resources, states in S3 on an embedded server."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import boto3
from rich.console import Console

from shared.deploy.engine import Engine, Options
from shared.deploy.manifest import Manifest, Read, StackEntry
from shared.deploy.report import RunReport
from shared.deploy.terraform import Program
from tests.deploy.schema import mistakes

BUCKET = "tfstate-tests"
REGION = "eu-west-1"
STAGES = ("source", "target", "global")


class LocalClients:
    """boto3 clients for the embedded server that AWS_ENDPOINT_URL names."""

    def __init__(self) -> None:
        self.checked: list[str] = []
        """Where STS was asked."""
        self.expiry: datetime | None = None
        self.renew = False

    def client(self, service: str, region: str) -> Any:
        return boto3.client(service, region_name=region)

    def check_account(self, *, region: str) -> None:
        self.checked.append(region)

    def credentials_expiry(self) -> datetime | None:
        return self.expiry

    def credentials_renew(self) -> bool:
        return self.renew


@dataclass
class Stack:
    """A stack to synthesize: resources, outputs, and what it reads of others."""

    address: str
    stage: int = 1
    reads: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Upstream address -> outputs."""
    resources: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"main": {"input": "one"}})
    outputs: Mapping[str, Any] = field(default_factory=lambda: {"id": "${terraform_data.main.id}"})
    publishes: Mapping[str, str] | None = None
    """None: every output, as a string."""
    parameters: Sequence[str] = ()
    """Names of SSM parameters, which AWS's own provider makes."""


@dataclass
class World:
    """A folder with synthesized stacks, and the engine to run them."""

    root: Path
    suffix: str
    program: Program
    clients: LocalClients = field(default_factory=LocalClients)
    manifest: Manifest | None = None
    screen: str = ""
    engine: Engine | None = None

    def key(self, address: str) -> str:
        return f"tests/{self.suffix}/{address}.tfstate"

    def synthesize(self, *stacks: Stack) -> Manifest:
        entries = []
        for stack in stacks:
            folder = self.root / "out" / "stacks" / stack.address.replace("/", "-")
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "cdk.tf.json").write_text(json.dumps(self._document(stack), indent=1))
            publishes = stack.publishes
            entries.append(
                StackEntry(
                    address=stack.address,
                    app=STAGES[stack.stage - 1],
                    stage=stack.stage,
                    directory=f"stacks/{folder.name}",
                    region=REGION,
                    state_bucket=BUCKET,
                    state_region=REGION,
                    state_key=self.key(stack.address),
                    reads=tuple(Read(address=a, fields=tuple(sorted(f))) for a, f in stack.reads.items()),
                    publishes=dict.fromkeys(stack.outputs, "string")
                    if publishes is None
                    else dict(publishes),
                    digest=str(hash(json.dumps(self._document(stack)))),
                )
            )
        self.manifest = Manifest(
            environment="tests",
            system="tests",
            suffix=self.suffix,
            account_id="123456789012",
            stage_names=STAGES,
            stacks=tuple(entries),
            root=self.root / "out",
        )
        return self.manifest

    def _document(self, stack: Stack) -> dict[str, Any]:
        data = {
            address.replace("/", "_"): {
                "backend": "s3",
                "config": {
                    "bucket": BUCKET,
                    "key": self.key(address),
                    "region": REGION,
                    "use_path_style": True,
                    "skip_credentials_validation": True,
                    "skip_requesting_account_id": True,
                },
            }
            for address in stack.reads
        }
        document = {
            "terraform": {
                "backend": {
                    "s3": {
                        "bucket": BUCKET,
                        "key": self.key(stack.address),
                        "region": REGION,
                        "use_lockfile": True,
                        "use_path_style": True,
                        "skip_credentials_validation": True,
                        "skip_requesting_account_id": True,
                    }
                }
            },
        }
        if stack.outputs:
            document["output"] = {name: {"value": value} for name, value in stack.outputs.items()}
        if stack.resources:
            document["resource"] = {"terraform_data": dict(stack.resources)}
        if stack.parameters:
            _add_parameters(document, stack.parameters)
        if data:
            document["data"] = {"terraform_remote_state": data}
        return document

    def make(self, command: str = "rollout", **options: Any) -> Engine:
        assert self.manifest is not None
        ask: Callable[[str], str] | None = options.pop("ask", None)
        chosen = {"parallelism": 2, "protection": "destroyable", "lock_timeout": 3, "yes": ask is None}
        self.console = Console(file=io.StringIO(), width=200, force_terminal=options.pop("terminal", False))
        return Engine(
            self.manifest,
            clients=self.clients,
            workdir=self.root,
            console=self.console,
            options=Options(**{**chosen, **options}),
            command=command,
            program=self.program,
            ask=ask,
        )

    def addresses(self) -> list[str]:
        assert self.manifest is not None
        return [entry.address for entry in self.manifest.stacks]

    def deploy(self, *addresses: str, **options: Any) -> RunReport:
        return self._run("deploy", addresses, options)

    def plan(self, *addresses: str, **options: Any) -> RunReport:
        return self._run("plan", addresses, options)

    def destroy(self, *addresses: str, **options: Any) -> RunReport:
        return self._run("destroy", addresses, options)

    def drift(self, *addresses: str, **options: Any) -> RunReport:
        return self._run("drift", addresses, options)

    def _run(self, verb: str, addresses: Sequence[str], options: dict[str, Any]) -> RunReport:
        engine = self.make(**{"command": verb, **options})
        try:
            report: RunReport = getattr(engine, verb)(list(addresses) or self.addresses())
        finally:
            file = self.console.file
            assert isinstance(file, io.StringIO)
            self.screen = file.getvalue()
        assert mistakes(report.folder / "report.json") == []
        return report

    def state(self, address: str) -> dict[str, Any] | None:
        client = self.clients.client("s3", REGION)
        try:
            body = client.get_object(Bucket=BUCKET, Key=self.key(address))["Body"].read()
        except client.exceptions.NoSuchKey:
            return None
        found: dict[str, Any] = json.loads(body)
        return found

    def outputs(self, address: str) -> dict[str, Any]:
        state = self.state(address)
        return {name: output["value"] for name, output in state["outputs"].items()} if state else {}


def _add_parameters(document: dict[str, Any], names: Sequence[str]) -> None:
    source = {"source": "registry.terraform.io/hashicorp/aws", "version": "5.100.0"}
    document["terraform"]["required_providers"] = {"aws": source}
    skipped = ("credentials_validation", "requesting_account_id", "metadata_api_check")
    document["provider"] = {"aws": [{"region": REGION, **{f"skip_{name}": True for name in skipped}}]}
    made = {name.strip("/"): {"name": name, "type": "String", "value": "one"} for name in names}
    document.setdefault("resource", {})["aws_ssm_parameter"] = made


def ends(report: RunReport) -> dict[str, str]:
    return {stack.address: stack.status for stack in report.stacks}


def program() -> Program:
    found = shutil.which("terraform")
    assert found
    return Program(path=Path(found), name="terraform", version="test")


def upstream(address: str, name: str) -> str:
    return f"${{data.terraform_remote_state.{address.replace('/', '_')}.outputs.{name}}}"


def chain(*addresses: str) -> list[Stack]:
    """Stacks that each read the id of the one before."""
    stacks = [Stack(addresses[0])]
    for before, address in pairwise(addresses):
        stacks.append(
            Stack(address, reads={before: ["id"]}, resources={"main": {"input": upstream(before, "id")}})
        )
    return stacks
