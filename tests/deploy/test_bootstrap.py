from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from shared import settings
from shared.clients import Clients
from shared.deploy import bootstrap, bucket
from shared.errors import Refused, UserError
from tests.aws_proxy import Answer, misbehaving, refusal

if TYPE_CHECKING:
    from shared.settings import RegionMigration

ACCOUNT = "123456789012"
STEPS = [
    "block public access",
    "switch versioning on",
    "encrypt objects by default (AES256)",
    "delete replaced versions after 90 days",
]


@pytest.fixture
def env() -> RegionMigration:
    loaded = settings.load("region-migration")
    state = loaded.state.model_copy(update={"bucket": f"state-{uuid.uuid4().hex[:12]}"})
    return loaded.model_copy(update={"state": state})


@pytest.fixture
def clients(aws: str) -> Clients:
    assert aws
    return Clients(ACCOUNT)


@pytest.fixture
def s3(clients: Clients) -> Any:
    return clients.client("s3", "eu-west-1")


def put_state(s3: Any, env: RegionMigration, body: bytes, key: str = "a/b.tfstate") -> None:
    s3.put_object(Bucket=env.state.bucket, Key=key, Body=body)


def test_the_bucket_is_made_as_state_needs_it_and_a_second_run_does_nothing(
    env: RegionMigration, clients: Clients, s3: Any
) -> None:
    said: list[str] = []
    done = bootstrap.ensure(env, clients, say=said.append)
    assert done == said == [f"make the bucket {env.state.bucket} in eu-west-1", *STEPS]
    name = {"Bucket": env.state.bucket}
    assert s3.get_bucket_location(**name)["LocationConstraint"] == "eu-west-1"
    assert s3.get_bucket_versioning(**name)["Status"] == "Enabled"
    assert all(s3.get_public_access_block(**name)["PublicAccessBlockConfiguration"].values())
    (rule,) = s3.get_bucket_lifecycle_configuration(**name)["Rules"]
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 90
    assert bootstrap.ensure(env, clients) == []


def test_a_bucket_that_lacks_something_gets_only_that_and_keeps_the_rest(
    env: RegionMigration, clients: Clients, s3: Any
) -> None:
    bootstrap.ensure(env, clients)
    own = {"ID": "mine", "Status": "Enabled", "Filter": {"Prefix": "x/"}, "Expiration": {"Days": 9}}
    s3.put_bucket_lifecycle_configuration(Bucket=env.state.bucket, LifecycleConfiguration={"Rules": [own]})
    s3.delete_public_access_block(Bucket=env.state.bucket)
    assert bootstrap.ensure(env, clients) == ["block public access", "delete replaced versions after 90 days"]
    rules = s3.get_bucket_lifecycle_configuration(Bucket=env.state.bucket)["Rules"]
    assert [rule["ID"] for rule in rules] == ["mine", bucket.LIFECYCLE_ID]


def test_us_east_1_is_not_named_when_the_bucket_is_made_there(env: RegionMigration, clients: Clients) -> None:
    state = env.state.model_copy(update={"region": "us-east-1"})
    bootstrap.ensure(env.model_copy(update={"state": state}), clients)
    found = bucket.observe(clients.client("s3", "us-east-1"), state.bucket, ACCOUNT)
    assert found.region == "us-east-1"


@pytest.mark.parametrize("statement", [None, {"Sid": "mine"}, [{"Sid": "mine"}]])
def test_over_tls_a_policy_refuses_everything_else_and_keeps_what_is_there(
    env: RegionMigration, clients: Clients, s3: Any, statement: Any
) -> None:
    bootstrap.ensure(env, clients)
    if statement is not None:
        s3.put_bucket_policy(Bucket=env.state.bucket, Policy=json.dumps({"Statement": statement}))
    seen = bucket.observe(s3, env.state.bucket, ACCOUNT)
    over_tls = bucket.BucketState(**{**vars(seen), "over_tls": True})
    (step,) = bucket.plan(over_tls, region="eu-west-1", account_id=ACCOUNT)
    assert step.name == "refuse connections without TLS"
    step.act(s3)
    policy = json.loads(s3.get_bucket_policy(Bucket=env.state.bucket)["Policy"])["Statement"]
    assert [entry["Sid"] for entry in policy] == (["mine"] if statement else []) + [bucket.POLICY_SID]
    assert policy[-1]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert policy[-1]["Resource"][1] == f"arn:aws:s3:::{env.state.bucket}/*"
    assert bucket.observe(s3, env.state.bucket, ACCOUNT).tls_only


