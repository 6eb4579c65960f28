"""The kinds of values that only a database that comes from a data centre has."""

from __future__ import annotations

import re
from typing import Annotated

from shared.settings.checks import distinct, distinct_and_some
from shared.settings.rules import Rule, between, matching

_HALF = 0.5
_SMALLEST, _LARGEST = 0.5, 256.0
_CERTIFICATE = re.compile(r"\s*(-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+")
_IDENTIFIER = r"[A-Za-z_][A-Za-z0-9_]{0,62}"


def capacity(value: float) -> str | None:
    """Check a capacity of Serverless v2 (RDS API, ServerlessV2ScalingConfiguration): half steps, no pause.

    0 lets the database pause when nobody is connected; a target that DMS writes to never should.
    """
    if value < _SMALLEST:
        return f"it is below {_SMALLEST}"
    if value > _LARGEST:
        return f"it is above {_LARGEST:g}"
    return None if value % _HALF == 0 else "Aurora counts in steps of 0.5"


def certificate(value: str) -> str | None:
    """Check the certificates of an authority, as PEM."""
    return None if _CERTIFICATE.fullmatch(value) else "it is not a certificate in PEM"


def replication_class(value: str) -> str | None:
    """Check a class of DMS: two vCPUs and 8 GB or more."""
    if not re.fullmatch(r"dms\.[a-z]\d[a-z]?\.(micro|small|medium|\d*x?large)", value):
        return "it is not a class of replication instance"
    large = re.fullmatch(
        r"dms\.(t[23]\.large|c[5-7][a-z]?\.\d*xlarge|r[4-7][a-z]?\.(large|\d*xlarge))", value
    )
    return None if large else "it has less than 2 vCPUs and 8 GB"


def no_backtrack(value: object) -> str | None:
    """Refuse the backtrack window: PostgreSQL has none."""
    return None if value is None else "backtrack exists only for Aurora MySQL"


VpcId = Annotated[str, matching(r"vpc-[0-9a-f]{8,17}", "it is not the id of a VPC", "vpc-0123456789abcdef0")]
VpnGatewayId = Annotated[
    str,
    matching(r"vgw-[0-9a-f]{8,17}", "it is not the id of a virtual private gateway", "vgw-0123456789abcdef0"),
]
RouteTableId = Annotated[
    str, matching(r"rtb-[0-9a-f]{8,17}", "it is not the id of a route table", "rtb-0123456789abcdef0")
]
RouteTableIds = Annotated[tuple[RouteTableId, ...], Rule(allowed="route tables, each once", wrong=distinct)]
HostName = Annotated[
    str,
    matching(
        r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?",
        "it is not the name of a host",
        "a full name in lower case, no address, because a record leads to it: db.example.internal",
    ),
]
Port = Annotated[int, between(1, 65_535, "(a TCP port)")]
PostgresVersion = Annotated[
    str,
    matching(
        r"15\.\d{1,2}",
        "it is not a version of Aurora PostgreSQL 15 with its minor",
        '15.MINOR, in quotes: "15.10"',
    ),
]
PostgresName = Annotated[
    str,
    matching(
        _IDENTIFIER,
        "PostgreSQL does not take this name without quotes",
        "a letter or _, then up to 62 letters, digits and _",
    ),
]
PostgresNames = Annotated[
    tuple[PostgresName, ...], Rule(allowed="one or more schemas, each once", wrong=distinct_and_some)
]
PostgresUser = Annotated[
    str,
    matching(
        rf"(?!rdsadmin$|admin$|postgres$){_IDENTIFIER}",
        "Aurora PostgreSQL does not take this user name",
        "a letter or _, then up to 62 letters, digits and _; not rdsadmin, admin or postgres",
    ),
]
Capacity = Annotated[float, Rule(allowed="0.5 to 256 capacity units in steps of 0.5", wrong=capacity)]
Readers = Annotated[int, between(2, 14, "readers")]
NoPostgresBacktrack = Annotated[
    int | None,
    Rule(
        allowed="leave it out: the way back is the reverse task (Aurora to on-premises), a snapshot from "
        "before the cutover, or point-in-time recovery into a new cluster",
        wrong=no_backtrack,
    ),
]
Certificate = Annotated[
    str,
    Rule(
        allowed="the authority's certificates in PEM, with \\n for each end of a line",
        wrong=certificate,
    ),
]
ReplicationClass = Annotated[
    str, Rule(allowed="2 vCPUs and 8 GB or more: dms.r5.large, dms.c5.xlarge", wrong=replication_class)
]
ReplicationVersion = Annotated[
    str, matching(r"3\.\d{1,2}\.\d{1,2}", "it is not a version of the DMS engine", "3.MINOR.PATCH: 3.5.4")
]
StorageSize = Annotated[int, between(50, 6_144, "GB")]
LobSize = Annotated[int, between(1, 102_400, "KB")]
HeartbeatMinutes = Annotated[int, between(1, 60, "minutes")]
LagSeconds = Annotated[int, between(1, 3_600, "seconds")]
LagMinutes = Annotated[int, between(1, 60, "minutes")]
FreshMinutes = Annotated[int, between(1, 1_440, "minutes")]
DrainSeconds = Annotated[int, between(10, 3_600, "seconds")]
TransactionSeconds = Annotated[int, between(1, 86_400, "seconds")]
SequenceGap = Annotated[int, between(0, 1_000_000_000, "steps")]
Weight = Annotated[
    int,
    Rule(
        allowed="0 or 100",
        wrong=lambda value: None if value in {0, 100} else "a share in between means two writers",
    ),
]
Percent = Annotated[int, between(1, 100, "per cent")]
Connections = Annotated[int, between(1, 5_000, "connections")]
BackupDays = Annotated[int, between(7, 365, "days")]
# AWS Backup wants six fields, and either the day of the month or that of the week as ? (BackupRule).
BackupSchedule = Annotated[
    str,
    matching(
        r"cron\((\d{1,2}|\*|\d{1,2}/\d{1,2}) (\d{1,2}|\*|\d{1,2}/\d{1,2}) "
        r"(\? \S+ [A-Z0-9,*#L/-]+|[0-9,*LW/-]+ \S+ \?) (\*|\d{4}\S*)\)",
        "it is not a schedule of AWS Backup",
        "cron(MINUTE HOUR DAY MONTH WEEKDAY YEAR) in UTC, one of the days a ?: cron(0 5 ? * * *)",
    ),
]
