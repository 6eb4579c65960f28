"""S3: one version of an object is deleted, also when the bucket's versioning was suspended.

moto 5.2.5 forgets every version then, whichever was asked for, and fails for an object that has a delete
marker. Terraform suspends the versioning of a bucket before it empties it, version by version.

AWS: S3 user guide, "Deleting objects from versioning-suspended buckets" (a DELETE that names a version
deletes it). A DELETE without a version in such a bucket is still moto's. Locks need no look: versioning
cannot be suspended where there are any.
"""

from __future__ import annotations

from typing import Any

from moto.s3.models import S3Backend

_delete_object = S3Backend.delete_object


def install() -> None:
    """Wrap the deletion."""
    S3Backend.delete_object = delete_object


def delete_object(
    self: S3Backend, bucket_name: str, key_name: str, version_id: str | None = None, bypass: bool = False
) -> tuple[bool, dict[str, Any]]:
    """Delete an object or a version; say whether it was there, and what the headers say."""
    bucket = self.get_bucket(bucket_name)
    if version_id is None or bucket.versioning_status != "Suspended":
        answer: tuple[bool, dict[str, Any]] = _delete_object(self, bucket_name, key_name, version_id, bypass)
        return answer
    versions = bucket.keys.getlist(key_name, [])
    gone = [one for one in versions if str(one.version_id) == str(version_id)]
    if versions:
        bucket.keys.setlist(key_name, [one for one in versions if one not in gone])
        if not bucket.keys.getlist(key_name):
            bucket.keys.pop(key_name)
    return bool(gone), {"version-id": version_id} if gone else {}
