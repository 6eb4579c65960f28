"""On the way to credentials nothing may be in the region that is lost: every way there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shared.operations.recovery.proof.examine import way
from shared.operations.recovery.proof.way import Way

LOST, INSTEAD = "us-east-1", "us-west-2"
ROLE = "arn:aws:iam::123456789012:role/operator"
KEYS = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
CENTER = {"sso_account_id": "1", "sso_role_name": "operator"}
FETCHED = "from IAM Identity Center in us-east-1: they are fetched there each time"


def seen(
    profiles: dict[str, dict[str, Any]] | None = None,
    *,
    variables: dict[str, str] | None = None,
    lost: str = LOST,
    **config: Any,
) -> list[tuple[str, str, str | None]]:
    looked = Way(
        lost=lost,
        instead=INSTEAD,
        variables=variables or {},
        profile="p",
        config={"profiles": profiles or {}, **config},
    )
    return [(check.verdict, check.seen, check.remedy) for check in looked.checks()]


def verdicts(*args: Any, **named: Any) -> list[tuple[str, str]]:
    return [(verdict, what) for verdict, what, _ in seen(*args, **named)]


ENV_KEYS = {"AWS_ACCESS_KEY_ID": "a"}
FROM_KEYS = ("ok", "keys in environment variables: nobody is asked for them")
NO_PROFILE = ("ok", "no profile p: a role of the machine, or none")


def test_keys_in_variables_ask_nobody_and_the_profile_counts_for_nothing() -> None:
    there = {"p": {**CENTER, "sso_region": LOST}}
    assert verdicts(there, variables=ENV_KEYS) == [FROM_KEYS]


def test_without_a_profile_there_may_be_a_role_of_the_machine() -> None:
    assert verdicts() == [NO_PROFILE]
    assert verdicts({"p": {"region": "x"}}) == [
        ("ok", "profile p has no credentials of its own: a role of the machine, or none")
    ]


@pytest.mark.parametrize("value", ["legacy", "LEGACY"])
def test_the_legacy_endpoint_of_sts_is_in_us_east_1(value: str) -> None:
    assert seen(variables={**ENV_KEYS, "AWS_STS_REGIONAL_ENDPOINTS": value})[0] == (
        "fail",
        "AWS_STS_REGIONAL_ENDPOINTS is legacy: STS is asked at its global endpoint, which is in us-east-1",
        "unset it, or set it to regional; `invoke failover.*` asks us-west-2 all the same, the AWS CLI "
        "does not",
    )
    assert verdicts({"p": {**KEYS, "sts_regional_endpoints": "legacy"}})[0] == (
        "fail",
        "sts_regional_endpoints of profile p is legacy: STS is asked at its global endpoint, which is in "
        "us-east-1",
    )


def test_when_another_region_may_be_lost_the_legacy_endpoint_is_no_harm() -> None:
    variables = {**ENV_KEYS, "AWS_STS_REGIONAL_ENDPOINTS": "legacy"}
    assert verdicts(variables=variables, lost="eu-west-1") == [FROM_KEYS]
    assert verdicts(variables={**ENV_KEYS, "AWS_STS_REGIONAL_ENDPOINTS": "regional"}) == [FROM_KEYS]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ENDPOINT_URL", "https://vpce-1.rds.us-east-1.vpce.amazonaws.com"),
        ("AWS_ENDPOINT_URL_RDS", "https://rds.us-east-1.amazonaws.com"),
        ("AWS_ENDPOINT_URL_STS", "https://sts.amazonaws.com"),
    ],
)
def test_an_endpoint_in_the_lost_region_is_wrong(name: str, value: str) -> None:
    assert seen(variables={**ENV_KEYS, name: value})[0] == (
        "fail",
        f"{name} is {value}, which is in us-east-1",
        f"unset {name}",
    )


@pytest.mark.parametrize("value", ["http://127.0.0.1:5000", "https://rds.us-west-2.amazonaws.com", "x"])
def test_an_endpoint_elsewhere_is_right(value: str) -> None:
    assert verdicts(variables={**ENV_KEYS, "AWS_ENDPOINT_URL": value}) == [FROM_KEYS]


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_a_default_region_that_is_lost_is_a_warning(name: str) -> None:
    assert seen(variables={**ENV_KEYS, name: LOST})[0] == (
        "warn",
        f"{name} is us-east-1: the AWS CLI assumes roles there; `invoke failover.*` does so in us-west-2",
        f"set {name} to us-west-2",
    )


def test_identity_center_in_the_lost_region_is_wrong_directly_or_by_a_session() -> None:
    export = '`eval "$(aws configure export-credentials --format env)"` while they can still be had'
    wrong = (
        "fail",
        f"profile p has its credentials {FETCHED}",
        f"have a way that ends elsewhere, or take them along: {export}",
    )
    assert seen({"p": {**CENTER, "sso_region": LOST}}) == [wrong]
    by_session = {"p": {**CENTER, "sso_session": "ours"}}
    assert seen(by_session, sso_sessions={"ours": {"sso_region": LOST}}) == [wrong]
    assert verdicts(by_session, sso_sessions={"ours": {"sso_region": "eu-west-1"}}) == [
        ("ok", "profile p has its credentials from IAM Identity Center in eu-west-1")
    ]


def test_a_chain_of_roles_is_followed_to_its_source() -> None:
    chain = {
        "p": {"role_arn": ROLE, "source_profile": "middle"},
        "middle": {"role_arn": "arn:two", "source_profile": "people", "region": LOST},
        "people": {**CENTER, "sso_region": LOST},
    }
    assert verdicts(chain) == [
        (
            "fail",
            f"profile people has its credentials {FETCHED}",
        ),
        (
            "warn",
            "region of profile middle is us-east-1: the AWS CLI assumes roles there; "
            "`invoke failover.*` does so in us-west-2",
        ),
        ("ok", f"profile p assumes {ROLE} with those of profile middle"),
        ("ok", "profile middle assumes arn:two with those of profile people"),
    ]


def test_a_chain_that_leads_nowhere_or_in_a_circle_ends() -> None:
    lost = {"p": {"role_arn": ROLE, "source_profile": "gone"}}
    assert verdicts(lost)[0] == (
        "fail",
        "profile p takes its credentials from gone, which leads nowhere",
    )
    circle = {
        "p": {"role_arn": ROLE, "source_profile": "q"},
        "q": {"role_arn": ROLE, "source_profile": "p"},
    }
    assert verdicts(circle)[0] == (
        "fail",
        "profile q takes its credentials from p, which leads nowhere",
    )


def test_a_profile_may_be_the_source_of_its_own_role() -> None:
    own = {"p": {"role_arn": ROLE, "source_profile": "p", **KEYS}}
    assert verdicts(own) == [("ok", "profile p has keys: nobody is asked for them")]


@pytest.mark.parametrize(
    ("section", "verdict", "what"),
    [
        (KEYS, "ok", "profile p has keys: nobody is asked for them"),
        (
            {"role_arn": ROLE, "web_identity_token_file": "f"},
            "ok",
            "profile p assumes a role with a token, in us-west-2",
        ),
        (
            {"role_arn": ROLE, "credential_source": "Ec2InstanceMetadata"},
            "ok",
            "profile p assumes a role with those of Ec2InstanceMetadata",
        ),
        (
            {"credential_process": "vault"},
            "warn",
            "profile p runs vault: what that asks cannot be seen",
        ),
        (
            {"login_session": "arn:me", "region": LOST},
            "fail",
            "profile p has its credentials from `aws login` in us-east-1: they are fetched there each time",
        ),
        (
            {"login_session": "arn:me"},
            "ok",
            "profile p has its credentials from `aws login` in a region that it does not name",
        ),
    ],
)
def test_every_source_is_judged(section: dict[str, str], verdict: str, what: str) -> None:
    assert verdicts({"p": section}) == [(verdict, what)]


def test_endpoints_of_a_profile_and_of_its_services_are_looked_at() -> None:
    profile = {**KEYS, "endpoint_url": "https://sts.amazonaws.com", "services": "ours"}
    services = {
        "ours": {
            "rds": {"endpoint_url": "https://rds.us-east-1.amazonaws.com"},
            "s3": {"endpoint_url": "https://s3.us-west-2.amazonaws.com"},
            "odd": "text",
        }
    }
    assert verdicts({"p": profile}, services=services) == [
        ("fail", "endpoint_url of profile p is https://sts.amazonaws.com, in us-east-1"),
        ("fail", "endpoint_url for rds of profile p is https://rds.us-east-1.amazonaws.com, in us-east-1"),
        ("ok", "profile p has keys: nobody is asked for them"),
    ]


def test_it_is_read_from_the_files_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text(
        "[profile people]\nsso_session = ours\nsso_account_id = 1\nsso_role_name = r\nservices = s\n"
        f"[sso-session ours]\nsso_region = {LOST}\n"
        "[services s]\nrds =\n  endpoint_url = https://rds.us-east-1.amazonaws.com\n"
    )
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id = a\naws_secret_access_key = b\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_PROFILE", "people")

    found = [check.seen for check in way(LOST, INSTEAD, {}).checks()]

    assert found == [
        "endpoint_url for rds of profile people is https://rds.us-east-1.amazonaws.com, in us-east-1",
        f"profile people has its credentials {FETCHED}",
    ]
    monkeypatch.delenv("AWS_PROFILE")
    assert [check.seen for check in way(LOST, INSTEAD, {}).checks()] == [
        "profile default has keys: nobody is asked for them"
    ]
