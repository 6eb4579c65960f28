from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from shared import settings
from shared.clients import Clients
from shared.deploy import service_role
from shared.errors import UserError
from tests.aws_proxy import Answer, misbehaving, refusal

if TYPE_CHECKING:
    from shared.settings import RegionMigration

ACCOUNT = "123456789012"


@pytest.fixture
def env() -> RegionMigration:
    return settings.load("region-migration")


@pytest.fixture
def clients(aws: str) -> Clients:
    assert aws
    return Clients(ACCOUNT)


@pytest.fixture(autouse=True)
def without(env: RegionMigration, clients: Clients) -> None:
    if service_role.exists(env, clients):
        clients.client("iam", env.state.region).delete_role(RoleName=service_role.ROLE)


def test_a_fresh_account_gets_the_role_once(env: RegionMigration, clients: Clients) -> None:
    assert [check.verdict for check in service_role.look(env, clients)] == ["fail"]
    assert service_role.ensure(env, clients) == [f"make the role {service_role.ROLE}"]
    assert service_role.ensure(env, clients) == []
    assert [check.verdict for check in service_role.look(env, clients)] == ["ok"]
    role = clients.client("iam", env.state.region).get_role(RoleName=service_role.ROLE)["Role"]
    # the very role that the keys' policies name
    path = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    assert role["Arn"] == f"arn:aws:iam::{ACCOUNT}:{path}"


@pytest.mark.parametrize(("call", "refused"), [(1, "GetRole"), (2, "CreateServiceLinkedRole")])
def test_what_aws_refuses_is_one_sentence(
    env: RegionMigration, aws: str, monkeypatch: pytest.MonkeyPatch, call: int, refused: str
) -> None:
    calls = count(1)

    def refuse(_method: str, _path: str) -> Answer | None:
        inner = refusal("AccessDenied").body
        answer = Answer(403, f"<ErrorResponse>{inner}<RequestId>1</RequestId></ErrorResponse>")
        return answer if next(calls) == call else None

    with misbehaving(aws, refuse) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        with pytest.raises(UserError, match=f"AWS refuses {refused} for {service_role.ROLE}: AccessDenied"):
            service_role.ensure(env, Clients(ACCOUNT))
