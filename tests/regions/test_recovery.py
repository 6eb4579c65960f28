"""B1 to B3, B8, B9: the stacks of the system with a standby, and the habits that they keep."""

import json
import re

import pytest

from shared.settings import systems
from tests.regions.test_conventions import NAMES, NOT_OURS, ORDINARY, SHAPES
from tests.synthesized import RECOVERY_REGIONS, state

PRIMARY, STANDBY = RECOVERY_REGIONS["primary"], RECOVERY_REGIONS["standby"]
REGION = ("foundation", "routing", "database", "service", "probe")
RECOVERY_SHAPES = {
    **SHAPES,
    ("aws_ssm_parameter", "name"): r"/failover/SUFFIX/[a-z]+",
}
STACKS = [
    *(f"{region}/{stack}" for region in RECOVERY_REGIONS.values() for stack in REGION),
    f"{STANDBY}/failover",
    "global/domain",
    "global/intents",
    "global/traffic",
]


def test_the_stacks_are_the_fourteen_of_the_system(recovery):
    assert sorted(recovery.documents) == sorted(STACKS)
    assert recovery.manifest.stage_names == ("primary", "standby", "global")


@pytest.mark.parametrize("address", STACKS)
def test_a_stack_works_in_its_own_region_and_what_is_global_in_the_standbys(recovery, address):
    place = address.split("/", 1)[0]
    region = STANDBY if place == "global" else place
    assert recovery[address].providers[0]["region"] == region
    assert recovery.manifest.stack(address).region == region


@pytest.mark.parametrize("address", STACKS)
def test_no_state_lives_in_the_region_that_may_be_lost(recovery, address):
    backend = recovery[address].content["terraform"]["backend"]["s3"]
    assert (backend["region"], backend["key"]) == (STANDBY, f"disaster-recovery/dr1234/{address}.tfstate")
    for read in recovery[address].content.get("data", {}).get("terraform_remote_state", {}).values():
        assert read["config"]["region"] == STANDBY


def test_a_stack_reads_what_it_needs_and_nothing_that_comes_after_it(recovery):
    reads = {entry.address: {read.address for read in entry.reads} for entry in recovery.manifest.stacks}
    both = {f"{region}/foundation" for region in RECOVERY_REGIONS.values()}
    assert reads["global/intents"] == both
    assert reads["global/traffic"] == {
        "global/domain",
        *(f"{region}/{stack}" for region in RECOVERY_REGIONS.values() for stack in ("service", "probe")),
    }
    assert reads[f"{STANDBY}/failover"] == {
        *(f"{STANDBY}/{stack}" for stack in ("foundation", "database", "service", "probe")),
        *(f"{PRIMARY}/{stack}" for stack in ("foundation", "database", "service", "probe")),
        "global/domain",
        "global/intents",
        "global/traffic",
    }
    for region in RECOVERY_REGIONS.values():
        assert reads[f"{region}/probe"] == {
            f"{region}/{stack}" for stack in ("foundation", "routing", "database", "service")
        }
        assert {"global/intents", "global/domain", f"{PRIMARY}/database"} <= reads[f"{region}/service"]


def test_only_the_certificates_need_a_provider_of_the_primary_region_among_the_global_stacks(recovery):
    others = {
        address: [provider["region"] for provider in recovery[address].providers[1:]]
        for address in STACKS
        if recovery[address].providers[1:]
    }
    assert others == {"global/domain": [PRIMARY]}


@pytest.mark.parametrize("deployed", ["recovery", "recovery_production"])
def test_every_name_is_resource_purpose_suffix(request, deployed):
    synthesis = request.getfixturevalue(deployed)
    suffix = re.escape(synthesis.environment.environment_suffix)
    wrong = [
        (kind, key, block[key])
        for _, kind, _, block in synthesis.resources()
        for key in sorted(NAMES & block.keys())
        if (kind, key) not in NOT_OURS
        and not block[key].startswith("${")
        and not re.fullmatch(RECOVERY_SHAPES.get((kind, key), ORDINARY).replace("SUFFIX", suffix), block[key])
    ]
    assert wrong == []


