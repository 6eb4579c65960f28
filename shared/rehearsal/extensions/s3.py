"""S3 replication rules come back as they were put.

moto 5.2.5 answers `DeleteMarkerReplication = Disabled` and an empty filter whatever was put, and
leaves out source selection and replication time, which is drift.

AWS: API reference of GetBucketReplication, ReplicationRule.
"""

from __future__ import annotations

import copy
from typing import Any

from moto.core.responses import ActionResult
from moto.s3.exceptions import ReplicationConfigurationNotFoundError
from moto.s3.responses import S3Response

#: Numbers of a rule, which come out of the XML as text.
_NUMBERS = (
    ("Priority",),
    ("Destination", "ReplicationTime", "Time", "Minutes"),
    ("Destination", "Metrics", "EventThreshold", "Minutes"),
)


def install() -> None:
    """Replace GetBucketReplication."""
    S3Response.get_bucket_replication = get_bucket_replication


def get_bucket_replication(self: S3Response) -> Any:
    """Return the rules with everything that they were put with."""
    self.data["Action"] = "GetBucketReplication"
    stored = self.backend.get_bucket_replication(self.bucket_name)
    if not stored:
        raise ReplicationConfigurationNotFoundError(bucket_name=self.bucket_name)
    configuration = {"Role": stored["Role"], "Rules": [_rule(rule) for rule in stored["Rule"]]}
    return self.serialized(ActionResult({"ReplicationConfiguration": configuration}))


def _rule(stored: dict[str, Any]) -> dict[str, Any]:
    rule = copy.deepcopy(stored)
    rule["Filter"] = rule.get("Filter") or {"Prefix": ""}
    rule.setdefault("DeleteMarkerReplication", {"Status": "Disabled"})
    for *path, last in _NUMBERS:
        holder: Any = rule
        for key in path:
            holder = holder.get(key) or {}
        if last in holder:
            holder[last] = int(holder[last])
    return rule