def test_a_bucket_in_another_region_is_refused(env: RegionMigration, clients: Clients) -> None:
    clients.client("s3", "us-west-2").create_bucket(
        Bucket=env.state.bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    with pytest.raises(Refused, match=r"is in us-west-2, and state.region is eu-west-1"):
        bootstrap.ensure(env, clients)


def test_somebody_elses_bucket_is_refused(
    env: RegionMigration, clients: Clients, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = clients.client("sts", "eu-west-1").assume_role(
        RoleArn="arn:aws:iam::999999999999:role/other", RoleSessionName="other"
    )["Credentials"]
    with monkeypatch.context() as other:
        other.setenv("AWS_ACCESS_KEY_ID", role["AccessKeyId"])
        other.setenv("AWS_SECRET_ACCESS_KEY", role["SecretAccessKey"])
        other.setenv("AWS_SESSION_TOKEN", role["SessionToken"])
        Clients("999999999999").client("s3", "us-east-1").create_bucket(Bucket=env.state.bucket)
    monkeypatch.setenv("MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS", "false")
    for act in (bootstrap.ensure, bootstrap.remove):
        with pytest.raises(Refused, match=f"exists, and account {ACCOUNT} may not use it"):
            act(env, clients)
    assert s3 is clients.client("s3", "eu-west-1")


def test_another_account_is_refused_before_anything_is_made(
    env: RegionMigration, clients: Clients, s3: Any
) -> None:
    with pytest.raises(UserError, match="the credentials belong to account 123456789012"):
        bootstrap.ensure(env, Clients("999999999999"))
    assert bucket.observe(s3, env.state.bucket, ACCOUNT).region is None
    assert clients is not None


def test_a_bucket_is_removed_when_no_state_holds_anything(
    env: RegionMigration, clients: Clients, s3: Any
) -> None:
    bootstrap.ensure(env, clients)
    data = {"resources": [{"mode": "data", "instances": [{}]}]}
    put_state(s3, env, b"{}")
    put_state(s3, env, json.dumps(data).encode())
    put_state(s3, env, b"{}", "a/c.tfstate.tflock")
    s3.delete_object(Bucket=env.state.bucket, Key="a/c.tfstate.tflock")
    assert bootstrap.remove(env, clients) == [
        f"the bucket {env.state.bucket} with 4 versions of states and locks"
    ]
    assert bootstrap.remove(env, clients) == []


def test_a_bucket_stays_while_anything_in_it_matters(env: RegionMigration, clients: Clients, s3: Any) -> None:
    bootstrap.ensure(env, clients)
    held = {"resources": [{"mode": "managed", "instances": [{}, {}]}, {"mode": "data", "instances": [{}]}]}
    put_state(s3, env, json.dumps(held).encode())
    put_state(s3, env, b"not JSON", "a/broken.tfstate")
    put_state(s3, env, b"{}", "a/held.tfstate.tflock")
    put_state(s3, env, b"x", "notes.txt")
    with pytest.raises(Refused) as refused:
        bootstrap.remove(env, clients)
    place = f"s3://{env.state.bucket}"
    assert [str(problem) for problem in refused.value.problems] == [
        f"{place}/a/b.tfstate: this state holds 2 resources\n    `invoke teardown` first",
        (
            f"{place}/a/broken.tfstate: this state holds an unknown number of "
            "resources\n    `invoke teardown` first"
        ),
        f"{place}/a/held.tfstate.tflock: somebody holds this lock\n    wait, or `invoke unlock`",
        f"{place}/notes.txt: this is not a state\n    move it away",
    ]
    assert bucket.observe(s3, env.state.bucket, ACCOUNT).versioned


@pytest.mark.parametrize(
    "case",
    [
        (
            "PUT",
            "?publicAccessBlock",
            refusal("AccessDenied"),
            "AWS refuses PutPublicAccessBlock on the bucket .*: AccessDenied",
        ),
        ("HEAD", "", Answer(400), "AWS refuses HeadBucket on the bucket .*: 400"),
        (
            "GET",
            "?policy",
            refusal("AccessDenied"),
            "AWS refuses GetBucketPolicy on the bucket .*: AccessDenied",
        ),
        ("PUT", "", refusal("BucketAlreadyExists", status=409), "the bucket state-.* is somebody else's"),
        ("PUT", "?versioning", Answer(200), "does not show after 1 seconds: switch versioning on"),
    ],
)
def test_what_aws_refuses_is_one_sentence(
    env: RegionMigration, aws: str, monkeypatch: pytest.MonkeyPatch, case: tuple[str, str, Answer, str]
) -> None:
    method, part, answer, message = case

    def misbehave(asked: str, path: str) -> Answer | None:
        hit = asked == method and env.state.bucket in path and (part in path if part else "?" not in path)
        return answer if hit else None

    with misbehaving(aws, misbehave) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        with pytest.raises(UserError, match=message):
            bootstrap.ensure(env, Clients(ACCOUNT), settle_seconds=1)


def test_an_s3_that_cannot_be_reached_is_one_sentence(
    env: RegionMigration, aws: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert aws
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    monkeypatch.setattr("shared.clients.ATTEMPTS", 1)
    with pytest.raises(UserError, match="AWS cannot be reached: Could not connect"):
        bootstrap.ensure(env, Clients(ACCOUNT))
