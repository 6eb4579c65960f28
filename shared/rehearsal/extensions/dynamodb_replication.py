"""DynamoDB global tables: what is written to one replica reaches the others, the last writer wins.

moto 5.2.5 has no replicas (see `dynamodb_replicas`). Here every write is sent on to the other replicas
after a moment. While a region is lost what it did not send or get yet waits until it is back. A write
that is older than what a replica has is dropped there, so all come to hold the same, and a conditional
write in one region knows nothing of one that is on its way from another: both succeed, one is lost.

AWS: "How DynamoDB global tables work" (multi-Region eventual consistency: usually within a second; last
writer wins by item; conditions are evaluated in one region; a region that is isolated catches up). Items
that a transaction writes arrive one by one.

    POST /moto-api/regionshift/replication {"held": true}    what is written stays in its region, for now
    GET                                                      {"held": true, "under_way": 3}
    DELETE                                                   it goes on
"""

from __future__ import annotations

import copy
import threading
import time
from dataclasses import dataclass
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.moto_api._internal.models import MotoAPIBackend

from shared.rehearsal.extensions import clocks, controls
from shared.rehearsal.extensions.dynamodb_replicas import group_of, others
from shared.rehearsal.extensions.outages import OUTAGES

_put_item = DynamoDBBackend.put_item
_update_item = DynamoDBBackend.update_item
_delete_item = DynamoDBBackend.delete_item
_transact_write_items = DynamoDBBackend.transact_write_items

#: How long a write takes to the other regions, in seconds; AWS says "usually within a second".
DELAY = 0.3
_LOOK_SECONDS = 0.05
#: On a table: key -> stamp of the write that it has.
_STAMPS = "replica_stamps"

Key = tuple[DynamoType, DynamoType | None]


@dataclass(frozen=True, kw_only=True)
class Write:
    """One write on its way to one replica."""

    due: float
    """When it arrives, on the monotonic clock."""
    stamp: tuple[int, str]
    """When it was made, and where: the higher one wins."""
    source: str
    target: Table
    key: Key
    item: Item | None
    """What the item is after it; None when it is deleted."""


_LOCK = threading.RLock()
_UNDER_WAY: list[Write] = []
#: Set while nothing arrives.
_HELD = threading.Event()
#: Writes of a transaction are sent on when all of it was done.
_TRANSACTION = threading.local()


def install() -> None:
    """Wrap the writes, start what carries them, serve the control."""
    before = MotoAPIBackend.reset  # others wrapped it

    def reset(self: MotoAPIBackend) -> None:
        with _LOCK:
            _UNDER_WAY.clear()
            _HELD.clear()
        before(self)

    MotoAPIBackend.reset = reset
    DynamoDBBackend.put_item = put_item
    DynamoDBBackend.update_item = update_item
    DynamoDBBackend.delete_item = delete_item
    DynamoDBBackend.transact_write_items = transact_write_items
    clocks.start("replication", _LOOK_SECONDS, carry)
    controls.add("replication", control)


def control(method: str, document: dict[str, Any]) -> dict[str, Any]:
    """Hold the replication, let it go on, say how it is. ValueError for a document that says neither."""
    held = document.get("held")
    if method == "POST" and not isinstance(held, bool):
        raise ValueError(f"held has to be true or false, not {held!r}")
    if method == "POST" and held:
        _HELD.set()
    elif method != "GET":
        _HELD.clear()
    with _LOCK:
        return {"held": _HELD.is_set(), "under_way": len(_UNDER_WAY)}


def put_item(
    self: DynamoDBBackend, table_name: str, item_attrs: dict[str, Any], *args: Any, **kw: Any
) -> Item:
    """Put an item and send it on."""
    with _LOCK:
        item = _put_item(self, table_name, item_attrs, *args, **kw)
        _send(self, table_name, item_attrs)
    return item


def update_item(self: DynamoDBBackend, table_name: str, key: dict[str, Any], *args: Any, **kw: Any) -> Item:
    """Change an item and send on what it is now."""
    with _LOCK:
        item = _update_item(self, table_name, key, *args, **kw)
        _send(self, table_name, key)
    return item


def delete_item(
    self: DynamoDBBackend, table_name: str, key: dict[str, Any], *args: Any, **kw: Any
) -> Item | None:
    """Delete an item and send that on."""
    with _LOCK:
        item: Item | None = _delete_item(self, table_name, key, *args, **kw)
        _send(self, table_name, key)
    return item


def transact_write_items(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    """Write all or nothing, and send it on in the first case only."""
    with _LOCK:
        before = {name: table for name, table in self.tables.items() if group_of(table)}
        keys: list[tuple[str, dict[str, Any]]] = []
        _TRANSACTION.keys = keys
        try:
            _transact_write_items(self, transact_items)
        finally:
            del _TRANSACTION.keys
            for name, table in before.items():
                _keep(self, name, table)
        for name, key in keys:
            _send(self, name, key)


def _keep(backend: DynamoDBBackend, name: str, table: Table) -> None:
    """Keep the table that the others know: moto takes a transaction back by a copy in its place."""
    copied = backend.tables[name]
    if copied is not table:
        table.items, table.stream_shard = copied.items, copied.stream_shard
        table.stream_shard.table = table
        backend.tables[name] = table


def _send(backend: DynamoDBBackend, name: str, attributes: dict[str, Any]) -> None:
    table = backend.get_table(name)
    if not others(table):
        return
    if hasattr(_TRANSACTION, "keys"):
        _TRANSACTION.keys.append((name, attributes))
        return
    key: Key = backend.get_keys_value(table, attributes)
    stamp = (time.time_ns(), table.region_name)
    _stamps(table)[key] = stamp
    item = copy.deepcopy(table.get_item(*key))
    _UNDER_WAY.extend(
        Write(
            due=time.monotonic() + DELAY,
            stamp=stamp,
            source=table.region_name,
            target=target,
            key=key,
            item=item,
        )
        for target in others(table).values()
    )


def _stamps(table: Table) -> dict[Key, tuple[int, str]]:
    stamps: dict[Key, tuple[int, str]] = table.__dict__.setdefault(_STAMPS, {})
    return stamps


def carry(now: float) -> None:
    """Let every write arrive that is due and whose two regions are there, unless all are held."""
    with _LOCK:
        if _HELD.is_set():
            return
        for write in list(_UNDER_WAY):
            lost = OUTAGES.dead(write.source) or OUTAGES.dead(write.target.region_name)
            if write.due <= now and not lost:
                _UNDER_WAY.remove(write)
                _arrive(write)


def _arrive(write: Write) -> None:
    table = write.target
    if write.stamp <= _stamps(table).get(write.key, (0, "")):
        return
    _stamps(table)[write.key] = write.stamp
    if write.item is None:
        table.delete_item(*write.key)
    else:
        table.put_item(write.item.to_json()["Attributes"], overwrite=True)
