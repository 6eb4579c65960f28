from __future__ import annotations

from dataclasses import replace

import pytest

from shared.contracts import Failover
from shared.errors import UserError
from shared.operations.recovery import handles
from shared.operations.recovery.handles import Side
from tests.operations.recovery.standby import (
    AWAY,
    BUCKET,
    CHECKPOINT,
    DRAIN,
    GLOBAL_CLUSTER,
    HOME,
    KEY,
    RUNBOOK,
    TABLE,
    WORKER,
    Standby,
)


def test_the_ids_are_those_of_the_stacks(standby: Standby) -> None:
    found = standby.handles

    assert found.sides == tuple(
        Side(
            region=region,
            cluster_identifier=f"aurora-{region}",
            replication_lag_alarm="lag",
            healthy_hosts_alarm="hosts",
            probe_unwell_alarm="probe-unwell",
            probe_unasked_alarm="probe-unasked",
        )
        for region in (HOME, AWAY)
    )
    assert found.global_cluster == GLOBAL_CLUSTER
    assert (found.machine.arn, found.machine.region) == (standby.arns["machine"], AWAY)
    assert (found.checkpoint_parameter, found.drain_function) == (CHECKPOINT, DRAIN)
    assert found.failover_function == WORKER
    assert (found.pin_bucket, found.pin_key, found.intents_table) == (BUCKET, KEY, TABLE)
    assert (found.lag_limit_ms, found.runbook) == (5000, RUNBOOK)
    assert "long line" not in repr(found)


def test_commands_end_with_what_leads_here(standby: Standby) -> None:
    manifest = replace(standby.manifest, place=" --env other")
    found = handles.read(standby.environment, manifest, standby.clients)
    assert found.command("status --watch") == "invoke failover.status --watch --env other"


def test_every_stack_that_is_missing_is_named_with_its_command(standby: Standby) -> None:
    standby.unapply(f"{HOME}/probe")
    standby.unapply("global/traffic")

    with pytest.raises(UserError) as caught:
        _ = standby.handles

    assert [(one.where, one.what, one.remedy) for one in caught.value.problems] == [
        ("global/traffic", "it was not applied", "run `invoke deploy-region global`"),
        (f"{HOME}/probe", "it was not applied", f"run `invoke deploy-region {HOME}`"),
    ]


def test_what_a_failover_does_without_may_be_missing(standby: Standby) -> None:
    for region in (HOME, AWAY):
        standby.unapply(f"{region}/probe")
        standby.unapply(f"{region}/service")

    found = handles.read(standby.environment, standby.manifest, standby.clients, bare=True)

    assert found.home == Side(region=HOME, cluster_identifier=f"aurora-{HOME}", replication_lag_alarm="lag")
    standby.unapply(f"{AWAY}/database")
    with pytest.raises(UserError, match=f"{AWAY}/database: it was not applied"):
        handles.read(standby.environment, standby.manifest, standby.clients, bare=True)


def test_a_failover_needs_all_of_its_stack_but_the_runbook(standby: Standby) -> None:
    names = handles.needed(standby.environment)[f"{AWAY}/failover"]

    assert names >= {"drain_function", "state_machine_arn", "checkpoint_parameter", "failover_function"}
    assert names >= set(Failover.schema()) - {"failover_runbook"}
    assert "failover_runbook" not in names


def test_states_that_cannot_be_read_are_said(standby: Standby) -> None:
    standby.controls.lose_region(AWAY)

    with pytest.raises(UserError, match="the states cannot be read: ") as caught:
        _ = standby.handles

    assert caught.value.problems[0].remedy == f"they are in the state bucket, in {AWAY}"


def test_another_system_does_not_fail_over_so(nothing: Standby) -> None:
    manifest = replace(nothing.manifest, system="something-else")
    with pytest.raises(UserError, match="only a disaster-recovery fails over in this way"):
        handles.read(nothing.environment, manifest, nothing.clients)
