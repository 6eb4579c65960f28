"""The note: written on the version that was read, or not at all; and the logins."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shared.errors import UserError
from shared.operations.cutover import handles, logins, stages
from shared.operations.cutover.notes import ChangedMeanwhileError, Notes
from tests.cutover_miniature import STATE
from tests.operations.cutover.platform import Platform


def notes_of(platform: Platform) -> Notes:
    return Notes(platform.handles, platform.clients, by="Ada")


def test_what_was_kept_stays_when_the_next_note_is_written(made: Platform):
    notes = notes_of(made)
    first = notes.read()
    assert (first.stage, first.step, first.at, first.by) == ("replicating", "", None, "")
    second = notes.write(first, stage=stages.READY, step="prepare", attempt="a1")
    third = notes.write(second, stage=stages.FREEZING, step="freeze")
    assert third == notes.read() or third.at is not None
    assert made.state["attempt"] == "a1"
    assert (made.state["stage"], made.state["by"]) == ("freezing", "Ada")
    assert third.version == first.version + 2


def test_who_comes_second_writes_nothing(made: Platform):
    notes = notes_of(made)
    seen = notes.read()
    notes.write(seen, stage=stages.READY, step="prepare")
    with pytest.raises(ChangedMeanwhileError, match="somebody else is at it"):
        notes.write(seen, stage=stages.FREEZING, step="freeze")
    assert made.state["stage"] == "ready"


class Between:
    """Another note is written between the look and the act: theirs, or the same one once more."""

    def __init__(self, client: Any, theirs: str = "") -> None:
        self.client, self.theirs = client, theirs

    def get_parameter(self, **given: Any) -> Any:
        return self.client.get_parameter(**given)

    def put_parameter(self, **given: Any) -> Any:
        self.client.put_parameter(**{**given, "Value": self.theirs or given["Value"]})
        return self.client.put_parameter(**given)


def test_who_wrote_at_the_same_moment_goes_on_and_their_note_stands_again(made: Platform):
    notes = notes_of(made)
    seen = notes.read()
    notes._client = Between(notes._client, '{"stage": "moving"}')
    with pytest.raises(ChangedMeanwhileError, match="was to be written"):
        notes.write(seen, stage=stages.UNWINDING, step="open-source")
    assert made.state == {"stage": "moving"}


def test_a_note_that_was_put_again_because_its_answer_was_lost_is_ours(made: Platform):
    notes = notes_of(made)
    seen = notes.read()
    notes._client = Between(notes._client)
    written = notes.write(seen, stage=stages.READY, step="prepare")
    assert written.version == notes.read().version == seen.version + 2


def test_a_note_that_is_too_long_is_refused_before_anything_is_done(made: Platform):
    notes = notes_of(made)
    with pytest.raises(UserError, match="Parameter Store takes 4096"):
        notes.write(notes.read(), stage=stages.FREEZING, step="freeze", connect=["x" * 100] * 36)
    assert made.state == {"stage": "replicating"}


@pytest.mark.parametrize(("text", "at"), [("yesterday", None), ("2026-01-01T00:00:00", None)])
def test_a_time_that_is_none_is_not_known(made: Platform, text: str, at: None):
    made.put_state(stage="ready", at=text)
    assert notes_of(made).read().at is at


def test_a_state_that_means_nothing_is_told(made: Platform):
    made.aws("ssm").put_parameter(Name=STATE, Type="SecureString", Overwrite=True, Value="[]")
    with pytest.raises(UserError, match="has the stage None"):
        notes_of(made).read()


def test_a_login_is_that_of_the_owner_where_there_is_one(made: Platform):
    made.environment = made.environment.model_copy(
        update={
            "on_premises": made.environment.on_premises.model_copy(
                update={"operator_secret_name": "payments/on-premises/owner"}
            )
        }
    )
    owner = made.both.secret(made.both.on_premises, "payments_admin")
    made.aws("secretsmanager").create_secret(
        Name="payments/on-premises/owner", SecretString=json.dumps(owner)
    )
    login = logins.read(made.environment, made.clients)["on_premises"]
    assert (login.username, login.exempt, login.replicator) == (
        "payments_admin",
        ("dms", "payments_admin"),
        "dms",
    )
    assert made.both.passwords["payments_admin"] not in repr(login)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("no JSON", "it is not JSON with host, port, username, password"),
        (b"\x00", "it is not JSON with host, port, username, password"),
        ('{"host": "a", "port": 5432}', "it has no username, password"),
        ('{"host": "a", "port": "x", "username": "u", "password": "hidden-1"}', "its port is not a number"),
    ],
)
def test_a_secret_that_cannot_be_used_is_told_without_a_word_of_it(
    made: Platform, value: str | bytes, expected: str
):
    names = (
        made.environment.on_premises.secret_name,
        made.environment.replication.target_secret_name,
    )
    kind = "SecretString" if isinstance(value, str) else "SecretBinary"
    made.aws("secretsmanager").put_secret_value(SecretId=names[0], **{kind: value})
    made.aws("secretsmanager").delete_secret(SecretId=names[1], ForceDeleteWithoutRecovery=True)
    with pytest.raises(UserError) as caught:
        logins.read(made.environment, made.clients)
    assert [problem.where for problem in caught.value.problems] == [f"secret {name}" for name in names]
    assert expected in str(caught.value)
    assert "it cannot be read" in str(caught.value)
    assert "hidden-1" not in str(caught.value)


def test_another_system_is_not_cut_over(made: Platform):
    from dataclasses import replace

    with pytest.raises(UserError, match="only a database-migration is cut over"):
        handles.read(made.environment, replace(made.manifest, system="region-migration"), made.clients)


def test_a_stack_that_was_not_applied_is_named_with_its_command(made: Platform):
    entry = made.manifest.stack("us-east-1/cutover")
    made.clients.client("s3", entry.state_region).delete_object(
        Bucket=entry.state_bucket, Key=entry.state_key
    )
    with pytest.raises(UserError, match="us-east-1/cutover: it was not applied"):
        handles.read(made.environment, made.manifest, made.clients)
