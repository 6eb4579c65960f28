"""What CloudWatch is told of the requests to a Lambda function URL. Used by `function_urls`.

AWS: Lambda developer guide, "Monitoring Lambda function URLs" (namespace AWS/Lambda; `UrlRequestCount`,
`Url4xxCount`, `Url5xxCount`, `UrlRequestLatency` in milliseconds; by `FunctionName`). A count of answers that
were not given is left out, here; `Resource` and `ExecutedVersion` are not emulated.
"""

from __future__ import annotations

from moto.awslambda.models import LambdaFunction
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import utcnow

#: The first digit of a status -> what counts it.
_COUNTS = {4: "Url4xxCount", 5: "Url5xxCount"}


def count(function: LambdaFunction, status: int, seconds: float) -> None:
    """Tell one request, how it was answered and how long that took."""
    values = {"UrlRequestCount": (1.0, "Count"), "UrlRequestLatency": (seconds * 1000, "Milliseconds")}
    if status // 100 in _COUNTS:
        values[_COUNTS[status // 100]] = (1.0, "Count")
    cloudwatch_backends[function.account_id][function.region].put_metric_data(
        "AWS/Lambda",
        [
            {
                "MetricName": name,
                "Dimensions": [{"Name": "FunctionName", "Value": function.function_name}],
                "Value": value,
                "Unit": unit,
                "Timestamp": utcnow(),
            }
            for name, (value, unit) in values.items()
        ],
    )