def test_names_that_are_global_tell_the_sides_apart(recovery):
    names = [role["name"] for role in recovery.of("aws_iam_role").values()]
    purposes = ("flow-logs", "rds-monitoring", "service", "probe")
    both = [f"role-{purpose}-{side}-dr1234" for purpose in purposes for side in RECOVERY_REGIONS]
    # where only one region has it there is nothing to tell apart
    one = [f"role-{purpose}-dr1234" for purpose in ("drain", "failover", "failover-machine")]
    assert sorted(names) == sorted([*both, *one])


def test_no_region_is_in_the_code(recovery_production):
    text = json.dumps([document.content for document in recovery_production.documents.values()])
    # a fact of AWS's that the runbook tells, wherever the two regions are
    text = text.replace("nor IAM, whose APIs are in us-east-1", "")
    assert not re.search(r"us-(east|west)-\d", text)
    assert "eu-central-1" in text


@pytest.mark.parametrize("address", [address for address in STACKS if address.endswith("foundation")])
def test_each_region_has_a_key_that_the_table_may_use(recovery, address):
    region = address.split("/", 1)[0]
    statements = json.loads(recovery[address].one("aws_kms_key")["policy"])["Statement"]
    (tables,) = [one for one in statements if one["Sid"] == "FurtherServicesInThisRegion"]
    assert tables["Condition"]["StringEquals"] == {
        "kms:CallerAccount": "123456789012",
        "kms:ViaService": [f"dynamodb.{region}.amazonaws.com"],
    }


def test_a_system_without_intents_has_no_such_statement(synthesis):
    for key in synthesis.of("aws_kms_key").values():
        assert "FurtherServicesInThisRegion" not in key["policy"]


@pytest.mark.parametrize(("role", "without_data"), [("primary", "notBreaching"), ("standby", "breaching")])
def test_the_lag_is_alarmed_on_where_it_is_measured_with_a_twin_for_the_way_back(
    recovery, role, without_data
):
    database = recovery[f"{RECOVERY_REGIONS[role]}/database"]
    alarm = database.one("aws_cloudwatch_metric_alarm")
    assert (alarm["metric_name"], alarm["threshold"]) == ("AuroraGlobalDBRPOLag", 5000)
    assert alarm["treat_missing_data"] == without_data
    cluster = database.ref("aws_rds_cluster", "cluster_identifier")
    assert alarm["dimensions"] == {"DBClusterIdentifier": cluster}


def test_the_data_api_is_as_the_settings_say(recovery, recovery_production):
    for synthesis, on in ((recovery, True), (recovery_production, False)):
        for cluster in synthesis.of("aws_rds_cluster").values():
            assert cluster["enable_http_endpoint"] is on


@pytest.mark.parametrize("region", RECOVERY_REGIONS.values())
def test_both_regions_peer_route_to_each_other_and_spread_over_three_zones(recovery, region):
    routing = recovery[f"{region}/routing"]
    for table in routing.all("aws_route_table").values():
        assert any("vpc_peering_connection_id" in route for route in table["route"])
    assert len(recovery[f"{region}/foundation"].all("aws_subnet")) == 6


@pytest.mark.parametrize("deployed", ["recovery", "recovery_production"])
def test_what_holds_data_is_protected_as_the_settings_say(request, deployed):
    synthesis = request.getfixturevalue(deployed)
    easy = synthesis.environment.protection == "destroyable"
    (table,) = synthesis.of("aws_dynamodb_table").values()
    assert table["deletion_protection_enabled"] is not easy
    for bucket in synthesis.of("aws_s3_bucket").values():
        assert bucket["force_destroy"] is easy


def test_the_outputs_of_the_standby_region_have_the_flat_files_names(recovery):
    from shared.deploy.outputs import FLAT_NAMES

    published = {
        name
        for address, document in recovery.documents.items()
        for name in document.outputs
        if address.startswith((f"{STANDBY}/", "global/"))
    }
    assert set(FLAT_NAMES["disaster-recovery"]) <= published


def test_all_systems_have_stages_and_apps():
    from regions.manifest import STAGES
    from regions.systems import SYSTEMS

    assert set(systems.SYSTEMS) == set(STAGES) == set(SYSTEMS)


def test_the_standby_reads_the_writer_of_the_primary(recovery):
    template = recovery[f"{STANDBY}/service"].one("aws_launch_template")["user_data"]
    assert state(f"{PRIMARY}/database", "global_writer_endpoint")[2:-1] in template
