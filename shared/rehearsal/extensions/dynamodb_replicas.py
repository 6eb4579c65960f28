"""DynamoDB: a table has replicas in other regions.

moto 5.2.5 ignores `ReplicaUpdates`: the provider then waits half an hour for a replica that never comes.
Here a replica is a table of its own in its region, with the same keys and stream, its own key, tags
and backups. What is put into one is not in the other: that is another extension's business.

AWS: API reference of UpdateTable (`ReplicaUpdates`: one at a time), DescribeTable (`Replicas`: the
other regions; `GlobalTableVersion`), global tables version 2019.11.21.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler, DynamoResult

from shared.rehearsal.extensions.faults import Fault

_describe = Table.describe
_update_table = DynamoHandler.update_table

VERSION = "2019.11.21"


def install() -> None:
    """Wrap the description and the change of a table."""
    Table.describe = describe
    DynamoHandler.update_table = update_table


def _members(table: Table) -> dict[str, Table]:
    """Return region -> table of the whole family; one dictionary that all of them hold."""
    if "members" not in vars(table):
        table.members = {table.region_name: table}
    members: dict[str, Table] = table.members
    return members


def describe(self: Table, base_key: str = "TableDescription") -> dict[str, Any]:
    """Describe a table with its replicas in other regions."""
    answer: dict[str, Any] = _describe(self, base_key)
    others = [region for region in sorted(_members(self)) if region != self.region_name]
    if others:
        answer[base_key]["GlobalTableVersion"] = VERSION
        answer[base_key]["Replicas"] = [
            {"RegionName": region, "ReplicaStatus": "ACTIVE"} for region in others
        ]
    return answer


def update_table(self: DynamoHandler) -> ActionResult:
    """Make or take away a replica; every other change is moto's."""
    updates = self.body.get("ReplicaUpdates")
    if not updates:
        return _update_table(self)
    if len(updates) != 1:
        raise Fault("ValidationException", "Only one replica can be changed at a time")
    table = self.dynamodb_backend.get_table(self.body["TableName"])
    ((change, wanted),) = updates[0].items()
    backend = dynamodb_backends[self.current_account][wanted["RegionName"]]
    if change == "Create":
        _create(table, backend, wanted)
    elif change == "Delete":
        _delete(table, backend, wanted["RegionName"])
    else:
        raise Fault("ValidationException", f"the embedded AWS cannot {change} a replica")
    return DynamoResult(table.describe())


def _create(table: Table, backend: DynamoDBBackend, wanted: dict[str, Any]) -> None:
    region = wanted["RegionName"]
    if region in _members(table):
        raise Fault("ValidationException", f"a replica of {table.name} already exists in {region}")
    if not (table.stream_specification or {}).get("StreamEnabled"):
        raise Fault("ValidationException", "a table with replicas needs a stream with new and old images")
    replica = copy.copy(table)
    replica.region_name = region
    replica.table_arn = table.table_arn.replace(f":{table.region_name}:", f":{region}:")
    replica.items, replica.tags = defaultdict(dict), []
    replica.deletion_protection_enabled = False
    replica.continuous_backups = copy.deepcopy(table.continuous_backups)
    replica.continuous_backups["PointInTimeRecoveryDescription"] = {"PointInTimeRecoveryStatus": "DISABLED"}
    if table.sse_specification:
        replica.sse_specification = {
            **table.sse_specification,
            # AWS asks for a key of each replica's region when the table has one that is not AWS's
            "KMSMasterKeyId": wanted["KMSMasterKeyId"],
        }
    replica.set_stream_specification(table.stream_specification)
    backend.tables[table.name] = replica
    _members(table)[region] = replica


def _delete(table: Table, backend: DynamoDBBackend, region: str) -> None:
    if region not in _members(table) or region == table.region_name:
        raise Fault("ReplicaNotFoundException", f"there is no replica of {table.name} in {region}")
    backend.tables.pop(table.name, None)
    del _members(table)[region]
