"""Secrets Manager: a replica is encrypted with the key that was named for its region.

moto 5.2.5 shows `alias/aws/secretsmanager` for every replica, which is drift on `replica.kms_key_id`.

AWS: API reference of ReplicateSecretToRegions (`ReplicaRegionType.KmsKeyId`).
"""

from __future__ import annotations

from typing import Any

from moto.secretsmanager.models import FakeSecret

_create_replicas = FakeSecret.create_replicas


def install() -> None:
    """Wrap the making of replicas."""
    FakeSecret.create_replicas = create_replicas


def create_replicas(self: FakeSecret, replica_regions: list[dict[str, str]], force_overwrite: bool) -> Any:
    """Keep the key of each replica."""
    replicas = _create_replicas(self, replica_regions, force_overwrite)
    for asked, replica in zip(replica_regions or [], replicas, strict=True):
        replica.config["KmsKeyId"] = asked.get("KmsKeyId") or replica.config["KmsKeyId"]
    return replicas
