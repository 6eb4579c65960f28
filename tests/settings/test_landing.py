"""What a file of the system `database-migration` may say (C1 to C12), and what is said when it may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import UserError
from shared.settings import DatabaseMigration, systems
from shared.settings.landing import connections_ceiling
from tests.settings.files import LANDING, RECOVERY, messages, parsed

PEM = '"-----BEGIN CERTIFICATE-----\\nMIIBszCCAVk=\\n-----END CERTIFICATE-----\\n"'


def landing(addition: str = "", *changes: tuple[str, str]) -> DatabaseMigration:
    """The settings of a right file with something added to its end, and texts in it exchanged."""
    environment = parsed(changed(*changes) + addition)
    assert isinstance(environment, DatabaseMigration)
    return environment


def changed(*changes: tuple[str, str]) -> str:
    text = LANDING
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return text


def refusals(addition: str, *changes: tuple[str, str]) -> list[str]:
    return [text.split(": ", 1)[1] for text in messages(changed(*changes) + addition)]


def test_the_defaults_are_the_requirements():
    environment = landing()
    database, replication, cutover = environment.database, environment.replication, environment.cutover
    assert (database.min_capacity, database.max_capacity, database.readers) == (0.5, 2, 2)
    assert database.engine_version.startswith("15.")
    assert database.backup_retention_days == 7
    assert (replication.instance_class, replication.storage_gb) == ("dms.r5.large", 100)
    assert (replication.batch_apply, replication.loopback_prevention) == (True, False)
    assert (cutover.on_premises_weight, cutover.aurora_weight, cutover.ttl) == (100, 0, 60)
    assert cutover.mode == "approval"
    assert (environment.alarms.lag_seconds, environment.alarms.cpu_percent) == (60, 80)
    assert (environment.backup.schedule, environment.backup.retention_days) == ("cron(0 5 ? * * *)", 7)
    assert environment.landing.nat_mode == "none"
    assert environment.record_name == "db.migration-abc123.payments.example.com"


def test_there_is_one_region():
    environment = landing()
    assert list(environment.sides.values()) == [environment.landing]
    assert environment.home is environment.away is environment.landing


def test_the_alarm_on_connections_is_within_what_the_capacity_allows():
    assert connections_ceiling(2) == 450  # 2 x 2 GiB / 9531392
    assert connections_ceiling(256) == 5000
    assert landing().connections_threshold == 360, "800 could never be reached with 2 units"
    assert landing("database = { max_capacity = 16 }\n").connections_threshold == 800
    assert landing("alarms = { connections = 100 }\n").connections_threshold == 100


def test_backtrack_is_refused_with_what_there_is_instead():
    (said,) = messages(LANDING + "database = {\n  backtrack_window = 72\n}\n")
    assert said == (
        f"x.tfvars:{LANDING.count(chr(10)) + 2}: database.backtrack_window is 72: "
        "backtrack exists only for Aurora MySQL\n"
        "    allowed: leave it out: the way back is the reverse task (Aurora to on-premises), a snapshot "
        "from before the cutover, or point-in-time recovery into a new cluster"
    )


@pytest.mark.parametrize(
    ("addition", "expected"),
    [
        (
            "cutover = { on_premises_weight = 75 }\n",
            "cutover.on_premises_weight is 75: a share in between means two writers\n    allowed: 0 or 100",
        ),
        (
            "cutover = { aurora_weight = 100 }\n",
            "cutover.on_premises_weight is 100 and cutover.aurora_weight is 100: two databases are "
            "written to\n    100 and 0, or 0 and 100: the write name leads to one database",
        ),
        (
            "cutover = { on_premises_weight = 0 }\n",
            "cutover.on_premises_weight is 0 and cutover.aurora_weight is 0: Route 53 answers as if "
            "both were equal\n    100 and 0, or 0 and 100: the write name leads to one database",
        ),
        (
            "replication = { loopback_prevention = true }\n",
            "replication.loopback_prevention is true, and so is replication.batch_apply: DMS refuses "
            "loopback prevention for a task that applies in batches\n"
            "    set batch_apply = false (left out it is true), or leave loopback_prevention out",
        ),
        (
            'replication = { target_secret_name = "payments/on-premises/replication" }\n',
            "replication.target_secret_name and on_premises.secret_name are the same: "
            "payments/on-premises/replication\n"
            "    a secret for DMS has the host in it: one for each database",
        ),
        (
            'replication = { instance_class = "dms.t3.medium" }\n',
            'replication.instance_class is "dms.t3.medium": it has less than 2 vCPUs and 8 GB\n'
            "    allowed: 2 vCPUs and 8 GB or more: dms.r5.large, dms.c5.xlarge",
        ),
        (
            'replication = { instance_class = "db.r5.large" }\n',
            'replication.instance_class is "db.r5.large": it is not a class of replication instance\n'
            "    allowed: 2 vCPUs and 8 GB or more: dms.r5.large, dms.c5.xlarge",
        ),
        (
            'replication = { target_ca_certificate = "MIIB" }\n',
            'replication.target_ca_certificate is "MIIB": it is not a certificate in PEM\n'
            "    allowed: the authority's certificates in PEM, with \\n for each end of a line",
        ),
        (
            "database = { min_capacity = 4 }\n",
            "database.min_capacity is 4, above database.max_capacity, which is 2\n"
            "    min_capacity <= max_capacity",
        ),
        (
            "database = { min_capacity = 0 }\n",
            "database.min_capacity is 0: it is below 0.5\n"
            "    allowed: 0.5 to 256 capacity units in steps of 0.5",
        ),
        (
            "database = { max_capacity = 300 }\n",
            "database.max_capacity is 300: it is above 256\n"
            "    allowed: 0.5 to 256 capacity units in steps of 0.5",
        ),
        (
            "database = { max_capacity = 2.3 }\n",
            "database.max_capacity is 2.3: Aurora counts in steps of 0.5\n"
            "    allowed: 0.5 to 256 capacity units in steps of 0.5",
        ),
        (
            "database = { readers = 1 }\n",
            "database.readers is 1: it is below 2\n    allowed: 2 to 14 readers",
        ),
        (
            'database = { maintenance_window = "sun:02:30-sun:03:30" }\n',
            "database.maintenance_window sun:02:30-sun:03:30 meets database.backup_window 02:00-03:00\n"
            "    RDS refuses windows that meet; move one of them",
        ),
        (
            "alarms = { connections = 800 }\n",
            "alarms.connections is 800, and with database.max_capacity = 2 Aurora takes at most 450 "
            "connections: the alarm could never go off\n"
            "    below 450, or leave it out, or raise database.max_capacity",
        ),
        (
            "cutover = { lag_limit_seconds = 90 }\n",
            "cutover.lag_limit_seconds is 90, above alarms.lag_seconds, which is 60\n"
            "    at most 60: what is alarming is not good enough for a cutover",
        ),
        (
            'backup = { schedule = "cron(0 5 * * * *)" }\n',
            'backup.schedule is "cron(0 5 * * * *)": it is not a schedule of AWS Backup\n'
            "    allowed: cron(MINUTE HOUR DAY MONTH WEEKDAY YEAR) in UTC, one of the days a ?: "
            "cron(0 5 ? * * *)",
        ),
        (
            "backup = { retention_days = 6 }\n",
            "backup.retention_days is 6: it is below 7\n    allowed: 7 to 365 days",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_the_rule(addition: str, expected: str):
    assert refusals(addition) == [expected]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ("10.1.0.0/16", "10.0.128.0/17"),
            "production.vpc_cidr 10.0.128.0/17 overlaps landing.vpc_cidr 10.0.0.0/16\n"
            "    a route could lead to one of them only; give the new VPC a block that nobody has",
        ),
        (
            ('["192.168.0.0/16"]', '["192.168.0.0/16", "10.0.0.0/8"]'),
            "on_premises.cidrs[1] 10.0.0.0/8 overlaps landing.vpc_cidr 10.0.0.0/16\n"
            "    a route could lead to one of them only; give the new VPC a block that nobody has",
        ),
        (
            ('"us-east-1c"', '"us-west-2c"'),
            "landing.availability_zones[2] is us-west-2c, which is not in us-east-1\n"
            "    a zone's name is its region's and a letter: us-east-1a",
        ),
        (
            ('  vpn_gateway_id     = "vgw-0123456789abcdef0"\n', '  nat_mode = "none"\n'),
            'landing.nat_mode is "none" and there is no landing.vpn_gateway_id: nothing leads from the '
            "replication instance to on_premises.host\n"
            '    name the virtual private gateway, or set nat_mode = "single" and let DMS come in from its '
            "address",
        ),
        (
            ("db.corp.example.net", "192.168.1.10"),
            'on_premises.host is "192.168.1.10": it is not the name of a host\n'
            "    allowed: a full name in lower case, no address, because a record leads to it: "
            "db.example.internal",
        ),
        (
            ("vpc-0123456789abcdef0", "production"),
            'production.vpc_id is "production": it is not the id of a VPC\n'
            "    allowed: vpc-0123456789abcdef0",
        ),
        (
            ("payments.example.com", ".".join(["a" * 60] * 4)),
            "domain.record and domain.parent make a name of 263 characters\n    DNS takes 253",
        ),
    ],
)
def test_networks_and_names_that_do_not_fit_are_refused(change: tuple[str, str], expected: str):
    assert refusals("", change)[0] == expected


def test_with_a_nat_gateway_the_way_may_be_another():
    environment = landing("", ('  vpn_gateway_id     = "vgw-0123456789abcdef0"\n', '  nat_mode = "single"\n'))
    assert (environment.landing.nat_mode, environment.landing.vpn_gateway_id) == ("single", None)


def test_the_weights_may_be_what_the_cutover_left():
    cutover = landing("cutover = { on_premises_weight = 0, aurora_weight = 100 }\n").cutover
    assert (cutover.on_premises_weight, cutover.aurora_weight) == (0, 100)


def test_loopback_prevention_is_taken_without_batches():
    replication = landing("replication = { loopback_prevention = true, batch_apply = false }\n").replication
    assert replication.loopback_prevention


def test_production_wants_to_know_whom_it_talks_to_and_a_second_instance():
    text = 'protection = "production"\nreplication = { multi_az = false }\n'
    said = refusals(text)
    assert len(said) == 4
    assert any(one.startswith("log_retention_days is 30 under protection") for one in said)
    assert any(one.startswith("replication.multi_az is false under protection") for one in said)
    for place in ("on_premises.ca_certificate", "replication.target_ca_certificate"):
        assert any(one.startswith(f"{place} is missing under protection") for one in said)
    right = landing(
        'protection = "production"\nlog_retention_days = 365\n'
        f"replication = {{ target_ca_certificate = {PEM} }}\n",
        ('  database = "payments"\n', f'  database = "payments"\n  ca_certificate = {PEM}\n'),
    )
    assert right.on_premises.ca_certificate == right.replication.target_ca_certificate
    assert str(right.on_premises.ca_certificate).count("\n") == 3


def test_all_mistakes_are_told_at_once_with_their_lines():
    text = changed(("10.1.0.0/16", "10.0.0.0/16")) + (
        "cutover = { on_premises_weight = 50 }\nreplication = { loopback_prevention = true }\n"
        "database = { backtrack_window = 1, min_capacity = 9 }\n"
    )
    said = messages(text)
    assert len(said) == 5
    assert all(one.startswith("x.tfvars:") for one in said)


@pytest.mark.parametrize("line", ["cutover = 3", "replication = { multi_az = 1 }", "landing", "database {"])
def test_rules_pass_over_what_is_not_known(line: str):
    said = messages(f'{LANDING}protection = "production"\n{line}\n')
    assert not any("is false under" in one or "would be written" in one for one in said)


@given(st.sampled_from([0, 100]), st.sampled_from([0, 100]))
def test_weights_are_taken_exactly_when_one_database_is_written_to(ours: int, theirs: int):
    try:
        parsed(f"{LANDING}cutover = {{ on_premises_weight = {ours}, aurora_weight = {theirs} }}\n")
        taken = True
    except UserError:
        taken = False
    assert taken is (ours != theirs)


@given(st.integers(1, 512), st.integers(1, 5000))
def test_an_alarm_is_taken_exactly_when_it_can_go_off(halves: int, connections: int):
    units = halves / 2
    try:
        parsed(
            f"{LANDING}database = {{ max_capacity = {units} }}\nalarms = {{ connections = {connections} }}\n"
        )
        taken = True
    except UserError:
        taken = False
    assert taken is (connections < connections_ceiling(units))


def test_a_file_without_a_system_is_known_by_its_keys():
    text = "\n".join(['system = "database-migratoin"', *LANDING.splitlines()[1:]])
    (said,) = messages(text)
    assert 'allowed: "region-migration", "disaster-recovery", "database-migration"' in said
    assert systems.of({"landing": 1, "on_premises": 2}) is systems.SYSTEMS["database-migration"]
    assert systems.of({}) is systems.SYSTEMS["region-migration"]


def test_a_key_of_another_system_is_not_a_setting():
    assert refusals("service = { }\n")[0].startswith("service is not a setting\n    the file may have: ")
    assert "landing" not in str(messages(RECOVERY + "intents = { retention_days = 0 }\n"))
