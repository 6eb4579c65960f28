"""The table of intended exceptions of `invoke drift`, held against what the stacks leave alone."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from shared.deploy import owners
from shared.deploy.owners import ALONG, LANDING, MIGRATION, OWNED, RECOVERY, Owners
from tests.synthesized import Synthesis

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reports.md"
SYSTEMS = (MIGRATION, RECOVERY, LANDING)
#: A change in which nobody leaves a global cluster.
SAME: tuple[dict[str, Any], dict[str, Any]] = ({}, {})


def stacks(systems: list[Synthesis]) -> list[tuple[Owners, Synthesis]]:
    """The owners in each stack, as they are read from its JSON."""
    return [
        (owners.in_stack(synthesis.manifest.system, document.content), synthesis)
        for synthesis in systems
        for document in synthesis.documents.values()
    ]


def ignored(systems: list[Synthesis]) -> set[tuple[str, str, str]]:
    """System, type and argument of everything under `ignore_changes`."""
    return {
        (found.system, address.partition(".")[0], attribute)
        for found, _ in stacks(systems)
        for address, attribute in found.ignored
    }


def test_every_argument_that_terraform_leaves_alone_has_an_owner_and_nothing_else_has(
    systems: list[Synthesis],
) -> None:
    table = {(system, one.type, one.attribute) for one in OWNED for system in one.systems}

    assert ignored(systems) == table


def test_the_json_is_read_whole(systems: list[Synthesis]) -> None:
    """The reader misses no block: as many are under `ignore_changes` as a look at every resource finds."""
    counted = sum(
        len(block.get("lifecycle", {}).get("ignore_changes", ()))
        for synthesis in systems
        for *_, block in synthesis.resources()
    )

    assert sum(len(found.ignored) for found, _ in stacks(systems)) == counted > 0


def test_an_argument_is_in_the_table_once() -> None:
    entries = Counter(
        (system, one.type, one.attribute) for one in chain(OWNED, ALONG) for system in one.systems
    )

    assert [entry for entry, times in entries.items() if times > 1] == []


def test_what_changes_along_is_of_types_that_the_system_has(systems: list[Synthesis]) -> None:
    types = {
        (synthesis.manifest.system, kind) for synthesis in systems for _, kind, _, _ in synthesis.resources()
    }

    assert {(system, one.type) for one in ALONG for system in one.systems} <= types


@pytest.mark.parametrize("one", [*OWNED, *ALONG], ids=lambda one: f"{one.type}.{one.attribute}")
def test_every_entry_names_an_operation_and_a_reason_in_a_known_system(one: owners.Owned) -> None:
    assert one.owner.operation
    assert one.owner.reason
    assert set(one.systems) <= set(SYSTEMS)


def test_an_argument_is_its_owners_only_where_the_stack_leaves_it_alone() -> None:
    left = {"lifecycle": {"ignore_changes": ["engine_version"]}}
    found = owners.in_stack(
        MIGRATION,
        {"resource": {"aws_rds_global_cluster": {"adopted": left, "made": {"lifecycle": {}}, "plain": {}}}},
    )
    kind, attribute = "aws_rds_global_cluster", "engine_version"

    owner = found.of(f"{kind}.adopted", kind, attribute, SAME)
    assert owner
    assert "upgrade" in owner.operation
    assert found.of(f"{kind}.adopted[0]", kind, attribute, SAME) is owner
    # the next apply would put these back
    assert found.of(f"{kind}.made", kind, attribute, SAME) is None
    assert found.of(f"{kind}.plain", kind, attribute, SAME) is None


def test_what_the_provider_only_reads_goes_along_wherever_it_is() -> None:
    found = owners.in_stack(LANDING, {})

    assert found.of("aws_dms_replication_task.forward", "aws_dms_replication_task", "status", SAME)
    assert (
        found.of("aws_dms_replication_task.forward", "aws_dms_replication_task", "table_mappings", SAME)
        is None
    )


def test_an_attribute_has_another_owner_in_another_system() -> None:
    record = {
        "resource": {
            "aws_route53_record": {"w": {"lifecycle": {"ignore_changes": ["weighted_routing_policy"]}}}
        }
    }
    names = {
        system: owner.operation
        for system in SYSTEMS
        if (
            owner := owners.in_stack(system, record).of(
                "aws_route53_record.w", "aws_route53_record", "weighted_routing_policy", SAME
            )
        )
    }

    assert names == {MIGRATION: "invoke migrate.*", LANDING: "invoke cutover.*"}


SOURCE, TARGET = (
    f"arn:aws:rds:{region}:123456789012:cluster:aurora" for region in ("us-east-1", "eu-west-1")
)
MOVED = {
    "resource": {
        "aws_rds_cluster": {"main": {"lifecycle": {"ignore_changes": ["global_cluster_identifier"]}}},
    },
    "provider": {"aws": [{"alias": "there", "region": "eu-west-1"}, {"region": "us-east-1"}]},
}
#: Beside the cluster that the migration leaves, the global cluster.
HOME = {**MOVED, "resource": {**MOVED["resource"], "aws_rds_global_cluster": {"main": {}}}}


def membership(system: str, stack: dict[str, Any], name: str, arn: str = SOURCE) -> bool:
    """Whether it is an operation's that a cluster of the stack is in this global cluster."""
    kind, attribute = "aws_rds_cluster", "global_cluster_identifier"
    change = ({"arn": arn, attribute: "global-1"}, {"arn": arn, attribute: name})
    return owners.in_stack(system, stack).of(f"{kind}.main", kind, attribute, change) is not None


