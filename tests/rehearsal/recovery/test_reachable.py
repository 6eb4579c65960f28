"""Which stacks a plan can be made of while a region is lost."""

from __future__ import annotations

from shared.rehearsal.recovery.reachable import asked, unreachable
from tests.synthesized import RECOVERY_REGIONS, Synthesis

HOME, AWAY = RECOVERY_REGIONS["primary"], RECOVERY_REGIONS["standby"]


def test_a_stack_asks_its_providers_regions_its_replicas_and_control_planes() -> None:
    document = {
        "provider": {"aws": [{"region": "eu-west-1"}, {"region": "eu-west-2", "alias": "other"}]},
        "resource": {
            "aws_dynamodb_table": {"t": {"replica": [{"region_name": "eu-west-3"}]}, "plain": {}},
            "aws_iam_role": {"r": {}},
            "aws_vpc": {"v": {}},
        },
        "data": {"aws_route53_zone": {"z": {}}},
    }
    assert asked(document) == {"eu-west-1", "eu-west-2", "eu-west-3", "IAM", "Route 53"}
    assert asked({}) == frozenset()


def test_without_the_primary_the_standbys_stacks_and_the_records_can_be_planned(recovery: Synthesis) -> None:
    without = unreachable(recovery.manifest, {HOME})
    reached = {entry.address for entry in recovery.manifest.stacks} - set(without)
    names = ("foundation", "routing", "database", "service", "probe", "failover")
    assert reached == {*(f"{AWAY}/{name}" for name in names), "global/traffic"}
    # a certificate in the primary, and the table's replica
    assert {without["global/domain"], without["global/intents"]} == {HOME}


def test_without_the_control_planes_only_what_has_no_role_can(recovery: Synthesis) -> None:
    without = unreachable(recovery.manifest, {HOME, "IAM", "Route 53"})
    assert {entry.address for entry in recovery.manifest.stacks} - set(without) == {f"{AWAY}/routing"}
    assert without[f"{AWAY}/failover"] == "IAM"
    assert without["global/traffic"] == "Route 53"
    assert without[f"{HOME}/service"] == f"IAM, {HOME}"
