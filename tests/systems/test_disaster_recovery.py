"""B1 to B6: the platform with a standby as boto3 sees it, and who serves when a region is ill or pinned."""

from __future__ import annotations

import json
from typing import Any

import pytest

from modules.pin import KEY
from shared.recovery_time import RecoveryTime
from shared.rehearsal.fault_client import Controls
from shared.rehearsal.urls import Fetched
from tests.rehearsal.waiting import until
from tests.systems.standing import Deployed

pytestmark = pytest.mark.system

UP, DOWN = Fetched(status=200, body='{"status": "ok"}'), Fetched(status=503, body='{"status": "unavailable"}')
#: A period of an alarm lasts three seconds here; a busy machine takes its time.
PATIENCE = 60


# The deployment itself ------------------------------------------------------------------------------


def test_every_stack_was_applied_and_the_second_plan_of_each_is_empty(recovered_system: Deployed) -> None:
    findings = recovered_system.rehearsal.findings
    manifest = recovered_system.rehearsal.deployment.manifest

    assert {stack["status"] for stack in findings["rollout"]["stacks"]} == {"applied"}
    assert {stack["status"] for stack in findings["second plan"]["stacks"]} == {"unchanged"}
    assert len(findings["rollout"]["stacks"]) == len(recovered_system.rehearsal.stacks) == 14
    added = {stack["address"]: stack["counts"]["add"] for stack in findings["rollout"]["stacks"]}
    assert added == {entry.address: sum(entry.resources.values()) for entry in manifest.stacks}


def test_no_secret_is_in_any_state_plan_log_or_report(recovered_system: Deployed) -> None:
    assert recovered_system.rehearsal.findings["leaks"] == ()
    assert len(recovered_system.rehearsal.secrets) == 2


def test_the_tour_shows_what_stands(recovered_system: Deployed) -> None:
    for title in ("Failover records", "Health checks", "Table table-intents", "Global database", "Alarms"):
        assert title in recovered_system.shown
    assert recovered_system.flat["pin_bucket"] in recovered_system.shown


def test_nothing_that_a_failover_reads_lies_in_the_primary_region(recovered_system: Deployed) -> None:
    standby, s3 = recovered_system.regions[1], recovered_system.client("s3")
    for bucket in (recovered_system.environment.state.bucket, recovered_system.flat["pin_bucket"]):
        assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] == standby
    globally = [
        entry
        for entry in recovered_system.rehearsal.deployment.manifest.stacks
        if entry.address.startswith("global/")
    ]
    assert {entry.region for entry in globally} == {standby}


def test_every_name_carries_the_suffix(recovered_system: Deployed) -> None:
    suffix = recovered_system.environment.environment_suffix
    others = {"alb_dns_name", "traffic_record_name", "record_name"}
    for address, published in recovered_system.outputs.items():
        for output, value in published.items():
            if (
                output.endswith(("_name", "_identifier", "_alarm", "_function", "_table"))
                and output not in others
            ):
                assert str(value).endswith(suffix), f"{address} {output}"


# DNS ------------------------------------------------------------------------------------------------


def health_check(recovered_system: Deployed, name: str) -> dict[str, Any]:
    identifier = recovered_system.outputs["global/traffic"][f"{name}_health_check"]
    found = recovered_system.client("route53").get_health_check(HealthCheckId=identifier)
    return dict(found["HealthCheck"]["HealthCheckConfig"])


def records(recovered_system: Deployed) -> dict[str, dict[str, Any]]:
    """Return PRIMARY and SECONDARY."""
    found = recovered_system.client("route53").list_resource_record_sets(
        HostedZoneId=recovered_system.flat["route53_zone_id"]
    )
    return {r["Failover"]: r for r in found["ResourceRecordSets"] if "Failover" in r}


def test_the_records_fail_over_from_the_primary_to_the_standby(recovered_system: Deployed) -> None:
    traffic, environment = recovered_system.outputs["global/traffic"], recovered_system.environment
    home, away = recovered_system.regions
    expected = {
        "PRIMARY": (traffic["primary_set_identifier"], home, traffic["primary_health_check"]),
        "SECONDARY": (traffic["standby_set_identifier"], away, traffic["standby_probe_health_check"]),
    }
    found = records(recovered_system)

    assert set(found) == set(expected)
    for order, (identifier, region, check) in expected.items():
        record = found[order]
        assert record["Name"].rstrip(".") == environment.domain.record_name
        assert (record["Type"], record["TTL"]) == ("CNAME", environment.failover.ttl)
        assert (record["SetIdentifier"], record["HealthCheckId"]) == (identifier, check)
        balancer = recovered_system.outputs[f"{region}/service"]["alb_dns_name"]
        assert record["ResourceRecords"] == [{"Value": balancer}]


