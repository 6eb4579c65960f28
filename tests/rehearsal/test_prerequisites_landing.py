"""What an account has before a database comes to it."""

import json
from typing import Any

from shared.rehearsal.prerequisites import create
from tests.rehearsal.conftest import Aws
from tests.synthesized import landing_settings


def secret(aws: Aws, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        aws.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    )
    return found


def test_the_secrets_of_dms_say_where_the_databases_are(extended: Aws) -> None:
    made = create(landing_settings(), extended)
    assert secret(extended, "payments/database/master")["password"] == made.master_password
    source = secret(extended, "payments/on-premises/replication")
    assert source == {
        "username": "dms",
        "password": made.source_password,
        "host": "payments-db.corp.example.net",
        "port": 5432,
    }
    assert secret(extended, "payments/aurora/replication")["password"] == made.target_password
    assert len(set(made.secret_values)) == 3
    assert made.master_password not in repr(made)


def test_productions_network_has_the_ids_of_the_settings(extended: Aws) -> None:
    table = "rtb-0123456789abcdef0"
    create(landing_settings(production={"route_table_ids": (table,)}), extended)
    ec2 = extended.client("ec2")
    (vpc,) = ec2.describe_vpcs(VpcIds=["vpc-0a1b2c3d4e5f60718"])["Vpcs"]
    assert vpc["CidrBlock"] == "10.1.0.0/16"
    (gateway,) = ec2.describe_vpn_gateways()["VpnGateways"]
    assert (gateway["VpnGatewayId"], gateway["VpcAttachments"]) == ("vgw-0d4e5f60718293a4b", [])
    (found,) = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert found["VpcId"] == "vpc-0a1b2c3d4e5f60718"


def test_what_the_settings_leave_to_the_rollout_is_not_there(extended: Aws) -> None:
    changes = {
        "landing": {"nat_mode": "single", "vpn_gateway_id": None},
        "replication": {"account_roles": "make"},
    }
    create(landing_settings(**changes), extended)
    assert extended.client("ec2").describe_vpn_gateways()["VpnGateways"] == []
    assert extended.client("iam").list_roles()["Roles"] == []


def test_the_roles_that_belong_to_the_account_are_there(extended: Aws) -> None:
    create(landing_settings(), extended)
    names = {role["RoleName"] for role in extended.client("iam").list_roles()["Roles"]}
    assert names == {"dms-vpc-role", "dms-cloudwatch-logs-role"}
