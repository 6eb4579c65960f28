"""What an account has before a database comes to it: secrets, production's network, DMS's roles.

The settings name production's VPC and the virtual private gateway by their ids, so these are made with
exactly those (`extensions/given_ids.py`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.rehearsal import prerequisites_secrets

if TYPE_CHECKING:
    from shared.rehearsal.prerequisites import ClientFactory
    from shared.settings import DatabaseMigration

#: What DMS expects of the account, and the policies that go with it (DMS user guide, creating the IAM roles).
ROLES = {
    "dms-vpc-role": "service-role/AmazonDMSVPCManagementRole",
    "dms-cloudwatch-logs-role": "service-role/AmazonDMSCloudWatchLogsRole",
}
#: A resource with this tag gets the id that is its value (`extensions/given_ids.py`).
ID_TAG = "embedded-aws:id"
#: Aurora's endpoint is not known yet; a person writes it in before the task is started.
UNKNOWN_HOST = "written-in-after-the-rollout.invalid"


@dataclass(frozen=True, kw_only=True)
class LandingPrerequisites:
    """What was made. The passwords are here so that a search can show that they leaked nowhere."""

    master_password: str = field(repr=False)
    source_password: str = field(repr=False)
    target_password: str = field(repr=False)

    @property
    def secret_values(self) -> tuple[str, ...]:
        """Return every value that must not be found in a state, plan, log or report."""
        return self.master_password, self.source_password, self.target_password


def create(settings: DatabaseMigration, clients: ClientFactory) -> LandingPrerequisites:
    """Make everything that `settings` expects to exist. Not to be repeated on the same AWS."""
    region, source = settings.landing.region, settings.on_premises
    made = LandingPrerequisites(
        master_password=prerequisites_secrets.make(
            clients, region, settings.database.master_secret_name, settings.database.master_username
        ),
        source_password=prerequisites_secrets.make(
            clients, region, source.secret_name, "dms", host=source.host, port=source.port
        ),
        target_password=prerequisites_secrets.make(
            clients, region, settings.replication.target_secret_name, "dms", host=UNKNOWN_HOST, port=5432
        ),
    )
    _networks(settings, clients)
    if settings.replication.account_roles == "exist":
        _roles(clients, region)
    return made


def _networks(settings: DatabaseMigration, clients: ClientFactory) -> None:
    ec2 = clients.client("ec2", settings.landing.region)
    production = settings.production
    ec2.create_vpc(CidrBlock=production.vpc_cidr, TagSpecifications=_given("vpc", production.vpc_id))
    gateway = settings.landing.vpn_gateway_id
    if gateway:
        ec2.create_vpn_gateway(Type="ipsec.1", TagSpecifications=_given("vpn-gateway", gateway))
    for table in production.route_table_ids:
        ec2.create_route_table(VpcId=production.vpc_id, TagSpecifications=_given("route-table", table))


def _given(kind: str, identifier: str) -> list[dict[str, object]]:
    return [{"ResourceType": kind, "Tags": [{"Key": ID_TAG, "Value": identifier}]}]


def _roles(clients: ClientFactory, region: str) -> None:
    iam = clients.client("iam", region)
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "dms.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    for name, policy in ROLES.items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