@pytest.mark.parametrize(("role", "number"), [("primary", 0), ("standby", 1)])
def test_each_probe_is_asked_over_https_by_its_name(
    recovered_system: Deployed, role: str, number: int
) -> None:
    check = health_check(recovered_system, f"{role}_probe")
    region, failover = recovered_system.regions[number], recovered_system.environment.failover

    assert (check["Type"], check["Port"], check["ResourcePath"]) == ("HTTPS", 443, "/")
    assert check["FullyQualifiedDomainName"] == recovered_system.outputs[f"{region}/probe"]["probe_host"]
    assert check["EnableSNI"]
    assert (check["RequestInterval"], check["FailureThreshold"]) == (
        failover.request_interval,
        failover.failure_threshold,
    )


def test_the_primarys_record_wants_its_probe_and_no_pin(recovered_system: Deployed) -> None:
    traffic = recovered_system.outputs["global/traffic"]
    both, pin = health_check(recovered_system, "primary"), health_check(recovered_system, "pin")

    assert (both["Type"], both["HealthThreshold"]) == ("CALCULATED", 2)
    assert set(both["ChildHealthChecks"]) == {
        traffic["primary_probe_health_check"],
        traffic["pin_health_check"],
    }
    assert (pin["Type"], pin["Inverted"], pin["ResourcePath"]) == ("HTTPS", True, f"/{KEY}")
    where = f"{traffic['pin_bucket']}.s3.{recovered_system.regions[1]}.amazonaws.com"
    assert pin["FullyQualifiedDomainName"] == where


def test_clients_are_at_the_standby_in_less_than_a_minute_by_what_is_deployed(
    recovered_system: Deployed,
) -> None:
    check = health_check(recovered_system, "primary_probe")
    time = RecoveryTime(
        request_interval=check["RequestInterval"],
        failure_threshold=check["FailureThreshold"],
        ttl=records(recovered_system)["PRIMARY"]["TTL"],
    )
    assert str(time) == "10 x 3 + 6 + 5 + 10 = 51 s"


# Who serves -----------------------------------------------------------------------------------------


def serving(recovered_system: Deployed, controls: Controls) -> str:
    """Return the region whose load balancer a resolver is given."""
    (host,) = controls.dns(recovered_system.flat["traffic_record_name"])["values"]
    (region,) = [
        region
        for region in recovered_system.regions
        if recovered_system.outputs[f"{region}/service"]["alb_dns_name"] == host
    ]
    return region


def probed(recovered_system: Deployed) -> list[Fetched]:
    """Return what the probes of both regions answer."""
    outputs = recovered_system.outputs
    return [recovered_system.fetch(outputs[f"{r}/probe"]["probe_host"]) for r in recovered_system.regions]


def test_both_probes_answer_and_the_primary_serves(recovered_system: Deployed, controls: Controls) -> None:
    assert probed(recovered_system) == [UP, UP]
    assert set(controls.health_checks().values()) == {True}
    assert serving(recovered_system, controls) == recovered_system.regions[0]


@pytest.mark.parametrize("ill", [0, 1])
def test_an_ill_service_is_told_by_its_own_probe_only(
    recovered_system: Deployed, controls: Controls, ill: int
) -> None:
    region = recovered_system.regions[ill]
    controls.set_healthy(recovered_system.outputs[f"{region}/service"]["target_group_arn"], 0)

    assert [answer == DOWN for answer in probed(recovered_system)] == [ill == 0, ill == 1]
    assert serving(recovered_system, controls) == recovered_system.regions[1 if ill == 0 else 0]
    controls.clear()
    assert serving(recovered_system, controls) == recovered_system.regions[0]


def test_when_both_are_ill_the_primary_is_given(recovered_system: Deployed, controls: Controls) -> None:
    for region in recovered_system.regions:
        controls.set_healthy(recovered_system.outputs[f"{region}/service"]["target_group_arn"], 0)
    assert probed(recovered_system) == [DOWN, DOWN]
    assert serving(recovered_system, controls) == recovered_system.regions[0]


