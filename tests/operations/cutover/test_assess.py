"""What an assessment finds in real databases, and in AWS."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from shared.errors import Refused, UserError
from shared.operations.cutover import start
from shared.operations.cutover.assess import Assessment
from shared.operations.cutover.request import Request
from tests.cutover_miniature import ALARMS, CONFIG
from tests.operations.cutover.platform import Platform

STRANGE = """
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE EXTENSION citext;
CREATE TABLE keyless (what text);
CREATE TABLE nameless (id int PRIMARY KEY);
ALTER TABLE nameless REPLICA IDENTITY NOTHING;
CREATE TABLE fleeting (id int PRIMARY KEY, unlogged int);
ALTER TABLE fleeting SET UNLOGGED;
CREATE TABLE odd (
    id int PRIMARY KEY, price numeric, feeling mood, host inet, wait interval, thing oid, long text UNIQUE
);
CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (1000);
CREATE SEQUENCE near_end MAXVALUE 1000;
SELECT setval('near_end', 950);
INSERT INTO odd (id, thing, long) VALUES (1, lo_from_bytea(0, 'object'), repeat('x', 40000));
CREATE INDEX odd_price ON odd (price);
CREATE ROLE sloppy;
ALTER ROLE sloppy SET default_transaction_read_only = off;
"""


def codes(assessment: Assessment, verdict: str) -> set[str]:
    return {one.code for one in assessment.findings if one.verdict == verdict}


def test_nothing_speaks_against_a_copy_that_is_complete(loaded: Platform):
    assessment = loaded.assess()
    assert codes(assessment, "blocks") == set()
    assert codes(assessment, "warns") == set()
    assert assessment.exit_code == 0
    document = assessment.as_json()
    assert (document["blocks"], document["warns"]) == (0, 0)
    assert json.loads(json.dumps(document, default=str))["position"]["stage"] == "replicating"


def test_everything_that_is_wrong_is_found_at_once(made: Platform):
    with made.on_premises() as source:
        source.execute(STRANGE)
        source.execute("DROP TRIGGER accounts_touched ON accounts")
    with made.aurora() as target:
        target.execute("ALTER TABLE payments DISABLE TRIGGER USER")
        target.execute("ALTER TABLE entries DROP CONSTRAINT entries_side_check")
        target.execute("ALTER TABLE entries DROP CONSTRAINT entries_payment_fkey")
        target.execute("DROP INDEX payments_by_key")
        target.execute("CREATE SEQUENCE near_end MAXVALUE 1000")
    busy = made.on_premises("payments_admin")
    busy.autocommit = False
    try:
        busy.execute("SELECT 1")
        made.environment = made.environment.model_copy(
            update={"cutover": made.environment.cutover.model_copy(update={"transaction_seconds": 0})}
        )
        assessment = made.assess()
    finally:
        busy.close()
        with made.on_premises() as source:
            source.execute("ALTER ROLE sloppy RESET default_transaction_read_only")
            source.execute("DROP ROLE sloppy")
    assert codes(assessment, "blocks") == {
        *("primary-keys", "replica-identity", "unlogged", "numeric", "large-objects", "lob-size"),
        *("extensions", "tables", "constraints", "foreign-keys", "indexes", "sequences", "sentinel"),
        *("transactions", "superusers", "connections", "forward-task", "validation", "latency"),
    }
    assert codes(assessment, "warns") == {"partitions", "types", "batch-apply", "overriding"}
    said = {one.code: one.what for one in assessment.findings}
    assert said["numeric"] == "numeric without precision: public.odd.price"
    assert said["types"] == (
        "types that DMS carries as texts, or does not promise to carry: public.odd.feeling (mood), "
        "public.odd.host (inet), public.odd.wait (interval)"
    )
    assert said["lob-size"] == "values above replication.lob_max_kb = 32: public.odd.long (78 kB)"
    assert "public.entries.entries_payment_fkey" in said["foreign-keys"]
    assert "payments_admin (pid" in said["transactions"]
    assert said["superusers"] == "superusers are connected to the source: payments_admin"
    assert all(one.why and one.remedy for one in assessment.findings if one.verdict != "ok")
    assert assessment.exit_code == 1


def test_a_cutover_is_refused_with_every_reason_and_nothing_is_changed(made: Platform):
    with pytest.raises(Refused) as caught:
        start.run(made.operator(), Request(accept=("latency", "connections")))
    where = [problem.where for problem in caught.value.problems]
    assert {"--accept", "forward-task", "validation", "sentinel"} <= set(where)
    assert "connections" not in where
    assert made.state == {"stage": "replicating"}


def test_a_database_that_does_not_answer_is_a_finding(loaded: Platform):
    name = loaded.environment.on_premises.secret_name
    secret = json.loads(loaded.aws("secretsmanager").get_secret_value(SecretId=name)["SecretString"])
    loaded.aws("secretsmanager").put_secret_value(
        SecretId=name, SecretString=json.dumps({**secret, "password": "not-the-one"})
    )
    assessment = loaded.assess()
    assert "source" in codes(assessment, "blocks")
    assert "not-the-one" not in json.dumps(assessment.as_json(), default=str)


def test_what_aws_says_counts(loaded: Platform):
    loaded.aws("cloudwatch").set_alarm_state(AlarmName=ALARMS[0], StateValue="ALARM", StateReason="test")
    loaded.latency(30.0)
    found = {one.code: one for one in loaded.assess().findings if one.verdict == "blocks"}
    assert set(found) == {"alarms", "latency"}
    assert found["latency"].what == "the latency was 60 s within 1 minutes, above 5 s"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[]", "no whole number above 0 for lag_limit_seconds, lag_window_minutes"),
        ('{"lag_limit_seconds": true, "lag_window_minutes": 3}', "for lag_limit_seconds"),
    ],
)
def test_limits_that_mean_nothing_are_a_mistake(made: Platform, text: str, expected: str):
    made.aws("ssm").put_parameter(Name=CONFIG, Type="SecureString", Overwrite=True, Value=text)
    with pytest.raises(UserError, match=expected):
        made.assess()


def test_a_position_that_cannot_be_read_blocks(made: Platform):
    made.put_state(stage="somewhere")
    assessment = made.assess()
    assert "aws" in codes(assessment, "blocks")
    assert replace(made.look(), unread=()).note is None
