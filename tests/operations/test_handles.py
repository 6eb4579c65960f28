from __future__ import annotations

from dataclasses import replace

import pytest

from shared.errors import UserError
from shared.operations.migration import handles
from tests.commands.states import apply
from tests.operations.platform import CONTRACTS, GLOBAL_CLUSTER, SOURCE, TARGET, Platform


def test_the_ids_are_those_of_the_stacks(platform: Platform) -> None:
    found = platform.handles

    assert [side.region for side in found.sides] == [SOURCE, TARGET]
    assert found.source.cluster_arn == platform.arns[f"cluster {SOURCE}"]
    assert found.target.https_listener_arn == platform.arns[f"listener {TARGET}"]
    assert found.target.certificate_arn == platform.arns[f"certificate {TARGET}"]
    assert found.global_cluster == GLOBAL_CLUSTER
    assert found.state_machine_arn == platform.arns["machine"]
    assert found.record_name == "api.payments.example.com"
    assert "long line" not in repr(found)


def test_commands_end_with_what_leads_here(platform: Platform) -> None:
    manifest = replace(platform.manifest, place=" --env staging")

    found = handles.read(platform.environment, manifest, platform.clients)

    assert found.command("status --watch") == "invoke migrate.status --watch --env staging"


def test_every_stack_that_is_missing_is_named_with_its_command(platform: Platform) -> None:
    s3 = platform.aws("s3", platform.environment.state.region)
    for address in (f"{SOURCE}/service", "global/traffic"):
        entry = platform.manifest.stack(address)
        s3.delete_object(Bucket=entry.state_bucket, Key=entry.state_key)
    entry = platform.manifest.stack(f"{TARGET}/migration")
    cut = replace(entry, publishes={"state_machine_arn": "string"})
    apply(replace(platform.manifest, stacks=(cut,)), platform.clients, entry.address)

    with pytest.raises(UserError) as caught:
        _ = platform.handles

    assert [(one.where, one.what, one.remedy) for one in caught.value.problems] == [
        (f"{SOURCE}/service", "it was not applied", f"run `invoke deploy-region {SOURCE}`"),
        ("global/traffic", "it was not applied", "run `invoke deploy-region global`"),
        (
            f"{TARGET}/migration",
            "it was not applied to its end: it has no approval_parameter, checkpoint_parameter, "
            "gate_function, migration_runbook, start_function, writer_function",
            f"run `invoke deploy-region {TARGET}`",
        ),
    ]
    assert set(CONTRACTS) == {one.address for one in platform.manifest.stacks}


def test_another_system_is_not_moved_so(empty: Platform) -> None:
    manifest = replace(empty.manifest, system="something-else")

    with pytest.raises(UserError, match="only a region-migration is moved in this way"):
        handles.read(empty.environment, manifest, empty.clients)
