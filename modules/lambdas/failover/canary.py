"""The canary: one row written to the new writer and read back, by the application's own login."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from botocore.exceptions import ClientError

from .aws import client
from .configuration import Configuration
from .errors import FailoverError, calling
from .topology import described

INSERT = "INSERT INTO regionshift_canary (execution, written_at) VALUES (:execution, :written_at)"
SELECT = "SELECT written_at FROM regionshift_canary WHERE execution = :execution AND written_at = :written_at"
#: With a key, because a server may refuse tables without one (`sql_require_primary_key`).
CREATE = (
    "CREATE TABLE IF NOT EXISTS regionshift_canary (execution VARCHAR(512) NOT NULL, "
    "written_at VARCHAR(32) NOT NULL, PRIMARY KEY (execution, written_at))"
)
#: MySQL's error 1146, as the Data API passes it on.
_NO_TABLE = "doesn't exist"

Parameters = list[dict[str, Any]]


def canary(configuration: Configuration, region: str, execution: str) -> dict[str, Any]:
    """Write a row for the execution to the region's cluster, which has to be the writer, and read it back.

    Returns how long that took, or that there is no Data API to do it with. FailoverError when it was not
    written, or is not there afterwards.
    """
    if region not in configuration.regions:
        raise FailoverError(f"region is {region!r}, which is none of {', '.join(configuration.regions)}")
    if not configuration.data_api:
        return {"written": False, "reason": "RDS Data API is switched off in the settings"}
    began = monotonic()
    cluster = described(configuration, only=configuration.away).member(region).cluster_arn
    login = calling(
        "secretsmanager:DescribeSecret",
        region,
        lambda: client("secretsmanager", region).describe_secret(SecretId=configuration.secret),
    )
    asked = {"resourceArn": cluster, "secretArn": login["ARN"], "database": configuration.database}
    row = _row(execution)
    calling("rds-data:ExecuteStatement", region, lambda: _insert(region, asked, row))
    answer = calling("rds-data:ExecuteStatement", region, lambda: _run(region, asked, SELECT, row))
    if not answer.get("records"):
        raise FailoverError(f"a row was written to {cluster}, but it is not there afterwards")
    return {"written": True, "seconds": round(monotonic() - began, 3)}


def _row(execution: str) -> Parameters:
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return [
        {"name": "execution", "value": {"stringValue": execution}},
        {"name": "written_at", "value": {"stringValue": now}},
    ]


def _insert(region: str, asked: Mapping[str, str], row: Parameters) -> None:
    try:
        _run(region, asked, INSERT, row)
    except ClientError as error:
        if _NO_TABLE not in str(error):
            raise
        _run(region, asked, CREATE, [])
        _run(region, asked, INSERT, row)


def _run(region: str, asked: Mapping[str, str], sql: str, parameters: Parameters) -> dict[str, Any]:
    data = client("rds-data", region)
    return dict(data.execute_statement(**asked, sql=sql, parameters=parameters))
