"""What a database migration finds in the account: production's network, and the roles that DMS wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.clients import error_code
from shared.deploy.check import Check
from shared.settings import DatabaseMigration

if TYPE_CHECKING:
    from shared.clients import Clients
    from shared.settings import Platform

ROLES = ("dms-vpc-role", "dms-cloudwatch-logs-role")
"""Names that DMS looks for (DMS user guide, creating the IAM roles); an account has them once."""


def production(env: Platform, clients: Clients) -> list[Check]:
    """Look at the VPC that is peered, and at DMS's roles; empty for other systems."""
    if not isinstance(env, DatabaseMigration):
        return []
    return [_network(env, clients), *(_role(env, clients, name) for name in ROLES)]


def _network(env: DatabaseMigration, clients: Clients) -> Check:
    from botocore.exceptions import ClientError

    name, wanted = "production's VPC", env.production
    ec2 = clients.client("ec2", env.landing.region)
    try:
        found = ec2.describe_vpcs(VpcIds=[wanted.vpc_id])["Vpcs"][0]
    except ClientError as error:
        if error_code(error) != "InvalidVpcID.NotFound":
            raise
        seen = f"there is no {wanted.vpc_id} in {env.landing.region}"
        return Check(name=name, verdict="fail", seen=seen, remedy="set production.vpc_id")
    blocks = [one["CidrBlock"] for one in found["CidrBlockAssociationSet"]]
    if wanted.vpc_cidr not in blocks:
        seen = f"{wanted.vpc_id} has {', '.join(blocks)} and not {wanted.vpc_cidr}"
        return Check(name=name, verdict="fail", seen=seen, remedy="set production.vpc_cidr")
    if not wanted.route_table_ids:
        seen = f"{wanted.vpc_id} {wanted.vpc_cidr}, and none of its route tables gets a route back"
        remedy = f"name them in production.route_table_ids, or add {env.landing.vpc_cidr} to them"
        return Check(name=name, verdict="warn", seen=seen, remedy=remedy)
    return Check(name=name, verdict="ok", seen=f"{wanted.vpc_id} {wanted.vpc_cidr}")


def _role(env: DatabaseMigration, clients: Clients, name: str) -> Check:
    from botocore.exceptions import ClientError

    make = env.replication.account_roles == "make"
    try:
        clients.client("iam", env.landing.region).get_role(RoleName=name)
    except ClientError as error:
        if error_code(error) != "NoSuchEntity":
            raise
        if make:
            return Check(name=name, verdict="ok", seen="not there yet: the rollout makes it")
        remedy = 'set replication.account_roles = "make"'
        return Check(name=name, verdict="fail", seen="there is no such role", remedy=remedy)
    if make:
        # ours after the first rollout, somebody else's before: only a plan can tell
        remedy = 'if the first rollout was not yet: set replication.account_roles = "exist"'
        return Check(name=name, verdict="warn", seen="the role is there", remedy=remedy)
    return Check(name=name, verdict="ok", seen="the role is there")
