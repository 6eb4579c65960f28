"""What the doctor looks at before a database comes from a data centre."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from shared import settings
from shared.clients import Clients
from shared.deploy import doctor_account, doctor_landing, doctor_names
from shared.rehearsal import prerequisites
from shared.rehearsal.environment import inside
from tests.synthesized import landing_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.deploy.check import Check
    from shared.settings import DatabaseMigration
    from tests.rehearsal.conftest import Aws

ACCOUNT = "123456789012"
TABLE = "rtb-0123456789abcdef0"


@pytest.fixture
def clients(extended: Aws) -> Iterator[Clients]:
    with inside(extended.server.endpoint):
        yield Clients(ACCOUNT)


def complete(**changes: Any) -> DatabaseMigration:
    return landing_settings(production={"route_table_ids": (TABLE,)}, **changes)


def verdicts(checks: list[Check]) -> list[tuple[str, str]]:
    return [(check.name, check.verdict) for check in checks]


def test_an_account_that_has_everything_is_well(clients: Clients) -> None:
    environment = complete()
    prerequisites.create(environment, clients)
    assert verdicts(doctor_landing.production(environment, clients)) == [
        ("production's VPC", "ok"),
        ("dms-vpc-role", "ok"),
        ("dms-cloudwatch-logs-role", "ok"),
    ]
    assert [check.verdict for check in doctor_account.secrets(environment, clients)] == ["ok"] * 3
    assert doctor_account.images(environment, clients) == []


def test_secrets_of_operators_are_looked_for_where_they_are_named(clients: Clients) -> None:
    names = {"on_premises": "payments/owner/source", "database": "payments/owner/aurora"}
    environment = complete(**{where: {"operator_secret_name": name} for where, name in names.items()})
    secrets = clients.client("secretsmanager", "us-east-1")
    secrets.create_secret(Name=names["on_premises"], SecretString="{}")
    found = {check.seen: check.verdict for check in doctor_account.secrets(environment, clients)}
    assert len(found) == 5
    assert found[names["on_premises"]] == "ok"
    assert found[f"there is no secret {names['database']} in us-east-1"] == "fail"


def test_an_empty_account_has_nothing_of_it(clients: Clients) -> None:
    environment = complete()
    network, *roles = doctor_landing.production(environment, clients)
    assert (network.verdict, network.remedy) == ("fail", "set production.vpc_id")
    assert network.seen == "there is no vpc-0a1b2c3d4e5f60718 in us-east-1"
    assert {(role.verdict, role.remedy) for role in roles} == {
        ("fail", 'set replication.account_roles = "make"')
    }
    assert [check.verdict for check in doctor_account.secrets(environment, clients)] == ["fail"] * 3


def test_roles_that_the_rollout_makes_are_not_missed(clients: Clients) -> None:
    environment = complete(replication={"account_roles": "make"})
    assert [check.verdict for check in doctor_landing.production(environment, clients)[1:]] == ["ok", "ok"]
    prerequisites.create(complete(), clients)
    assert [check.verdict for check in doctor_landing.production(environment, clients)[1:]] == ["warn"] * 2


def test_a_network_with_another_block_and_one_without_a_way_back_are_told(clients: Clients) -> None:
    prerequisites.create(complete(), clients)
    wrong = landing_settings(production={"vpc_cidr": "10.9.0.0/16", "route_table_ids": (TABLE,)})
    seen = doctor_landing.production(wrong, clients)[0]
    assert (seen.verdict, seen.seen) == ("fail", "vpc-0a1b2c3d4e5f60718 has 10.1.0.0/16 and not 10.9.0.0/16")
    seen = doctor_landing.production(landing_settings(), clients)[0]
    assert seen.verdict == "warn"
    assert "none of its route tables gets a route back" in seen.seen


def test_other_systems_have_no_such_network(clients: Clients) -> None:
    assert doctor_landing.production(settings.load("region-migration"), clients) == []


@pytest.mark.parametrize(("service", "answer"), [("ec2", "UnauthorizedOperation"), ("iam", "AccessDenied")])
def test_what_aws_refuses_to_show_is_a_warning(
    clients: Clients, monkeypatch: pytest.MonkeyPatch, service: str, answer: str
) -> None:
    from botocore.exceptions import ClientError

    environment = complete()
    prerequisites.create(environment, clients)
    real = clients.client(service, "us-east-1")

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": answer, "Message": "no"}}, "Describe")

    method = {"ec2": "describe_vpcs", "iam": "get_role"}[service]
    monkeypatch.setattr(real, method, refuse)
    kept = clients.client
    monkeypatch.setattr(
        clients, "client", lambda name, region: real if name == service else kept(name, region)
    )
    found = [check for look in doctor_account.LOOKS for check in look(environment, clients)]
    assert ("production", "warn") in verdicts(found)


def test_the_domain_that_is_looked_at_is_the_zones(clients: Clients) -> None:
    (seen,) = doctor_names.domain(landing_settings(), clients)
    assert seen.seen == (
        "migration-db1234.payments.example.com is reserved for examples: it cannot be delegated"
    )
    assert seen.remedy is not None
    assert seen.remedy.startswith("set domain.parent to a name of yours")
    (seen,) = doctor_names.domain(landing_settings(domain={"parent": "payments.dev"}), clients)
    assert seen.seen == "the zone migration-db1234.payments.dev is not there yet"
