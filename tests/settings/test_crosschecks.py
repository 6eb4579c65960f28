"""What settings ask of each other."""

import pytest

from tests.settings.files import RIGHT, message, messages, parsed

EU = '["eu-west-1a", "eu-west-1b", "eu-west-1c"]'


def test_the_same_region_twice_is_refused():
    text = RIGHT.replace('"eu-west-1"\n  vpc', '"us-east-1"\n  vpc').replace(
        EU, '["us-east-1a", "us-east-1b", "us-east-1c"]'
    )
    assert messages(text) == [
        (
            "x.tfvars:14: target.region is us-east-1, the same as source.region\n"
            "    name the region that the platform moves to"
        )
    ]


def test_regions_of_different_partitions_are_refused():
    text = RIGHT.replace('"eu-west-1"\n  vpc', '"cn-north-1"\n  vpc').replace(
        EU, '["cn-north-1a", "cn-north-1b", "cn-north-1c"]'
    )
    assert messages(text) == [
        (
            "x.tfvars:14: cn-north-1 and us-east-1 are in different AWS partitions\n"
            "    a database cannot be replicated between partitions; name a region of the partition aws"
        )
    ]


def test_the_state_does_not_stay_in_the_region_that_is_left():
    assert messages(RIGHT.replace('"eu-west-1"\n}', '"us-east-1"\n}', 1)) == [
        (
            "x.tfvars:6: state.region is us-east-1, the region that is being left\n"
            "    keep the state where it outlives the move, for instance in the target region"
        )
    ]


def test_overlapping_networks_are_refused():
    assert messages(RIGHT.replace("10.1.0.0/16", "10.0.252.0/22")) == [
        (
            "x.tfvars:15: target.vpc_cidr 10.0.252.0/22 overlaps source.vpc_cidr 10.0.0.0/16\n"
            "    peered VPCs need disjoint blocks, for example 10.0.0.0/16 and 10.1.0.0/16"
        )
    ]


def test_a_zone_of_another_region_is_refused_in_its_line():
    text = RIGHT.replace(EU, '[\n"eu-west-1a",\n"eu-west-2b",\n"eu-west-1c"]')
    assert messages(text) == [
        (
            "x.tfvars:18: target.availability_zones[1] is eu-west-2b, which is not in eu-west-1\n"
            "    a zone's name is its region's and a letter: eu-west-1a"
        )
    ]


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        (
            "min_size = 7",
            [
                (
                    "service.min_size is 7, above service.max_size, which is 6\n"
                    "    min_size <= desired_capacity <= max_size"
                )
            ],
        ),
        (
            "desired_capacity = 7",
            [
                (
                    "service.desired_capacity is 7, not between min_size 2 and max_size 6\n"
                    "    min_size <= desired_capacity <= max_size"
                )
            ],
        ),
        (
            'desired_capacity = 1, max_size = "x"',
            [
                (
                    'service.max_size is "x", a text; a whole number is needed\n    a '
                    "number stands without quotes: 3"
                ),
                (
                    "service.desired_capacity is 1, not between min_size 2 and max_size None\n"
                    "    min_size <= desired_capacity <= max_size"
                ),
            ],
        ),
        (
            "min_size = 1",
            [
                (
                    "alarms.healthy_hosts_minimum is 2, above service.min_size, which is 1\n"
                    "    the alarm would go off whenever the group shrinks to its minimum"
                )
            ],
        ),
        (
            'desired_capacity = "x", min_size = 3',
            [
                (
                    'service.desired_capacity is "x", a text; a whole number is needed\n   '
                    " a number stands without quotes: 3"
                )
            ],
        ),
    ],
)
def test_sizes_that_do_not_go_together_are_refused(service: str, expected: list[str]):
    found = [text.split(": ", 1)[1] for text in messages(f"{RIGHT}service = {{ {service} }}\n")]
    assert found == expected


def test_a_cluster_to_adopt_is_of_the_source_region_and_of_the_account():
    arn = "arn:aws:rds:eu-west-1:999999999999:cluster:payments"
    assert messages(f'{RIGHT}database = {{ existing_primary_cluster_arn = "{arn}" }}\n') == [
        (
            "x.tfvars:19: database.existing_primary_cluster_arn is in eu-west-1, "
            "and source.region is us-east-1\n"
            "    only a cluster of the source region can become the primary"
        ),
        (
            "x.tfvars:19: database.existing_primary_cluster_arn is in account "
            "999999999999, and account_id is 123456789012\n"
            "    only a cluster of this account can become the primary"
        ),
    ]


