"""The policies that AWS manages."""

import json

import pytest
from moto.core.config import default_user_config
from moto.iam.models import IAMBackend

from shared.rehearsal.extensions import iam_policies
from tests.rehearsal.conftest import ACCOUNT, Aws

ARN = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"


def attached(aws: Aws) -> int:
    return int(aws.client("iam").get_policy(PolicyArn=ARN)["Policy"]["AttachmentCount"])


def test_what_one_state_attached_the_next_has_not(extended: Aws) -> None:
    iam = extended.client("iam")
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    iam.create_role(RoleName="instance", AssumeRolePolicyDocument=trust)
    iam.attach_role_policy(RoleName="instance", PolicyArn=ARN)
    assert attached(extended) == 1
    extended.server.reset()
    assert attached(extended) == 0
    assert iam.list_roles()["Roles"] == []


def test_accounts_have_policies_of_their_own_and_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(default_user_config, "iam", {"load_aws_managed_policies": True})
    moto = IAMBackend("aws", ACCOUNT)
    first, second = iam_policies.init_aws_policies(moto), iam_policies.init_aws_policies(moto)
    assert [policy.arn for policy in first] == [policy.arn for policy in moto.aws_managed_policies]
    first[0].attachment_count += 1
    assert second[0].attachment_count == 0


def test_there_are_none_unless_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(default_user_config, "iam", {"load_aws_managed_policies": False})
    assert iam_policies.init_aws_policies(IAMBackend("aws", ACCOUNT)) == []
