"""Protection: all of a platform can be taken down, or none of it."""

from __future__ import annotations

from collections.abc import Iterator

from shared.policy.model import Platform, Resource
from shared.policy.registry import Judged, check, complaints
from shared.policy.values import number, on

#: Type -> the arguments that decide whether it can be taken down with what is in it.
_GUARDS = {
    "aws_rds_cluster": ("deletion_protection", "skip_final_snapshot"),
    "aws_rds_global_cluster": ("deletion_protection", "force_destroy"),
    "aws_lb": ("enable_deletion_protection",),
    "aws_s3_bucket": ("force_destroy",),
    "aws_route53_zone": ("force_destroy",),
    "aws_kms_key": ("deletion_window_in_days",),
    "aws_dynamodb_table": ("deletion_protection_enabled",),
    "aws_backup_vault": ("force_destroy",),
}
_PROTECTS = {"deletion_protection", "enable_deletion_protection", "deletion_protection_enabled"}
_SHORT, _LONG = 7, 30


@check(
    "RS38",
    "The whole platform is destroyable, or the whole of it is protected",
    why="A stack that mixes them is not taken down by `invoke teardown`, or loses a ledger to it "
    "(docs/architecture.md, protection)",
    remedy="Take the argument from the environment's `protection`.",
)
def profile(platform: Platform) -> Iterator[Judged]:
    """Look at everything that can be guarded against being destroyed."""
    wanted = platform.protection == "production"
    for owner in platform.of(*_GUARDS):
        said = [_fault(owner, name, guarded=wanted) for name in _GUARDS[owner.kind]]
        yield from complaints(owner, *said)


def _fault(owner: Resource, name: str, *, guarded: bool) -> str:
    """Return what is wrong with an argument; a window of days is the guard of a key."""
    value = owner.get(name)
    profile_ = "production" if guarded else "destroyable"
    if name == "deletion_window_in_days":
        right = number(value) == (_LONG if guarded else _SHORT)
    elif name in _PROTECTS:
        right = on(value) is guarded
    else:
        right = on(value) is not guarded
    return "" if right else f"{name} is {'missing' if value is None else value} under protection = {profile_}"
