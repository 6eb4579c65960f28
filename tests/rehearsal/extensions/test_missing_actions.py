"""What the embedded AWS cannot do is said at once."""

import http.client
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import Aws


def failure(call: object) -> tuple[int, str, str]:
    assert callable(call)
    with pytest.raises(ClientError) as error:
        call()
    response = error.value.response
    status = response["ResponseMetadata"]["HTTPStatusCode"]
    return status, response["Error"]["Code"], response["Error"]["Message"]


def test_a_missing_action_is_named_and_not_worth_repeating(aws: Aws) -> None:
    rds = aws.client("rds")
    status, code, message = failure(
        lambda: rds.start_activity_stream(ResourceArn="a", Mode="sync", KmsKeyId="k")
    )
    assert (status, code) == (400, "UnsupportedOperation")
    assert message == "the embedded AWS has no rds:StartActivityStream"


def test_every_protocol_gets_an_error_that_its_sdk_reads(extended: Aws) -> None:
    calls = {
        "query": lambda: extended.client("autoscaling").describe_traffic_sources(AutoScalingGroupName="a"),
        "ec2": lambda: extended.client("ec2").describe_trunk_interface_associations(),
        "json": lambda: extended.client("logs").list_anomalies(),
        "rest-json": lambda: extended.client("backup").list_copy_jobs(),
        "rest-xml": lambda: extended.client("route53").list_traffic_policies(),
    }
    answers = {protocol: failure(call) for protocol, call in calls.items()}
    assert {answer[:2] for answer in answers.values()} == {(400, "UnsupportedOperation")}
    assert all("the embedded AWS has no" in answer[2] for answer in answers.values())


def test_a_fault_of_the_emulator_is_told_once_with_its_traceback_in_the_log(aws: Aws) -> None:
    # moto looks the group up without looking whether it is there
    status, code, message = failure(
        lambda: aws.client("autoscaling").put_warm_pool(AutoScalingGroupName="nobody")
    )
    assert (status, code) == (400, "EmbeddedAwsFault")
    assert message == "autoscaling:PutWarmPool: IndexError('list index out of range')"
    # once: a client does not repeat what was refused with 400
    assert aws.server.log.read_text().count("IndexError: list index out of range") == 1


def test_an_error_of_aws_stays_as_it_is(extended: Aws) -> None:
    status, code, _ = failure(lambda: extended.client("s3").get_bucket_acl(Bucket="nobody"))
    assert (status, code) == (404, "NoSuchBucket")


def test_a_part_of_an_action_that_is_missing_is_said(extended: Aws) -> None:
    nonsense = [{"Name": "nonsense", "Values": ["x"]}]
    status, code, message = failure(lambda: extended.client("ec2").describe_vpcs(Filters=nonsense))
    assert (status, code) == (400, "UnsupportedOperation")
    assert message.startswith("the embedded AWS has only a part of ec2:DescribeVpcs: ")


def test_what_the_web_server_itself_refuses_keeps_its_status(extended: Aws) -> None:
    scope = "REHEARSALREHEARSAL00/20260101/us-east-1/rds/aws4_request"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=x",
        "Content-Type": "multipart/form-data; boundary=x",
    }
    parts = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 1001
    address = urlsplit(extended.server.endpoint)
    connection = http.client.HTTPConnection(str(address.hostname), address.port)
    connection.request("POST", "/", parts + "--x--\r\n", headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == 413


def test_an_unknown_path_of_the_emulators_own_api_is_said_too(extended: Aws) -> None:
    address = urlsplit(extended.server.endpoint)
    connection = http.client.HTTPConnection(str(address.hostname), address.port)
    connection.request("GET", "/moto-api/nothing")
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    assert (response.status, "the embedded AWS has no" in body) == (400, True)
