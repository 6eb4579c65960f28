"""What each setting allows and refuses by itself."""

import pytest

from tests.settings.files import RIGHT, message, messages, parsed


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('"abc123"', '"a-"', "it cannot be part of every service's names"),
        ('"abc123"', '"1abc"', "it cannot be part of every service's names"),
        ('"abc123"', '"abcdefghijklmnopq"', "its 17 characters leave no room in names that may have 32"),
        ('"123456789012"', '"12345678901"', "it is not an account id"),
        ('"us-east-1"', '"us-eastt-1"', "there is no such region; the nearest is us-east-1"),
        ('"us-east-1"', '"us-est-1"', "there is no such region; the nearest is us-east-1 or us-west-1"),
        ('"us-east-1"', '"nowhere"', "there is no such region"),
        ('"10.0.0.0/16"', '"10.0.0.0"', "it has no prefix length"),
        ('"10.0.0.0/16"', '"10.0.0/16"', "it is not an IPv4 block"),
        ('"10.0.0.0/16"', '"10.0.0.0/15"', "a /15 is too large for a VPC of this platform"),
        ('"10.0.0.0/16"', '"10.0.0.0/23"', "a /23 is too small for a VPC of this platform"),
        ('"us-east-1c"', '"us-east-1b"', "us-east-1b is there twice"),
        (', "us-east-1c"', "", "it has 2, and needs 3"),
        ('"us-east-1c"', '"us-east-1-bos-1a"', "it is not the name of an availability zone"),
        ('"a-state-bucket"', '"My_Bucket"', "S3 does not take this name"),
        ('"a-state-bucket"', '"a.b"', "S3 does not take this name"),
        ('"a-state-bucket"', '"xn--bucket"', "S3 keeps this beginning or ending for itself"),
        ('"a-state-bucket"', '"bucket-s3alias"', "S3 keeps this beginning or ending for itself"),
        ('"payments.example.com"', '"payments.example.com."', "it is not a domain name"),
    ],
)
def test_a_required_setting_is_refused(old: str, new: str, complaint: str):
    first = messages(RIGHT.replace(old, new, 1))[0]
    assert first.splitlines()[0].endswith(f": {complaint}")


def test_the_version_without_a_patch_is_refused():
    assert message('database = { engine_version = "8.0.mysql_aurora.3.10" }\n') == (
        'database.engine_version is "8.0.mysql_aurora.3.10": it is not a full '
        "Aurora MySQL 3 version with its patch\n"
        "    allowed: 8.0.mysql_aurora.3.MINOR.PATCH: 8.0.mysql_aurora.3.10.1"
    )


def test_an_engine_that_is_not_supported_is_refused():
    assert message('database = { engine = "aurora-postgresql" }\n') == (
        'database.engine is "aurora-postgresql", which is not supported\n    allowed: "aurora-mysql"'
    )


def test_backtrack_is_refused_with_the_way_back_that_there_is():
    assert message("database = { backtrack_window = 72 }\n") == (
        "database.backtrack_window is 72: an Aurora global database has no backtrack\n"
        "    allowed: leave it out: the way back is point-in-time recovery, or "
        "switching the global database back"
    )


