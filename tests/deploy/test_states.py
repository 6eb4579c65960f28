from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from shared.deploy import states
from shared.errors import UserError
from tests.deploy.stacks import BUCKET, REGION, Stack, World

A = "us-east-1/a"


def test_a_missing_bucket_is_a_persons_to_mend(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.deploy.stacks.BUCKET", "no-such-bucket")
    manifest = world.synthesize(Stack(A))
    with pytest.raises(
        UserError, match="the state bucket no-such-bucket does not exist in eu-west-1"
    ) as error:
        states.observe(manifest, world.clients)
    assert error.value.problems[0].remedy == "run `invoke bootstrap`, which makes it"


def test_any_other_refusal_of_s3_is_not_hidden(world: World) -> None:
    entry = world.synthesize(Stack(A)).stacks[0]
    client = world.clients.client("s3", REGION)
    with Stubber(client) as answers:
        answers.add_client_error("get_object", "AccessDenied")
        with pytest.raises(ClientError, match="AccessDenied"):
            states.get_object(entry, client, entry.state_key)


def test_an_empty_state_is_no_state(world: World) -> None:
    manifest = world.synthesize(Stack(A), Stack("us-east-1/b"))
    client = world.clients.client("s3", REGION)
    client.put_object(Bucket=BUCKET, Key=world.key(A), Body=b'{"version": 4, "serial": 3, "lineage": "l"}')
    client.put_object(Bucket=BUCKET, Key=world.key("us-east-1/b"), Body=b"")
    assert states.observe(manifest, world.clients) == {}
    assert states.read(manifest.stack(A), world.clients) is None


def test_a_state_is_summed_up() -> None:
    found = states.summarize(
        {
            "serial": 7,
            "lineage": "l",
            "outputs": {"id": {"value": "x", "type": "string"}},
            "resources": [
                {"mode": "managed", "type": "aws_vpc", "name": "main", "instances": [{}, {}]},
                {"mode": "managed", "type": "aws_vpc", "name": "in", "module": "module.m", "instances": [{}]},
                {"mode": "managed", "type": "aws_vpc", "name": "gone", "instances": []},
                {"mode": "data", "type": "aws_ami", "name": "a", "instances": [{}]},
            ],
        }
    )
    assert found.resources == 3
    assert found.addresses == {"aws_vpc.main", "module.m.aws_vpc.in"}
    assert found.version == "l#7"
    assert not found.empty
    assert "x" not in repr(found), "values stay out of logs"


def test_only_the_stacks_that_are_asked_for_are_read(world: World) -> None:
    manifest = world.synthesize(Stack(A), Stack("us-east-1/b"))
    world.deploy()
    assert list(states.observe(manifest, world.clients, ["us-east-1/b"])) == ["us-east-1/b"]
    assert world.key(A) in states.listing(world.clients, REGION, BUCKET, prefix=f"tests/{world.suffix}/")
