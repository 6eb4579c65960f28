"""The server as a process of its own."""

import json
import socket
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

from shared.rehearsal import extensions
from shared.rehearsal.server import arguments
from tests.rehearsal.conftest import ACCOUNT, Aws, serve

COMMAND = [sys.executable, "-m", "shared.rehearsal.server", "--account", ACCOUNT]


def test_it_listens_on_this_machine_only(extended: Aws) -> None:
    with socket.create_connection(("127.0.0.1", extended.server.port)):
        pass
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", extended.server.port))


def test_every_caller_is_in_the_account_that_was_given(extended: Aws) -> None:
    assert extended.client("sts").get_caller_identity()["Account"] == ACCOUNT


def test_a_certificate_is_issued_at_once_and_managed_policies_exist(extended: Aws) -> None:
    acm = extended.client("acm", "eu-west-1")
    arn = acm.request_certificate(DomainName="api.example.com", ValidationMethod="DNS")["CertificateArn"]
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED"
    policy = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    assert extended.client("iam").get_policy(PolicyArn=policy)["Policy"]["IsAttachable"]


def test_a_taken_port_is_said_in_one_line_and_ends_with_2() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        ended = subprocess.run([*COMMAND, "--port", port], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "in use" in json.loads(ended.stdout)["error"]


def test_it_ends_when_its_parent_is_gone() -> None:
    process = subprocess.Popen(
        [*COMMAND, "--stop-with-parent"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["pid"] == process.pid
        process.stdin.close()
        assert process.wait(10) == 0


def test_one_extension_can_be_left_out(tmp_path_factory: pytest.TempPathFactory) -> None:
    for aws in serve(tmp_path_factory, "without", "--without", "route53"):
        route53 = aws.client("route53")
        zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
        record = {"Name": "a.example.com", "Type": "A", "SetIdentifier": "x", "Weight": 300, "TTL": 1}
        change = {
            "Action": "CREATE",
            "ResourceRecordSet": {**record, "ResourceRecords": [{"Value": "1.2.3.4"}]},
        }
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})
        with pytest.raises(ClientError, match="the embedded AWS has no"):
            aws.client("rds").start_activity_stream(ResourceArn="a", Mode="sync", KmsKeyId="k")


def test_an_extension_that_does_not_exist_cannot_be_left_out() -> None:
    with pytest.raises(ValueError, match="no such extension: nothing; there are: backends"):
        extensions.install(without=["nothing"])


def test_the_account_has_to_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments([])
    assert "--account" in capsys.readouterr().err


def test_time_runs_forwards(capsys: pytest.CaptureFixture[str]) -> None:
    assert arguments(["--account", ACCOUNT, "--time-scale", "0.05"]).time_scale == 0.05
    with pytest.raises(SystemExit):
        arguments(["--account", ACCOUNT, "--time-scale", "0"])
    assert "0 has to be above 0" in capsys.readouterr().err