def members(system: str, *arns: str) -> bool:
    """Whether it is an operation's that these are left of a global cluster of two."""
    kind, attribute = "aws_rds_global_cluster", "global_cluster_members"
    before, after = (
        {attribute: [{"db_cluster_arn": arn} for arn in side]} for side in ((SOURCE, TARGET), arns)
    )
    return owners.in_stack(system, HOME).of(f"{kind}.main", kind, attribute, (before, after)) is not None


@pytest.mark.parametrize("system", [MIGRATION, RECOVERY])
def test_a_cluster_that_was_taken_out_of_its_global_cluster_by_hand_is_nobodys(system: str) -> None:
    assert membership(system, MOVED, "global-2")
    assert not membership(system, MOVED, "")
    assert not members(system, SOURCE)


@pytest.mark.parametrize("system", [MIGRATION, RECOVERY])
def test_who_is_in_the_global_cluster_may_change_places_and_be_joined(system: str) -> None:
    assert members(system, TARGET, SOURCE)
    assert members(system, SOURCE, TARGET, SOURCE.replace("aurora", "third"))


def test_only_the_end_of_a_migration_takes_its_source_out() -> None:
    assert membership(MIGRATION, HOME, "")
    assert members(MIGRATION, TARGET)
    assert not members(MIGRATION)
    assert not membership(RECOVERY, HOME, "")
    assert not members(RECOVERY, TARGET)


def test_the_migrations_source_is_the_one_that_the_stacks_have(systems: list[Synthesis]) -> None:
    found = {
        (synthesis.manifest.system, address, one.leaves)
        for synthesis in systems
        for address, document in synthesis.documents.items()
        if (one := owners.in_stack(synthesis.manifest.system, document.content)).leaves
    }

    assert found == {(MIGRATION, "us-east-1/database", "us-east-1")}


def documented() -> str:
    """The table as docs/reports.md has it."""
    rows: dict[tuple[str, str, str, str], list[str]] = {}
    for one in (*OWNED, *ALONG):
        systems = "all" if set(one.systems) == set(SYSTEMS) else ", ".join(one.systems)
        rows.setdefault((one.type, systems, one.owner.operation, one.owner.reason), []).append(one.attribute)
    lines = ["| resource | attributes | moved by | why | system |", "|---|---|---|---|---|"]
    for (kind, systems, operation, reason), attributes in rows.items():
        names = ", ".join(f"`{attribute}`" for attribute in attributes)
        lines.append(f"| `{kind}` | {names} | {operation} | {reason} | {systems} |")
    return "\n".join(lines) + "\n"


def test_the_documented_table_is_the_codes() -> None:
    assert documented() in PAGE.read_text(encoding="utf-8")