@pytest.mark.parametrize(
    ("section", "key", "value", "complaint"),
    [
        (
            "database",
            "instance_class",
            '"db.t4g.medium"',
            "an Aurora global database does not run on burstable (t) classes",
        ),
        ("database", "instance_class", '"db.m6g.large"', "it is not a memory-optimized class"),
        ("database", "instance_class", '"db.r4.large"', "it is not a memory-optimized class"),
        ("database", "instances", "0", "it is below 1"),
        ("database", "instances", "16", "it is above 15"),
        ("database", "name", '"1x"', "Aurora MySQL does not take this name"),
        ("database", "master_username", '"rdsadmin"', "Aurora MySQL does not take this user name"),
        ("database", "master_username", '"seventeen_letters"', "Aurora MySQL does not take this user name"),
        ("database", "master_secret_name", '"arn:aws:x"', "it is not the name of a secret"),
        ("database", "master_password_version", "0", "it is below 1"),
        (
            "database",
            "existing_primary_cluster_arn",
            '"arn:aws:rds:x"',
            "it is not the ARN of a database cluster",
        ),
        ("database", "backup_retention_days", "6", "it is below 7"),
        ("database", "backup_retention_days", "36", "it is above 35"),
        ("database", "backup_window", '"2:00-3:00"', "it is not hh:mm-hh:mm"),
        ("database", "backup_window", '"02:00-02:29"', "it is shorter than 30 minutes"),
        ("database", "maintenance_window", '"sunday"', "it is not ddd:hh:mm-ddd:hh:mm"),
        ("database", "maintenance_window", '"sun:03:00-sun:03:10"', "it is shorter than 30 minutes"),
        ("database", "maintenance_window", '"sun:03:00-mon:03:00"', "it is a day long or longer"),
        ("service", "instance_type", '"t3"', "it is not the name of an EC2 instance type"),
        ("service", "root_volume_gb", "7", "it is below 8"),
        ("service", "image_repository", '"Payment"', "it is not the name of an ECR repository"),
        ("service", "image", '"sha256:12"', "it is neither a tag nor a digest"),
        ("service", "container_port", "443", "the TLS proxy in front of the container has this port"),
        ("service", "container_port", "0", "it is not a port"),
        ("service", "container_port", "65536", "it is not a port"),
        ("service", "health_check_path", '"health"', "it is not a path"),
        ("service", "health_check_grace_seconds", "10", "it is below 30"),
        ("service", "deregistration_delay_seconds", "3601", "it is above 3600"),
        ("service", "credentials_secret_name", '""', "it is not the name of a secret"),
        ("service", "ingress_cidrs", "[]", "it is empty"),
        ("service", "ingress_cidrs", '["10.0.0.0/8", "10.0.0.0/8"]', "10.0.0.0/8 is there twice"),
        ("service", "log_retention_days", "31", "CloudWatch Logs does not take it"),
        ("alarms", "replication_lag_ms", "1", "it is below 100"),
        ("alarms", "period_seconds", "90", "it is not a whole number of minutes"),
        ("alarms", "period_seconds", "7200", "it is not from a minute to an hour"),
        ("alarms", "evaluation_periods", "0", "it is below 1"),
        ("alarms", "emails", '["nobody"]', "it is not an email address"),
        ("alarms", "emails", '["a@b.c", "a@b.c"]', "a@b.c is there twice"),
        ("migration", "phases", "[]", "it is empty"),
        ("migration", "phases", "[0, 100]", "0 is not a share from 1 to 100"),
        ("migration", "phases", "[50, 50, 100]", "50 after 50 does not rise"),
        ("migration", "phases", "[25, 50, 75]", "it ends at 75"),
        ("migration", "bake_seconds", "59", "it is below 60"),
        ("migration", "approve_phases", "[75, 50]", "50 after 75 does not rise"),
        ("migration", "approve_phases", "[50, 101]", "101 is not a share from 1 to 100"),
        ("migration", "approval_timeout_seconds", "59", "it is below 60"),
        ("migration", "drain_seconds", "601", "it is above 600"),
        ("migration", "settle_seconds", "-1", "it is below 0"),
        ("migration", "failure_limit", "-1", "it is below 0"),
        ("migration", "retry_seconds", "0", "it is below 1"),
        ("migration", "minimum_samples", "0", "it is below 1"),
        ("migration", "error_rate_increase", "100.5", "it is above 100"),
        ("domain", "record", '"-"', "it is not a label of a domain name"),
    ],
)
def test_an_optional_setting_is_refused(section: str, key: str, value: str, complaint: str):
    text = RIGHT
    if section == "domain":
        text = text.replace("domain = {", f"domain = {{ {key} = {value}, ")
    else:
        text += f"{section} = {{ {key} = {value} }}\n"
    (only,) = messages(text)
    assert only.splitlines()[0].endswith(f": {complaint}")
    assert f" {section}.{key}" in only
    assert "    allowed: " in only


@pytest.mark.parametrize(
    ("tags", "complaint"),
    [
        ('{ "aws:x" = "y" }', "aws:x begins with aws:, which AWS keeps for itself"),
        ('{ "" = "y" }', "AWS does not take the key ''"),
        ('{ "a?" = "y" }', "AWS does not take the key 'a?'"),
        ('{ a = "?" }', "AWS does not take the value of a"),
        ("{ " + ", ".join(f'k{number} = "v"' for number in range(41)) + " }", "there are 41 tags"),
    ],
)
def test_tags_that_aws_does_not_take_are_refused(tags: str, complaint: str):
    assert message(f"tags = {tags}\n").splitlines()[0] == f"tags is an object: {complaint}"


@pytest.mark.parametrize(
    "addition",
    [
        'tags = { team = "payments", "cost:centre" = "a/b" }\n',
        (
            "database = { existing_primary_cluster_arn = "
            '"arn:aws:rds:us-east-1:123456789012:cluster:payments" }\n'
        ),
        'database = { instance_class = "db.r7i.24xlarge", instances = 15 }\n',
        'database = { instance_class = "db.x2g.large", backtrack_window = null }\n',
        'database = { backup_window = "23:45-00:30", maintenance_window = "sun:01:00-sun:05:00" }\n',
        f'service = {{ image = "sha256:{"0" * 64}", image_repository = "team/payment-processor" }}\n',
        'alarms = { emails = ["a@b.example", "c@d.example"] }\n',
        "migration = { phases = [100], bake_seconds = 120 }\n",
    ],
)
def test_what_is_right_is_taken(addition: str):
    assert parsed(RIGHT + addition).name == "x"


@pytest.mark.parametrize("value", ["0", "2", "0.5"])
def test_a_percentage_may_be_broken_or_whole(value: str):
    environment = parsed(RIGHT + f"migration = {{ error_rate_increase = {value} }}\n")
    assert environment.migration.error_rate_increase == float(value)


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("error_rate_increase", '"1"', "a number is needed"),
        ("canary", '"yes"', "true or false is needed"),
        ("approve_phases", "[true]", "a whole number is needed"),
    ],
)
def test_another_type_is_refused(key: str, value: str, wanted: str):
    (only,) = messages(RIGHT + f"migration = {{ {key} = {value} }}\n")
    assert wanted in only
