"""DynamoDB global tables (2019.11.21): replicas are made, described and taken away by UpdateTable.

moto 5.2.5 ignores `ReplicaUpdates`: the provider waits for its replica until it gives up. What is written
to one replica reaches the others in `dynamodb_replication`.

AWS: API reference of UpdateTable (`ReplicaUpdates`: one replica a call), DescribeTable (`Replicas` are all
the others, `GlobalTableVersion`); "Global tables: requirements" (a stream with new and old images; the
same keys and indexes everywhere); "Encryption" (a customer key has to be given for each replica when the
table has one). Changes of indexes, billing mode and time to live are made in every replica.
"""

from __future__ import annotations

import copy
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler, DynamoResult

from shared.rehearsal.extensions.faults import Fault

_describe = Table.describe
_update_table_response = DynamoHandler.update_table
_update_table = DynamoDBBackend.update_table
_update_time_to_live = DynamoDBBackend.update_time_to_live
_delete_table = DynamoDBBackend.delete_table

VERSION = "2019.11.21"
#: On a table: its group, which every member has.
_GROUP = "replica_group"
_IMAGES = "NEW_AND_OLD_IMAGES"
#: What is the same in every replica.
_SHARED = ("attr", "billing_mode", "throughput", "warm_throughput")


class Group(dict[str, Table]):
    """Region -> replica; empty when there is only one. A copy of a table is in the table's own group."""

    def __deepcopy__(self, _memo: dict[int, Any]) -> Group:
        return self


def install() -> None:
    """Wrap the describing and the changing of tables."""
    Table.describe = describe
    DynamoHandler.update_table = update_table_response
    DynamoDBBackend.update_table = update_table
    DynamoDBBackend.update_time_to_live = update_time_to_live
    DynamoDBBackend.delete_table = delete_table


def group_of(table: Table) -> Group:
    """Return region -> replica, the table itself too; nothing when it has no replica."""
    found: Group = table.__dict__.get(_GROUP) or Group()
    return found


def others(table: Table) -> dict[str, Table]:
    """Return the other replicas by region."""
    return {region: one for region, one in group_of(table).items() if region != table.region_name}


def describe(self: Table, base_key: str = "TableDescription") -> dict[str, Any]:
    """Describe a table with its replicas in other regions."""
    described: dict[str, Any] = _describe(self, base_key)
    replicas = [_replica(one) for _, one in sorted(others(self).items())]
    if replicas:
        described[base_key] |= {"Replicas": replicas, "GlobalTableVersion": VERSION}
    return described


def _replica(table: Table) -> dict[str, Any]:
    key = (table.sse_specification or {}).get("KMSMasterKeyId")
    return {
        "RegionName": table.region_name,
        "ReplicaStatus": "ACTIVE",
        **({"KMSMasterKeyId": key} if key else {}),
    }


def update_table_response(self: DynamoHandler) -> ActionResult:
    """Make, change or take away a replica; everything else is moto's."""
    updates = self.body.get("ReplicaUpdates")
    if not updates:
        return _update_table_response(self)
    table = self.dynamodb_backend.get_table(self.body["TableName"])
    if len(updates) > 1:
        raise Fault("ValidationException", "A request can create, update or delete one replica only")
    [(action, wanted)] = updates[0].items()
    {"Create": _create, "Update": _change, "Delete": _take_away}[action](table, wanted)
    return DynamoResult(table.describe())


def _create(table: Table, wanted: dict[str, Any]) -> None:
    region, group = wanted["RegionName"], group_of(table) or Group({table.region_name: table})
    backend = dynamodb_backends[table.account_id][region]
    if region in group or table.name in backend.tables:
        raise Fault("ValidationException", f"There is a table {table.name} in {region} already")
    if (table.stream_specification or {}).get("StreamViewType") != _IMAGES:
        raise Fault("ValidationException", f"A global table needs a stream with {_IMAGES}")
    encrypted = table.sse_specification
    if encrypted and not wanted.get("KMSMasterKeyId"):
        raise Fault(
            "ValidationException",
            "One or more parameter values were invalid: KMSMasterKeyId must be specified for each replica.",
        )
    replica = Table(
        table.name,
        account_id=table.account_id,
        region=region,
        schema=table.schema,
        attr=table.attr,
        streams={"StreamEnabled": True, "StreamViewType": _IMAGES},
        billing_mode=table.billing_mode,
        sse_specification={**encrypted, "KMSMasterKeyId": wanted["KMSMasterKeyId"]} if encrypted else None,
    )
    for name in (*_SHARED, "indexes", "global_indexes", "ttl"):
        setattr(replica, name, copy.deepcopy(getattr(table, name)))
    replica.items = copy.deepcopy(table.items)
    backend.tables[table.name] = replica
    group[region] = replica
    for member in group.values():
        setattr(member, _GROUP, group)


def _found(table: Table, region: str) -> Table:
    if region not in others(table):
        raise Fault("ReplicaNotFoundException", f"There is no replica of {table.name} in {region}")
    return others(table)[region]


def _change(table: Table, wanted: dict[str, Any]) -> None:
    replica = _found(table, wanted["RegionName"])
    key = wanted.get("KMSMasterKeyId")
    if key:
        replica.sse_specification = {
            **(replica.sse_specification or {"Enabled": True}),
            "KMSMasterKeyId": key,
        }


def _take_away(table: Table, wanted: dict[str, Any]) -> None:
    replica = _found(table, wanted["RegionName"])
    _leave(replica)
    del dynamodb_backends[table.account_id][replica.region_name].tables[replica.name]


def _leave(table: Table) -> None:
    group = group_of(table)
    group.pop(table.region_name, None)
    if len(group) == 1:
        group.clear()


def update_table(self: DynamoDBBackend, name: str, *args: Any, **kwargs: Any) -> Table:
    """Change a table, and its replicas where they have to be the same."""
    table = _update_table(self, name, *args, **kwargs)
    for replica in others(table).values():
        for attribute in _SHARED:
            setattr(replica, attribute, copy.deepcopy(getattr(table, attribute)))
        replica.global_indexes = copy.deepcopy(table.global_indexes)
    return table


def update_time_to_live(self: DynamoDBBackend, table_name: str, ttl_spec: dict[str, Any]) -> None:
    """Change the time to live in every replica."""
    _update_time_to_live(self, table_name, ttl_spec)
    table = self.get_table(table_name)
    for replica in others(table).values():
        replica.ttl = copy.deepcopy(table.ttl)


def delete_table(self: DynamoDBBackend, name: str) -> Table:
    """Delete a table; its replicas stay, without it."""
    deleted = _delete_table(self, name)
    _leave(deleted)
    return deleted
