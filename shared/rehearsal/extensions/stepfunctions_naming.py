"""How Step Functions writes the names of the AWS APIs. Used by `stepfunctions_integrations`.

AWS: Step Functions developer guide, "Learning to use AWS service SDK integrations": parameters and
results are in Pascal case whatever the API's own case is, and the name of a service, of an action
and of an error is that of the AWS SDK for Java 2.x. How that SDK makes its names is public in its
code generator (`CodegenNamingUtils`, `DefaultNamingStrategy`): words are split, each begins with a
capital and goes on in small letters; `Fault` at the end of an error gives way to `Exception`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import botocore.session
from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel, ServiceModel

#: The services whose name in botocore is another one.
_BOTOCORE = {
    "applicationautoscaling": "application-autoscaling",
    "cloudwatchlogs": "logs",
    "databasemigration": "dms",
    "elasticloadbalancingv2": "elbv2",
    "eventbridge": "events",
    "rdsdata": "rds-data",
    "sfn": "stepfunctions",
}

#: Where a new word begins: `DBClusterId`, `Ec2Instance`, `S3Bucket`.
_WORDS = (
    (re.compile(r"[^A-Za-z0-9]+"), " "),
    (re.compile(r"([^a-z]{2,})v([0-9]+)"), r"\1 v\2 "),
    (re.compile(r"(?<=[a-z])(?=[A-Z][a-zA-Z0-9])"), " "),
    (re.compile(r"([A-Z]+)([A-Z][a-z])"), r"\1 \2"),
    (re.compile(r"([0-9])([a-zA-Z])"), r"\1 \2"),
)


@cache
def pascal(name: str) -> str:
    """Return a name as the integrations write it: `DBClusterIdentifier` is `DbClusterIdentifier`."""
    for pattern, replacement in _WORDS:
        name = pattern.sub(replacement, name)
    return "".join(word.capitalize() for word in name.split())


@cache
def service(name: str) -> ServiceModel:
    """Return the model of the service with this name in an ARN. Raises ValueError when there is none."""
    try:
        model = botocore.session.get_session().get_service_model(_BOTOCORE.get(name, name))
    except UnknownServiceError:
        model = None
    if model is None or prefix(model).lower() != name:
        raise ValueError(f"there is no service {name}")
    return model


def prefix(model: ServiceModel) -> str:
    """Return what the names of the service's errors begin with: `Rds`, `Route53`, `DynamoDb`."""
    name = str(model.metadata["serviceId"]).removeprefix("Amazon").removeprefix("AWS")
    return pascal(name.strip().removesuffix("Service"))


@cache
def operation(service_name: str, action: str) -> OperationModel:
    """Return the model of an action such as `describeDBClusters`. Raises ValueError when there is none."""
    model = service(service_name)
    name = action[:1].upper() + action[1:]
    if action == name or name not in model.operation_names:
        raise ValueError(f"the service {service_name} has no action {action}")
    return model.operation_model(name)


def error(model: ServiceModel, code: str) -> str:
    """Return the name by which Retry and Catch know an API's error."""
    shape = model.shape_for_error_code(code) if code else None
    if shape is None:  # an error that the API's model does not have
        return f"{prefix(model)}.{prefix(model)}Exception"
    name = pascal(shape.name.removesuffix("Fault"))
    return f"{prefix(model)}.{name.removesuffix('Exception')}Exception"


def member(shape: Any, name: str) -> str:
    """Return the API's own name of a parameter. Raises ValueError for one that is not written so."""
    for own in shape.members:
        if pascal(own) == name:
            return str(own)
    raise ValueError(f"The field '{name}' is not supported by Step Functions")
