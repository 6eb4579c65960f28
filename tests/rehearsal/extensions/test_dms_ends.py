"""A connection is tested by connecting."""

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.extensions.dms import Dms


@pytest.fixture
def dms(extended):
    return Dms(extended)


def test_a_database_that_answers_is_reached_and_may_be_tested_again(dms, both):
    ends = dms.between(both)
    assert dms.tested(ends["source"]) == ("successful", "")
    assert dms.tested(ends["source"]) == ("successful", "")


def test_what_was_not_tested_has_no_connection(dms, both):
    ends = dms.between(both)
    dms.tested(ends["source"])
    wanted = [{"Name": "endpoint-arn", "Values": [ends["target"]]}]
    assert dms.dms.describe_connections(Filters=wanted)["Connections"] == []
    wanted = [{"Name": "replication-instance-arn", "Values": [dms.instance]}]
    assert len(dms.dms.describe_connections(Filters=wanted)["Connections"]) == 1


def test_the_certificate_is_checked_when_there_is_one(dms, both):
    secret = dms.secret("one", **both.secret(both.aurora))
    arn = dms.dms.import_certificate(CertificateIdentifier="authority", CertificatePem=both.authority_pem)[
        "Certificate"
    ]["CertificateArn"]
    settings = {"SecretsManagerSecretId": secret}
    checked = {"SslMode": "verify-full", "PostgreSQLSettings": settings}
    assert dms.tested(dms.endpoint("with", "source", CertificateArn=arn, **checked))[0] == "successful"
    status, why = dms.tested(dms.endpoint("without", "source", **checked))
    assert (status, "root certificate" in why) == ("failed", True)


def test_the_database_may_be_named_among_the_settings_and_has_to_be_named(dms, both):
    secret = dms.secret("one", **both.secret(both.aurora))
    named = {"SecretsManagerSecretId": secret, "DatabaseName": both.database}
    made = dms.endpoint("with", "source", DatabaseName="", PostgreSQLSettings=named)
    assert dms.tested(made) == ("successful", "")
    nameless = {"SecretsManagerSecretId": secret}
    made = dms.endpoint("without", "source", DatabaseName="", PostgreSQLSettings=nameless)
    assert dms.tested(made) == (
        "failed",
        "Test Endpoint failed: Application-Message: without names no database",
    )


def test_an_endpoint_may_say_all_by_itself(dms, both):
    secret = both.secret(both.aurora)
    given = {"ServerName": secret["host"], "Port": secret["port"], "Username": secret["username"]}
    end = dms.endpoint("plain", "target", Password=secret["password"], **given)
    assert dms.tested(end) == ("successful", "")
    assert "has no password" in dms.tested(dms.endpoint("less", "target", **given))[1]


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({}, "cannot be used: JSONDecodeError"),
        ({"host": "127.0.0.2"}, "has no port, username, password"),
        ({"host": "127.0.0.2", "port": 1, "username": "u", "password": "secret-word"}, "Connection refused"),
        ({"host": "nobody.invalid", "port": 1, "username": "u", "password": "secret-word"}, "nobody.invalid"),
    ],
)
def test_why_it_is_not_reached_is_said_without_the_password(dms, document, why):
    settings = {"SecretsManagerSecretId": dms.secret("one", **document)}
    status, said = dms.tested(dms.endpoint("one", "source", PostgreSQLSettings=settings))
    assert status == "failed"
    assert why in said
    assert "secret-word" not in said


def test_a_secret_that_is_missing_and_another_engine_lead_nowhere(dms):
    settings = {"SecretsManagerSecretId": "nothing"}
    assert "cannot be used" in dms.tested(dms.endpoint("one", "source", PostgreSQLSettings=settings))[1]
    assert "nothing replicates mysql" in dms.tested(dms.endpoint("two", "source", EngineName="mysql"))[1]


def test_what_does_not_exist_cannot_be_tested(dms):
    with pytest.raises(ClientError, match="ResourceNotFoundFault"):
        dms.dms.test_connection(ReplicationInstanceArn=dms.instance, EndpointArn=f"{dms.instance}-x")
