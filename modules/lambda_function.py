"""A Lambda function of ours: its code from `modules/lambdas/NAME`, its role, its log group.

The code is zipped here, byte for byte the same from the same files, so that a plan without changes
stays empty on every machine.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import shutil
import tempfile
import weakref
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdktf import AssetType, TerraformAsset
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.lambda_function import LambdaFunction as AwsLambdaFunction
from constructs import Construct

from modules.role import Role, RoleInputs, Statement
from shared.blocks import resource
from shared.naming import Naming

RUNTIME = "python3.12"
#: The functions ask AWS a dozen questions at most; each has its own time-outs well below this.
TIMEOUT_SECONDS = 60
MEMORY_MB = 256
_CODE = Path(__file__).resolve().parent / "lambdas"
#: Lambda makes a network interface in the function's name in each subnet (Lambda developer guide, VPC).
_INTERFACES = Statement(
    sid="StandInTheNetwork",
    actions=(
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
    ),
    resources=("*",),
    why_every_resource="Lambda asks for exactly this before there is an interface to name",
)
#: The earliest date that a zip file can hold.
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, kw_only=True)
class FunctionNetwork:
    """Private subnets, and what may be reached from them."""

    subnet_ids: tuple[str, ...]
    security_group_id: str


@dataclass(frozen=True, kw_only=True)
class LambdaFunctionInputs:
    """Which function, what it may do, and what it has to know."""

    naming: Naming
    package: str
    """Folder in `modules/lambdas/`; its `handler.py` has `handle(event, context)`."""
    purpose: str
    description: str
    account_id: str
    kms_key_arn: str
    """Encrypts its configuration and its logs."""
    log_retention_days: int
    statements: tuple[Statement, ...]
    config: Mapping[str, Any]
    """JSON document that it finds in the variable CONFIG."""
    network: FunctionNetwork | None = None
    """Where it reaches private addresses from; None: it runs outside of every VPC."""
    timeout_seconds: int = TIMEOUT_SECONDS
    """After which it is stopped."""
    reserved_concurrency: int | None = None
    """How many of it run at once at most; None: as many as are asked for."""
    dead_letters_arn: str | None = None
    """Queue that gets the events which failed three times; the statements have to let it be written to."""


@dataclass(frozen=True, kw_only=True)
class LambdaFunctionOutputs:
    """The function."""

    name: str
    arn: str


class LambdaFunction(Construct):
    """The function with its code, a role that allows what it does, and logs with an end."""

    def __init__(self, scope: Construct, id_: str, inputs: LambdaFunctionInputs) -> None:
        super().__init__(scope, id_)
        name = inputs.naming.name("function", inputs.purpose)
        log = resource(
            CloudwatchLogGroup,
            self,
            "log",
            name=f"/aws/lambda/{name}",
            retention_in_days=inputs.log_retention_days,
            kms_key_id=inputs.kms_key_arn,
        )
        role = Role(
            self,
            "role",
            RoleInputs(
                name=inputs.naming.name("role", inputs.purpose),
                service="lambda.amazonaws.com",
                account_id=inputs.account_id,
                statements=(*_every_function(inputs, f"{log.arn}:*"), *inputs.statements),
                # Lambda names no source when it assumes an execution role.
                source_account=False,
            ),
        )
        code = archive(inputs.package)
        # cdktf copies the file when it synthesizes: the folder has to live as long as this construct.
        folder = tempfile.mkdtemp(prefix="regionshift-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        file = Path(folder) / f"{inputs.package}.zip"
        file.write_bytes(code)
        asset = TerraformAsset(self, "code", path=str(file), type=AssetType.FILE)
        function = resource(
            AwsLambdaFunction,
            self,
            "function",
            function_name=name,
            description=inputs.description,
            role=role.outputs.arn,
            filename=asset.path,
            source_code_hash=base64.b64encode(hashlib.sha256(code).digest()).decode(),
            handler=f"{inputs.package}.handler.handle",
            runtime=RUNTIME,
            timeout=inputs.timeout_seconds,
            memory_size=MEMORY_MB,
            kms_key_arn=inputs.kms_key_arn,
            environment={"variables": {"CONFIG": json.dumps(inputs.config)}},
            logging_config={"log_format": "JSON", "log_group": log.name},
            tracing_config={"mode": "Active"},
            vpc_config=_vpc(inputs.network),
            reserved_concurrent_executions=inputs.reserved_concurrency,
            dead_letter_config=_dead_letters(inputs.dead_letters_arn),
            depends_on=[log, *role.outputs.permissions],
        )
        self.outputs = LambdaFunctionOutputs(name=function.function_name, arn=function.arn)


def archive(package: str) -> bytes:
    """Return the zip file of a package in `modules/lambdas/`, with the package's folder in it.

    Stored, not compressed: what deflate makes differs between versions of zlib. Raises
    FileNotFoundError for a package that has no handler.
    """
    folder = _CODE / package
    if not (folder / "handler.py").is_file():
        raise FileNotFoundError(f"no handler.py in {folder}")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as bundle:
        for source in sorted(folder.rglob("*.py")):
            entry = zipfile.ZipInfo(str(source.relative_to(_CODE)), date_time=_DATE)
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, source.read_bytes())
    return file.getvalue()


def _vpc(network: FunctionNetwork | None) -> dict[str, Any] | None:
    if network is None:
        return None
    return {"subnet_ids": list(network.subnet_ids), "security_group_ids": [network.security_group_id]}


def _dead_letters(queue_arn: str | None) -> dict[str, Any] | None:
    return None if queue_arn is None else {"target_arn": queue_arn}


def _every_function(inputs: LambdaFunctionInputs, log_streams: str) -> tuple[Statement, ...]:
    return (
        *((_INTERFACES,) if inputs.network else ()),
        Statement(
            sid="WriteItsLogs",
            actions=("logs:CreateLogStream", "logs:PutLogEvents"),
            resources=(log_streams,),
        ),
        Statement(sid="ReadItsConfiguration", actions=("kms:Decrypt",), resources=(inputs.kms_key_arn,)),
        Statement(
            sid="Trace",
            actions=("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
            resources=("*",),
            why_every_resource="X-Ray's writing actions know no resource",
        ),
    )
