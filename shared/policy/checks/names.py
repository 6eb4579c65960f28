"""Names, ids and tags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from shared.policy.model import Platform, Resource
from shared.policy.registry import Judged, check, complaints, unless
from shared.policy.values import blocks, is_expression, leaves, mapping
from shared.workspace import here

#: Arguments that name a resource in the account.
_NAMES = (
    "alarm_name",
    "bucket",
    "bucket_prefix",
    "cluster_identifier",
    "dashboard_name",
    "endpoint_id",
    "certificate_id",
    "function_name",
    "global_cluster_identifier",
    "identifier",
    "name",
    "name_prefix",
    "replication_instance_id",
    "replication_subnet_group_id",
    "replication_task_id",
    "resource_identifier",
    "set_identifier",
)
#: Names that DMS looks for; they belong to the account (docs/decisions/0024).
FIXED = {"dms-vpc-role", "dms-cloudwatch-logs-role"}
#: Names that are the domain's, or that live inside something that has a name.
_NOT_IN_THE_ACCOUNT = {
    ("aws_route53_record", "name"),
    ("aws_route53_zone", "name"),
    ("aws_iam_role_policy", "name"),
}
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_OWN_IDS = re.compile(r"\b(vpc|subnet|sg|rtb|pcx|eni|igw|nat|eipalloc|ami|vgw|tgw)-[0-9a-f]{8,17}\b")
_TAGS = {"EnvironmentSuffix", "ManagedBy", "Stack", "System"}


@check(
    "RS36",
    "Every name carries the environment's suffix",
    why="Two deployments in one account would take each other's resources over (requirements A12, C13)",
    remedy="Take the name from Naming.",
)
def suffixes(platform: Platform) -> Iterator[Judged]:
    """Look at every resource that is named by us."""
    for owner in platform.resources():
        named = [
            (name, owner.get(name))
            for name in _NAMES
            if isinstance(owner.get(name), str)
            and not is_expression(owner.get(name))
            and (owner.kind, name) not in _NOT_IN_THE_ACCOUNT
        ]
        if named:
            without = [
                f"{name} {value}"
                for name, value in named
                if platform.suffix not in value and value not in FIXED
            ]
            yield from complaints(owner, *(f"{each} has no {platform.suffix}" for each in without))


@check(
    "RS37",
    "No account and no id of another account's or a person's making is written into the code",
    why="A copied ARN reaches into an account that is not meant, and works until somebody looks "
    "(requirement B8)",
    remedy="Take the account from the settings and ids from other stacks' outputs.",
)
def no_ids(platform: Platform) -> Iterator[Judged]:
    """Look at every stack, and at the code that it was made from."""
    for stack in platform.stacks:
        foreign = {
            f"account {account} at {each.place}"
            for each in stack.resources
            for _, text in leaves(each.values)
            if isinstance(text, str)
            for account in _accounts(text)
            if account != platform.account_id
        }
        yield from complaints(stack, *sorted(foreign))
    for path in _code():
        text = path.source.read_text(encoding="utf-8")
        found = sorted({*_ACCOUNT.findall(text), *(each.group() for each in _OWN_IDS.finditer(text))})
        yield from complaints(path, *(f"{each} is written into it" for each in found))


def _accounts(text: str) -> list[str]:
    """Return the accounts of the ARNs in a text."""
    return re.findall(r"arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:(\d{12}):", text)


class _Source:
    """A file of code, as something that can be wrong."""

    def __init__(self, source: Path, root: Path) -> None:
        self.source = source
        self.place = str(source.relative_to(root))
        self.file = source


def _code() -> list[_Source]:
    root = here().root
    return [
        _Source(path, root)
        for folder in ("modules", "regions")
        for path in sorted((root / folder).rglob("*.py"))
    ]


@check(
    "RS39",
    "Everything that takes tags has the four that say whose it is",
    why="Who pays, who answers and what may be taken down is read from the tags; instances and "
    "volumes do not inherit a provider's (terraform-provider-aws, default_tags)",
    remedy="Let shared.stack make the provider, and modules/fleet.py the template and the group.",
)
def tags(platform: Platform) -> Iterator[Judged]:
    """Look at every resource through its provider, and at what a provider's tags do not reach."""
    for owner in platform.resources():
        if not owner.kind.startswith("aws_"):
            continue
        given = {
            key for block in blocks(owner.provider, "default_tags") for key in mapping(block.get("tags"))
        }
        lost = sorted(_TAGS - given)
        yield from complaints(
            owner, unless(not lost, f"its provider does not tag it with {', '.join(lost)}"), *_beyond(owner)
        )


def _beyond(owner: Resource) -> Iterator[str]:
    if owner.kind == "aws_launch_template":
        said = {
            str(each.get("resource_type")): set(mapping(each.get("tags")))
            for each in blocks(owner.values, "tag_specifications")
        }
        for kind in ("instance", "volume"):
            lost = sorted(_TAGS - said.get(kind, set()))
            if lost:
                yield f"an {kind} of it has no tag {', '.join(lost)}"
    if owner.kind == "aws_autoscaling_group":
        lost = sorted(_TAGS - {str(each.get("key")) for each in blocks(owner.values, "tag")})
        if lost:
            yield f"it has no tag {', '.join(lost)}"
