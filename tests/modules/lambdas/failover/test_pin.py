"""The pin is one object in a bucket of the standby region."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.modules.lambdas.failover.asking import EXECUTION, do, failure
from tests.modules.lambdas.failover.conftest import BUCKET, Deployment
from tests.modules.lambdas.world import SOURCE, TARGET, move_writer
from tests.rehearsal.waiting import until


def pinned(deployment: Deployment) -> dict[str, str]:
    s3 = deployment.world.aws.client("s3", TARGET)
    found = s3.get_object(Bucket=BUCKET, Key="primary-is-pinned")
    return dict(json.loads(found["Body"].read()))


def test_it_is_put_and_taken_away_as_often_as_one_likes(deployment):
    for _ in range(2):
        assert do("pin") == {"pinned": True}
    assert pinned(deployment)["pinned_by"] == EXECUTION
    for _ in range(2):
        assert do("unpin") == {"pinned": False}
    with pytest.raises(ClientError, match="NoSuchKey"):
        pinned(deployment)


def test_the_primary_is_not_asked(deployment):
    deployment.world.lost.add(SOURCE)
    do("pin")
    do("unpin")
    assert {region for _, region, _ in deployment.world.calls} == {TARGET}


def test_it_stays_while_the_standby_writes(deployment):
    do("pin")
    move_writer(deployment.world.aws, deployment.arns[TARGET])
    until(lambda: do("observe")["settled"])
    assert failure("unpin") == "the pin stays: the database writes in eu-west-1, not in us-east-1"
    members = deployment.described()["GlobalClusters"][0]["GlobalClusterMembers"]
    nobody = deployment.described(GlobalClusterMembers=[{**one, "IsWriter": False} for one in members])
    deployment.world.says("rds", TARGET, "DescribeGlobalClusters", nobody)
    assert failure("unpin").startswith("the pin stays: the database writes in no single region")
    assert pinned(deployment)


def test_it_stays_while_the_writer_is_being_moved_out(deployment):
    do("pin")
    deployment.world.says("rds", TARGET, "DescribeGlobalClusters", deployment.moving(TARGET))
    assert failure("unpin").startswith("the pin stays: the writer is being moved out of us-east-1 (")
    assert pinned(deployment)


@pytest.mark.parametrize(("action", "call"), [("pin", "PutObject"), ("unpin", "DeleteObject")])
def test_what_s3_refuses_is_said(deployment, action, call):
    deployment.world.refuses("s3", TARGET, call, "AccessDenied")
    assert failure(action).startswith(f"s3:{call} in eu-west-1: ")
