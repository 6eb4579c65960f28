"""RDS: a cluster that is made from a snapshot stands by itself, whatever its snapshot was taken of.

moto 5.2.5 makes the new cluster from everything that the old one is: a member of a global database has no
password, so its snapshot cannot be restored at all, and one that can would join the global database.

AWS: RestoreDBClusterFromSnapshot (API reference: user name and password are the snapshot's, the new cluster
is in no global database and has no instances).
"""

from __future__ import annotations

from typing import Any

from moto.rds.models import DBCluster, RDSBackend

_restore = RDSBackend.restore_db_cluster_from_snapshot

#: Attributes that lead to other clusters, with what they are where there is none.
_TIES: dict[str, Any] = {"global_cluster_identifier": None, "replication_source_identifier": None}


def install() -> None:
    """Wrap the model's restoration."""
    RDSBackend.restore_db_cluster_from_snapshot = restore_db_cluster_from_snapshot


def restore_db_cluster_from_snapshot(
    self: RDSBackend, from_snapshot_id: str, overrides: dict[str, Any]
) -> DBCluster:
    """Take out of the snapshot what would tie the new cluster to others, and restore it."""
    (snapshot, *_) = self.describe_db_cluster_snapshots(
        db_cluster_identifier=None, db_snapshot_identifier=from_snapshot_id
    )
    kept = snapshot.cluster.__dict__
    kept.update(_TIES)
    # nobody is told it, and nothing here asks for it
    kept.setdefault("_master_user_password", "of-the-global-database")
    return _restore(self, from_snapshot_id, overrides)