def test_a_cluster_to_adopt_is_judged_by_what_is_known():
    arn = "arn:aws:rds:eu-west-1:999999999999:cluster:payments"
    text = RIGHT.replace('"123456789012"', "1").replace('"us-east-1"', "2")
    assert len(messages(f'{text}database = {{ existing_primary_cluster_arn = "{arn}" }}\n')) == 2


def test_windows_that_meet_are_refused():
    assert message('database = { backup_window = "03:00-04:00" }\n') == (
        "database.maintenance_window sun:03:30-sun:04:30 meets database.backup_window 03:00-04:00\n"
        "    RDS refuses windows that meet; move one of them"
    )


def test_a_wait_in_which_no_alarm_can_go_off_is_refused():
    assert message("migration = { bake_seconds = 100 }\n") == (
        "migration.bake_seconds is 100, shorter than an alarm takes to go off, 2 periods of 60 seconds\n"
        "    wait 120 seconds or longer, or the gate looks before an alarm can tell"
    )


def test_a_question_before_what_is_no_phase_is_refused():
    assert message("migration = { phases = [50, 100], approve_phases = [25, 100] }\n") == (
        "migration.approve_phases has 25, which is no phase\n    name phases: 50, 100"
    )
    assert parsed(RIGHT + "migration = { approve_phases = [75, 100] }\n").migration.approve_phases == (
        75,
        100,
    )


def test_a_canary_that_the_engine_has_no_data_api_for_is_refused():
    old = 'database = { engine_version = "8.0.mysql_aurora.3.04.3" }\n'
    assert message(old) == (
        "database.engine_version is 8.0.mysql_aurora.3.04.3, and the canary writes through RDS Data API, "
        "which needs Aurora MySQL 3.07 or newer\n"
        "    upgrade the cluster first, or set migration.canary = false"
    )
    assert not parsed(RIGHT + old + "migration = { canary = false }\n").migration.canary


def test_a_name_that_no_certificate_takes_is_refused():
    text = RIGHT.replace("payments.example.com", f"{'p' * 60}.example.com")
    assert messages(text) == [
        (
            "x.tfvars:18: domain.record and domain.zone_name make a name of 76 "
            f"characters: api.{'p' * 60}.example.com\n"
            "    a certificate's name has at most 64"
        )
    ]


def test_production_refuses_what_cannot_stay():
    text = RIGHT + (
        'protection = "production"\n'
        "service = {\n"
        '  image = "latest"\n'
        "  min_size = 1\n"
        "  desired_capacity = 1\n"
        "  log_retention_days = 180\n"
        "}\n"
        "database = { instances = 1 }\n"
        "alarms = { healthy_hosts_minimum = 1 }\n"
    )
    assert messages(text) == [
        (
            'x.tfvars:19: service.ami_family is "amazon-linux-2" under protection = "production": '
            "its end of life is 2026-06-30\n"
            '    set service.ami_family = "amazon-linux-2023", or set protection = "destroyable"'
        ),
        (
            'x.tfvars:21: service.image is "latest" under protection = "production": '
            "the two regions may run different images\n"
            '    name a version or a digest, or set protection = "destroyable"'
        ),
        (
            'x.tfvars:22: service.min_size is 1 under protection = "production": '
            "one zone's loss would stop the platform\n"
            '    at least 2, or set protection = "destroyable"'
        ),
        (
            'x.tfvars:23: service.desired_capacity is 1 under protection = "production": '
            "one zone's loss would stop the platform\n"
            '    at least 2, or set protection = "destroyable"'
        ),
        (
            'x.tfvars:24: service.log_retention_days is 180 under protection = "production": '
            "what happened has to be found out for a year\n"
            '    at least 365, or set protection = "destroyable"'
        ),
        (
            'x.tfvars:26: database.instances is 1 under protection = "production": '
            "one zone's loss would stop the platform\n"
            '    at least 2, or set protection = "destroyable"'
        ),
    ]


def test_production_takes_what_can_stay():
    service = 'service = { ami_family = "amazon-linux-2023", log_retention_days = 365 }\n'
    text = RIGHT + 'protection = "production"\n' + service
    assert parsed(text).protection == "production"
