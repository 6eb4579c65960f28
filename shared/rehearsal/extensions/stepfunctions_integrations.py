"""Step Functions: tasks call AWS APIs with AWS's names, and give JSON back.

moto 5.2.5 hands the parameters of `aws-sdk` tasks to botocore as they are (`DbClusterIdentifier`,
`AliasTarget.DnsName` and `Ttl` fail, botocore's own casing passes), knows botocore's names of
services only, calls errors `rds.DBClusterNotFoundFaultException`, leaves moments in results that no
answer can carry (DescribeExecution then fails), and crashes on an error without a request id. It
also makes a client for each task, in a way that threads must not.

AWS: Step Functions developer guide, "Learning to use AWS service SDK integrations" (names: see
`stepfunctions_naming`; an unknown parameter: "The field ... is not supported by Step Functions");
"Handling errors in Step Functions workflows" (`States.ALL` does not match `States.Runtime` and
`States.DataLimitExceeded`; `States.TaskFailed` matches all but `States.Timeout`).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
import threading
import uuid
from functools import cache
from typing import Any

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.model import ListShape, MapShape, Shape, StructureShape
from moto.stepfunctions.parser import models as _every_parser_module  # noqa: F401
from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import (
    ResourceRuntimePart,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk import (
    StateTaskServiceAwsSdk,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment

from shared.rehearsal.environment import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from shared.rehearsal.extensions import stepfunctions_naming as naming

_making = threading.Lock()


def install() -> None:
    """Replace how parameters, results and errors are translated, and the clients of the tasks."""
    StateTaskServiceAwsSdk._validate_service_integration_is_supported = check_resource
    StateTaskServiceAwsSdk._normalise_parameters = normalise_parameters
    StateTaskServiceAwsSdk._eval_service_task = eval_service_task
    StateTaskServiceAwsSdk._normalise_response = normalise_response
    StateTaskServiceAwsSdk._normalise_service_error_name = staticmethod(service_error_name)
    StateTaskServiceAwsSdk._normalise_exception_name = staticmethod(exception_name)
    ErrorEqualsDecl._eval_body = error_equals
    for name, module in list(sys.modules.items()):
        if name.startswith("moto.stepfunctions") and hasattr(module, "boto_client_for"):
            setattr(module, "boto_client_for", client_for)  # noqa: B010 - a module of any kind


def client_for(region: str, service: str, state_credentials: Any = None) -> BaseClient:
    """Return a client of this very server: one for each service and region, for all threads."""
    with _making:
        return _client(region, service)


@cache
def _client(region: str, service: str) -> BaseClient:
    client = boto3.client(
        service,
        region_name=region,
        endpoint_url=f"http://127.0.0.1:{os.environ['MOTO_PORT']}",
        aws_access_key_id=ACCESS_KEY_ID,
        aws_secret_access_key=SECRET_ACCESS_KEY,
        config=Config(
            parameter_validation=False,
            retries={"total_max_attempts": 1},
            read_timeout=None,  # a task ends by its own time-out
            max_pool_connections=50,
            proxies={},
        ),
    )
    client.meta.events.register("after-call", _give_request_id)
    return client


def _give_request_id(parsed: dict[str, Any], **_: Any) -> None:
    parsed.setdefault("ResponseMetadata", {}).setdefault("RequestId", str(uuid.uuid4()))


def check_resource(self: StateTaskServiceAwsSdk) -> None:
    """Refuse a machine that names a service or an action that AWS has not."""
    try:
        naming.operation(self.resource.api_name, self.resource.api_action)
    except ValueError as error:
        raise ValueError(
            f"The resource provided {self.resource.resource_arn} is not recognized: {error}"
        ) from error


def normalise_parameters(
    self: StateTaskServiceAwsSdk, parameters: dict[str, Any], *_: Any, **__: Any
) -> None:
    """Turn the machine's parameters into the API's. Raises ValueError for a name that is not AWS's."""
    shape = naming.operation(self.resource.api_name, self.resource.api_action).input_shape
    translated = to_api(parameters, shape) if shape else {}
    parameters.clear()
    parameters.update(translated)


def to_api(value: Any, shape: Shape) -> Any:
    """Return a value with the API's own names; what is to be a text and is not becomes JSON text."""
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        members = {naming.member(shape, name): one for name, one in value.items()}
        return {own: to_api(one, shape.members[own]) for own, one in members.items()}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [to_api(one, shape.member) for one in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: to_api(one, shape.value) for key, one in value.items()}
    if shape.type_name in {"string", "blob"} and not isinstance(value, str):
        return json.dumps(value, separators=(",", ":"))
    return value


def eval_service_task(
    self: StateTaskServiceAwsSdk,
    env: Environment,
    resource_runtime_part: ResourceRuntimePart,
    normalised_parameters: dict[str, Any],
    state_credentials: Any,
) -> None:
    """Call the API and push what it answers."""
    model = naming.operation(self.resource.api_name, self.resource.api_action)
    client = client_for(resource_runtime_part.region, model.service_model.service_name)
    answer = client._make_api_call(model.name, normalised_parameters)
    env.stack.append(from_api(answer, model.output_shape) if model.output_shape else {})


def normalise_response(self: StateTaskServiceAwsSdk, response: Any, *_: Any, **__: Any) -> None:
    """Leave the answer: it was translated when it came, or it is what a callback brought."""


def from_api(value: Any, shape: Shape) -> Any:
    """Return a value with Step Functions' names, of what JSON has."""
    if isinstance(shape, StructureShape):
        known = {own: one for own, one in value.items() if own in shape.members}
        return {naming.pascal(own): from_api(one, shape.members[own]) for own, one in known.items()}
    if isinstance(shape, ListShape):
        return [from_api(one, shape.member) for one in value]
    if isinstance(shape, MapShape):
        return {key: from_api(one, shape.value) for key, one in value.items()}
    if isinstance(value, dt.datetime):
        return _instant(value)
    if hasattr(value, "read"):  # a stream
        value = value.read()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _instant(when: dt.datetime) -> str:
    precision = "milliseconds" if when.microsecond else "seconds"
    return when.astimezone(dt.UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def service_error_name(service_name: str) -> str:
    """Return what the service's errors begin with."""
    return naming.prefix(naming.service(service_name))


def exception_name(norm_service_name: str, ex: ClientError) -> str:
    """Return the error's name for Retry and Catch."""
    return naming.error(naming.service(norm_service_name.lower()), ex.response["Error"].get("Code", ""))


def error_equals(self: ErrorEqualsDecl, env: Environment) -> None:
    """Say whether one of a retrier's or catcher's names matches the error."""
    failed = env.stack.pop().error_name
    names = {one.error_name for one in self.error_names}
    matches = (
        failed in names
        or ("States.ALL" in names and failed != "States.DataLimitExceeded")
        or ("States.TaskFailed" in names and failed not in {"States.Timeout", "States.DataLimitExceeded"})
    )
    env.stack.append(matches and failed != "States.Runtime")