def test_a_pin_keeps_the_primary_out_of_dns_until_it_is_taken_away(
    recovered_system: Deployed, controls: Controls
) -> None:
    s3 = recovered_system.client("s3")
    pin = {"Bucket": recovered_system.flat["pin_bucket"], "Key": recovered_system.flat["pin_key"]}
    try:
        s3.put_object(**pin, Body=b'{"reason": "drill"}')
        assert probed(recovered_system) == [UP, UP]
        assert serving(recovered_system, controls) == recovered_system.regions[1]
    finally:
        s3.delete_object(**pin)
    assert serving(recovered_system, controls) == recovered_system.regions[0]
    # who pinned when stays to be seen
    kept = s3.list_object_versions(Bucket=pin["Bucket"])
    assert [one["Key"] for one in kept["Versions"]] == [KEY]


def test_the_bucket_of_the_pin_is_private_but_for_the_checkers(recovered_system: Deployed) -> None:
    s3, bucket = recovered_system.client("s3"), recovered_system.flat["pin_bucket"]
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    ec2 = recovered_system.client("ec2")
    name = f"com.amazonaws.{recovered_system.regions[1]}.route53-healthchecks"
    (found,) = ec2.describe_managed_prefix_lists(Filters=[{"Name": "prefix-list-name", "Values": [name]}])[
        "PrefixLists"
    ]
    entries = ec2.get_managed_prefix_list_entries(PrefixListId=found["PrefixListId"])["Entries"]

    (allowed, refused) = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    assert (allowed["Effect"], allowed["Action"]) == ("Allow", "s3:GetObject")
    assert allowed["Resource"] == f"arn:aws:s3:::{bucket}/{KEY}"
    assert sorted(allowed["Condition"]["IpAddress"]["aws:SourceIp"]) == sorted(e["Cidr"] for e in entries)
    assert refused["Effect"] == "Deny"


# Probe ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1])
def test_everybody_may_ask_the_url_and_nobody_may_invoke_the_function_otherwise(
    recovered_system: Deployed, number: int
) -> None:
    region = recovered_system.regions[number]
    name = recovered_system.outputs[f"{region}/probe"]["probe_function"]
    client = recovered_system.client("lambda", region)

    assert client.get_function_url_config(FunctionName=name)["AuthType"] == "NONE"
    statements = json.loads(client.get_policy(FunctionName=name)["Policy"])["Statement"]
    given = {
        statement["Action"]: statement["Condition"]
        for statement in statements
        if statement["Principal"] in ("*", {"AWS": "*"})
    }
    assert given == {
        "lambda:InvokeFunctionUrl": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
        "lambda:InvokeFunction": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
    }


@pytest.mark.parametrize("number", [0, 1])
def test_the_probe_looks_deeper_by_the_clock(recovered_system: Deployed, number: int) -> None:
    region = recovered_system.regions[number]
    client = recovered_system.client("cloudwatch", region)
    namespace = f"regionshift/{recovered_system.environment.environment_suffix}"

    def metrics() -> set[str]:
        return {metric["MetricName"] for metric in client.list_metrics(Namespace=namespace)["Metrics"]}

    wanted = {"ServiceReachable", "ServiceLatency", "DatabaseReachable", "HealthyTargets"}
    assert until(lambda: metrics() if wanted <= metrics() else None, seconds=PATIENCE)


def test_the_probes_alarms_are_quiet_and_one_goes_off_when_the_service_is_ill(
    recovered_system: Deployed, controls: Controls
) -> None:
    # both regions at once: an alarm takes its time
    def states() -> list[tuple[str, ...]]:
        return [alarm_states(recovered_system, region) for region in recovered_system.regions]

    until(lambda: states() == [("OK", "OK")] * 2, seconds=PATIENCE)
    for region in recovered_system.regions:
        controls.set_healthy(recovered_system.outputs[f"{region}/service"]["target_group_arn"], 0)
    until(lambda: states() == [("ALARM", "OK")] * 2, seconds=PATIENCE)
    controls.clear()
    until(lambda: states() == [("OK", "OK")] * 2, seconds=PATIENCE)


def alarm_states(recovered_system: Deployed, region: str) -> tuple[str, ...]:
    """Return the states of the probe's alarms: it says that the region is ill, nobody asks it."""
    probe = recovered_system.outputs[f"{region}/probe"]
    names = (probe["probe_unwell_alarm"], probe["probe_unasked_alarm"])
    found = recovered_system.client("cloudwatch", region).describe_alarms(AlarmNames=list(names))
    state = {alarm["AlarmName"]: alarm["StateValue"] for alarm in found["MetricAlarms"]}
    return tuple(state[name] for name in names)
