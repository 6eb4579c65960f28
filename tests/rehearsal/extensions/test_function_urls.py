"""Functions that are called by their URL."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from shared.rehearsal.urls import Fetched, fetch
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.functions import create
from tests.rehearsal.extensions.machines import REGION
from tests.rehearsal.extensions.test_dead_region import lose

NAME = "function-start"
ECHO = """
def handle(event, _):
    return {"statusCode": 201, "headers": {"X-Word": "w"}, "cookies": ["a=1"], "body": event}
"""


def url(aws: Aws, code: str = ECHO, *, kind: str = "NONE", permissions: bool = True) -> str:
    """Make the function with a URL; with the two permissions that everybody needs."""
    create(aws, code)
    client = aws.client("lambda", REGION)
    made = client.create_function_url_config(FunctionName=NAME, AuthType=kind)
    if permissions:
        by_url(aws)
        invoke(aws)
    return str(made["FunctionUrl"])


def by_url(aws: Aws, kind: str = "NONE", principal: str = "*") -> None:
    aws.client("lambda", REGION).add_permission(
        FunctionName=NAME,
        StatementId=f"url-{kind}",
        Action="lambda:InvokeFunctionUrl",
        Principal=principal,
        FunctionUrlAuthType=kind,
    )


def invoke(aws: Aws, **fields: Any) -> None:
    aws.client("lambda", REGION).add_permission(
        FunctionName=NAME,
        StatementId="invoke",
        Action="lambda:InvokeFunction",
        Principal="*",
        **{"InvokedViaFunctionUrl": True, **fields},
    )


def ask(aws: Aws, address: str, **fields: Any) -> Fetched:
    return fetch(aws.server.endpoint, address, **fields)


def test_a_url_runs_its_function(aws: Aws) -> None:
    address = url(aws)
    assert address.endswith(f".lambda-url.{REGION}.on.aws/")
    answer = ask(aws, f"{address}health?deep=1&x=", method="POST", body='{"a": 1}')
    assert answer.status == 201
    event = json.loads(answer.body)
    assert (event["rawPath"], event["rawQueryString"]) == ("/health", "deep=1&x=")
    assert event["queryStringParameters"] == {"deep": "1", "x": ""}
    assert (event["body"], event["isBase64Encoded"]) == ('{"a": 1}', False)
    assert event["requestContext"]["http"]["method"] == "POST"
    assert event["headers"]["host"] == urlsplit(address).netloc


def test_headers_cookies_and_bytes_are_passed_on(extended: Aws) -> None:
    address = url(extended)
    server = urlsplit(extended.server.endpoint)
    connection = http.client.HTTPConnection(str(server.hostname), server.port)
    connection.request("PUT", "/", b"\xff", {"Host": urlsplit(address).netloc})
    answer = connection.getresponse()
    event = json.loads(answer.read())
    assert (answer.getheader("x-word"), answer.getheader("set-cookie")) == ("w", "a=1")
    assert (event["body"], event["isBase64Encoded"]) == ("/w==", True)
    connection.close()


@pytest.mark.parametrize(
    ("code", "status", "body"),
    [
        ("def handle(e, _): return {'ok': True}", 200, '{"ok": true}'),
        ("def handle(e, _): return None", 200, "null"),
        ("def handle(e, _): return {'statusCode': 503}", 503, ""),
        ("def handle(e, _): return {'statusCode': 200, 'body': 'eA==', 'isBase64Encoded': True}", 200, "x"),
        ("def handle(e, _): raise ValueError", 502, '{"Message": "Internal Server Error"}'),
    ],
)
def test_an_answer_is_read_as_aws_reads_it(extended: Aws, code: str, status: int, body: str) -> None:
    assert ask(extended, url(extended, code)) == Fetched(status=status, body=body)


def test_both_permissions_are_needed(extended: Aws) -> None:
    address = url(extended, "def handle(e, _): return 1", permissions=False)
    assert ask(extended, address).status == 403
    invoke(extended)
    by_url(extended, principal="arn:aws:iam::123456789012:root")
    assert "urls-auth.html" in ask(extended, address).body
    client = extended.client("lambda", REGION)
    client.remove_permission(FunctionName=NAME, StatementId="url-NONE")
    by_url(extended, "AWS_IAM")
    assert ask(extended, address).status == 403
    by_url(extended)
    assert ask(extended, address).status == 200
    client.remove_permission(FunctionName=NAME, StatementId="invoke")
    assert ask(extended, address).status == 403
    invoke(extended, SourceAccount="123456789012")
    assert ask(extended, address).status == 403


def test_an_address_with_iam_is_for_signed_requests_only(extended: Aws) -> None:
    address = url(extended, "def handle(e, _): return 1", kind="AWS_IAM", permissions=False)
    assert ask(extended, address).status == 403
    server = urlsplit(extended.server.endpoint)
    connection = http.client.HTTPConnection(str(server.hostname), server.port)
    headers = {"Host": urlsplit(address).netloc, "Authorization": "AWS4-HMAC-SHA256 Credential=a/b"}
    connection.request("GET", "/", headers=headers)
    assert connection.getresponse().status == 200
    connection.close()


def test_nobody_lives_at_an_address_that_was_taken_away(extended: Aws) -> None:
    address = url(extended)
    client = extended.client("lambda", REGION)
    client.delete_function_url_config(FunctionName=NAME)
    assert ask(extended, address).status == 403
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function_url_config(FunctionName=NAME)


def test_a_lost_region_does_not_answer(extended: Aws) -> None:
    address = url(extended)
    controls = lose(extended, REGION)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        ask(extended, address)
    assert controls.calls_to_lost(REGION) == {"lambda-url": 1}


def test_its_configuration_is_kept_and_changed(aws: Aws) -> None:
    url(aws, permissions=False)
    client = aws.client("lambda", REGION)
    assert client.get_function_url_config(FunctionName=NAME)["InvokeMode"] == "BUFFERED"
    client.update_function_url_config(
        FunctionName=NAME, AuthType="AWS_IAM", InvokeMode="RESPONSE_STREAM", Cors={"AllowOrigins": ["*"]}
    )
    found = client.get_function_url_config(FunctionName=NAME)
    assert (found["AuthType"], found["InvokeMode"]) == ("AWS_IAM", "RESPONSE_STREAM")
    assert found["Cors"] == {"AllowOrigins": ["*"]}
    with pytest.raises(ClientError, match="ResourceConflictException"):
        client.create_function_url_config(FunctionName=NAME, AuthType="NONE")
