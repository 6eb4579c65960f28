"""The kinds of values that settings have: a type, and the rule that goes with it."""

from __future__ import annotations

from typing import Annotated

from shared.naming import LONGEST_SUFFIX
from shared.settings import checks, windows
from shared.settings.rules import Rule, between, matching

_YEARS = (365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
LOG_RETENTION = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, *_YEARS)
"""Days that CloudWatch Logs takes (PutRetentionPolicy)."""

Suffix = Annotated[
    str,
    Rule(
        allowed="lower-case letters, digits and inner hyphens, beginning with a letter, "
        f"at most {LONGEST_SUFFIX}: abc123",
        wrong=checks.suffix,
    ),
]
AccountId = Annotated[
    str, matching(r"\d{12}", "it is not an account id", '12 digits in quotes: "123456789012"')
]
Region = Annotated[str, Rule(allowed="the name of an AWS region: eu-west-1", wrong=checks.region)]
Zone = Annotated[
    str,
    matching(
        r"[a-z]{2,4}(-[a-z]+)+-\d[a-z]",
        "it is not the name of an availability zone",
        "a zone's full name: eu-west-1a",
    ),
]
Zones = Annotated[tuple[Zone, ...], Rule(allowed="three or more zones, each once", wrong=checks.zones)]
VpcBlock = Annotated[
    str,
    Rule(
        allowed=f"an IPv4 block from /{checks.LARGEST_VPC} to /{checks.SMALLEST_VPC}: 10.0.0.0/16",
        wrong=checks.vpc_block,
    ),
]
Ipv4Block = Annotated[str, Rule(allowed="an IPv4 block: 203.0.113.0/24", wrong=checks.ipv4_block)]
Ipv4Blocks = Annotated[
    tuple[Ipv4Block, ...], Rule(allowed="one or more blocks, each once", wrong=checks.distinct_and_some)
]
Bucket = Annotated[
    str,
    Rule(
        allowed="3 to 63 lower-case letters, digits and inner hyphens (S3 bucket naming rules)",
        wrong=checks.bucket,
    ),
]
Tags = Annotated[
    dict[str, str],
    Rule(
        allowed=f"at most {checks.MOST_TAGS} tags of letters, digits, spaces and _ . : / = + - @, "
        "keys up to 128 characters, values up to 256",
        wrong=checks.tags,
    ),
]
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
ZoneName = Annotated[
    str,
    matching(
        rf"({_LABEL}\.)+{_LABEL}",
        "it is not a domain name",
        "lower-case labels with dots between them, no dot at the end: payments.example.com",
    ),
]
RecordLabel = Annotated[
    str, matching(rf"{_LABEL}(\.{_LABEL})*", "it is not a label of a domain name", "lower-case: api")
]
EngineVersion = Annotated[
    str,
    matching(
        r"8\.0\.mysql_aurora\.3\.\d{2}\.\d{1,2}",
        "it is not a full Aurora MySQL 3 version with its patch",
        "8.0.mysql_aurora.3.MINOR.PATCH: 8.0.mysql_aurora.3.10.1",
    ),
]
InstanceClass = Annotated[
    str,
    Rule(allowed="a memory-optimized class, db.r5 or newer: db.r6g.large", wrong=checks.instance_class),
]
# One writer and up to 15 readers in the primary, of which one goes for the secondary region
# (Aurora user guide, configuration requirements of a global database).
Instances = Annotated[int, between(1, 15, "instances")]
DatabaseName = Annotated[
    str,
    matching(
        r"[A-Za-z][A-Za-z0-9_]{0,63}",
        "Aurora MySQL does not take this name",
        "a letter, then up to 63 letters, digits and underscores",
    ),
]
Username = Annotated[
    str,
    matching(
        r"(?!rdsadmin$)[A-Za-z][A-Za-z0-9_]{0,15}",
        "Aurora MySQL does not take this user name",
        "a letter, then up to 15 letters, digits and underscores; not rdsadmin",
    ),
]
SecretName = Annotated[
    str,
    matching(
        r"[A-Za-z0-9/_+=.@-]{1,512}",
        "it is not the name of a secret",
        "a Secrets Manager name (not its ARN): letters, digits and / _ + = . @ -",
    ),
]
Counter = Annotated[int, between(1, 1_000_000, "(a whole number)")]
ClusterArn = Annotated[
    str,
    matching(
        r"arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:cluster:[a-z][a-z0-9-]{0,62}",
        "it is not the ARN of a database cluster",
        "arn:aws:rds:REGION:ACCOUNT:cluster:IDENTIFIER",
    ),
]
# A secondary's failover needs some history; RDS keeps 35 days at most (CreateDBCluster).
RetentionDays = Annotated[int, between(7, 35, "days")]
DailyWindow = Annotated[
    str, Rule(allowed="at least 30 minutes, in UTC: 02:00-03:00", wrong=windows.daily_window)
]
WeeklyWindow = Annotated[
    str, Rule(allowed="30 minutes to a day, in UTC: sun:03:30-sun:04:30", wrong=windows.weekly_window)
]
NoBacktrack = Annotated[
    int | None,
    Rule(
        allowed="leave it out: the way back is point-in-time recovery, or switching the global database back",
        wrong=checks.no_backtrack,
    ),
]
InstanceType = Annotated[
    str,
    matching(
        r"[a-z][a-z0-9-]*\.(nano|micro|small|medium|large|\d*xlarge|metal[a-z0-9-]*)",
        "it is not the name of an EC2 instance type",
        "FAMILY.SIZE: t3.medium",
    ),
]
GroupSize = Annotated[int, between(1, 100, "instances")]
VolumeSize = Annotated[int, between(8, 16_384, "GiB (8 is the size of the image)")]
Repository = Annotated[
    str,
    matching(
        r"(?=.{2,256}$)([a-z0-9]+([._-][a-z0-9]+)*/)*[a-z0-9]+([._-][a-z0-9]+)*",
        "it is not the name of an ECR repository",
        "lower-case letters, digits and . _ - / between them, without the registry's host",
    ),
]
Image = Annotated[
    str,
    matching(
        r"sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}",
        "it is neither a tag nor a digest",
        "a tag (1.0.0), or a digest (sha256: and 64 hexadecimal digits)",
    ),
]
ContainerPort = Annotated[int, Rule(allowed="1 to 65535, not 443", wrong=checks.container_port)]
UrlPath = Annotated[
    str,
    matching(
        r"/[A-Za-z0-9._~/%-]{0,1023}", "it is not a path", "a path from the root, without a query: /health"
    ),
]
GraceSeconds = Annotated[int, between(30, 7200, "seconds")]
DrainSeconds = Annotated[int, between(0, 3600, "seconds")]
LogDays = Annotated[
    int,
    Rule(
        allowed=f"one of {', '.join(str(days) for days in LOG_RETENTION)} days",
        wrong=lambda days: None if days in LOG_RETENTION else "CloudWatch Logs does not take it",
    ),
]
LagMilliseconds = Annotated[int, between(100, 600_000, "milliseconds")]
Period = Annotated[int, Rule(allowed="60, 120, ... 3600 seconds", wrong=checks.period)]
Periods = Annotated[int, between(1, 10, "periods")]
Email = Annotated[
    str, matching(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", "it is not an email address", "payments@example.com")
]
Emails = Annotated[tuple[Email, ...], Rule(allowed="addresses, each once", wrong=checks.distinct)]
Phases = Annotated[
    tuple[int, ...],
    Rule(allowed="shares of traffic in per cent that rise to 100: [25, 50, 75, 100]", wrong=checks.phases),
]
# A day: Step Functions could wait longer, but nobody wants to watch a phase for longer.
BakeSeconds = Annotated[int, between(60, 86_400, "seconds")]
ApprovedPhases = Annotated[
    tuple[int, ...],
    Rule(allowed="some of migration.phases, rising: [75, 100]", wrong=checks.approved_phases),
]
# A task of Step Functions waits a year at most (Amazon States Language, TimeoutSeconds).
ApprovalSeconds = Annotated[int, between(60, 31_536_000, "seconds")]
WritePauseSeconds = Annotated[int, between(0, 600, "seconds")]
RetrySeconds = Annotated[int, between(1, 3_600, "seconds")]
Tolerance = Annotated[int, between(0, 100, "times")]
Samples = Annotated[int, between(1, 1_000_000_000, "requests")]
Percentage = Annotated[float, between(0, 100, "percentage points")]
# What Route 53 takes (CreateHealthCheck, HealthCheckConfig).
RequestInterval = Annotated[
    int,
    Rule(
        allowed="10 or 30 seconds", wrong=lambda value: None if value in {10, 30} else "Route 53 has no such"
    ),
]
FailureThreshold = Annotated[int, between(1, 10, "times")]
Ttl = Annotated[int, between(1, 300, "seconds")]
# The promises may be made tighter, never looser: 60 and 5 seconds are the system's.
RtoLimit = Annotated[int, between(20, 60, "seconds")]
RpoLimit = Annotated[int, between(1, 5, "seconds")]
ProbeMinutes = Annotated[int, between(1, 60, "minutes")]
IntentDays = Annotated[int, between(1, 365, "days")]
