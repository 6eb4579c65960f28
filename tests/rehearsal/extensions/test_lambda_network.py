"""What functions reach by AWS's names, and the real probe with it."""

import io
import json
import socket
import ssl
import zipfile
from pathlib import Path
from typing import Any

import pytest

from shared.rehearsal.environment import inside
from shared.rehearsal.extensions import lambda_sockets
from shared.rehearsal.fault_client import Controls
from shared.rehearsal.urls import fetch
from tests.modules.lambdas.world import load_balancer
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.functions import create
from tests.rehearsal.extensions.machines import REGION
from tests.rehearsal.extensions.test_dead_region import lose
from tests.rehearsal.extensions.test_function_urls import NAME, by_url, invoke
from tests.rehearsal.extensions.test_rds_global import create_global, create_primary
from tests.rehearsal.waiting import until

PROBE = Path(__file__).resolve().parents[3] / "modules" / "lambdas" / "probe"
PORT = 3306


def reach(aws: Aws, host: str, port: int = PORT) -> int | None:
    answer: int | None = Controls(aws.server.endpoint)._ask("POST", "reach", {"host": host, "port": port})[
        "status"
    ]
    return answer


def cluster(aws: Aws, region: str, name: str) -> Any:
    return aws.client("rds", region).describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]


def test_the_endpoints_of_a_global_database_lead_where_they_do_in_aws(extended: Aws) -> None:
    create_global(extended)
    primary, secondary = cluster(extended, "us-east-1", "us"), cluster(extended, REGION, "eu")
    everywhere = extended.client("rds").describe_global_clusters()["GlobalClusters"][0]["Endpoint"]
    assert reach(extended, primary["Endpoint"]) == 0
    assert reach(extended, primary["ReaderEndpoint"]) == 0
    assert reach(extended, secondary["Endpoint"]) is None
    assert reach(extended, secondary["ReaderEndpoint"]) == 0
    assert reach(extended, everywhere) == 0
    assert reach(extended, primary["Endpoint"], 5432) is None
    assert reach(extended, "nobody.cluster-1.us-east-1.rds.amazonaws.com") is None
    lose(extended)
    assert reach(extended, primary["Endpoint"]) is None
    assert reach(extended, everywhere) is None
    assert reach(extended, secondary["ReaderEndpoint"]) == 0


def test_a_cluster_without_instances_and_a_database_without_clusters_take_no_connection(
    extended: Aws,
) -> None:
    rds = extended.client("rds")
    rds.create_global_cluster(GlobalClusterIdentifier="g", Engine="aurora-mysql")
    [empty] = rds.describe_global_clusters()["GlobalClusters"]
    assert reach(extended, empty["Endpoint"]) is None
    create_primary(extended)
    for number in (0, 1):
        rds.delete_db_instance(DBInstanceIdentifier=f"us-{number}", SkipFinalSnapshot=True)
    assert reach(extended, cluster(extended, "us-east-1", "us")["Endpoint"]) is None


def test_a_question_without_a_host_is_refused(extended: Aws) -> None:
    with pytest.raises(ValueError, match="host has to be a name"):
        reach(extended, 5)  # type: ignore[arg-type]


def balancer(aws: Aws) -> str:
    found = aws.client("elbv2", REGION).describe_load_balancers()["LoadBalancers"][0]
    return str(found["DNSName"])


def test_connections_in_a_function_are_made_and_answered(extended: Aws) -> None:
    load_balancer(extended, REGION)
    context = ssl.create_default_context()
    with inside(extended.server.endpoint):
        with lambda_sockets.create_connection((balancer(extended), 443), timeout=1) as plain:
            secure = lambda_sockets.wrap_socket(context, plain, server_hostname="api.example.com")
            secure.sendall(b"GET / HTTP/1.1\r\n")
            secure.sendall(b"\r\n")
            assert secure.recv(100).startswith(b"HTTP/1.1 200 ")
        with pytest.raises(TimeoutError):
            lambda_sockets.create_connection(("nobody.eu-west-1.elb.amazonaws.com", 443), timeout=1)
        with lambda_sockets.create_connection(("127.0.0.1", extended.server.port), timeout=5) as other:
            assert other.getpeername()[1] == extended.server.port
            with pytest.raises(OSError, match=r"(?i)ssl|reset|record"):
                lambda_sockets.wrap_socket(context, other, server_hostname="localhost")


def test_a_database_says_nothing(extended: Aws) -> None:
    create_primary(extended)
    endpoint = cluster(extended, "us-east-1", "us")["Endpoint"]
    with inside(extended.server.endpoint):
        connection = lambda_sockets.create_connection((endpoint, PORT), timeout=1)
    connection.sendall(b"\r\n\r\n")
    assert connection.recv(10) == b""
    connection.close()


@pytest.mark.parametrize("status", [0, 200])
def test_who_leaves_without_a_request_gets_no_answer(status: int) -> None:
    ours, theirs = socket.socketpair()
    with ours:
        ours.sendall(b"GET / HTTP/1.1\r\n")
        ours.shutdown(socket.SHUT_WR)
        lambda_sockets._answer(theirs, status)
        assert ours.recv(10) == b""


def test_the_library_is_changed_where_functions_run_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", socket.create_connection)
    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", ssl.SSLContext.wrap_socket)
    assert socket.create_connection is not lambda_sockets.create_connection
    lambda_sockets.install()
    assert socket.create_connection is lambda_sockets.create_connection


def package() -> bytes:
    folder = io.BytesIO()
    with zipfile.ZipFile(folder, "w") as archive:
        for path in PROBE.glob("*.py"):
            archive.write(path, f"probe/{path.name}")
    return folder.getvalue()


def test_the_probe_says_whether_its_region_serves(extended: Aws) -> None:
    group = load_balancer(extended, REGION)["group"]
    create_global(extended)
    config = {
        "region": REGION,
        "namespace": "regionshift/abc123",
        "service": {
            "protocol": "https",
            "host": balancer(extended),
            "port": 443,
            "path": "/health",
            "server_name": "api.example.com",
        },
        "database": {"host": cluster(extended, REGION, "eu")["ReaderEndpoint"], "port": PORT},
        "database_decides": True,
        "cluster": "eu",
        "target_group_arn": group,
    }
    create(
        extended,
        "",
        handler="probe.handler.handle",
        Environment={"Variables": {"CONFIG": json.dumps(config)}},
    )
    client = extended.client("lambda", REGION)
    client.update_function_code(FunctionName=NAME, ZipFile=package())
    address = client.create_function_url_config(FunctionName=NAME, AuthType="NONE")["FunctionUrl"]
    by_url(extended)
    invoke(extended)

    def answers(status: int) -> bool:
        # the function waits for a little over a second in all, which a busy machine may need for a yes
        return until(lambda: fetch(extended.server.endpoint, address).status == status)

    controls = Controls(extended.server.endpoint)
    assert answers(200)
    lose(extended)
    assert answers(200)
    controls.set_healthy(group, 0)
    assert answers(503)
    controls.set_healthy(group, None)
    rds = extended.client("rds", REGION)
    for number in (0, 1):
        rds.delete_db_instance(DBInstanceIdentifier=f"eu-{number}", SkipFinalSnapshot=True)
    assert answers(503)
    event = json.dumps({"detail-type": "Scheduled Event"})
    answer = json.loads(client.invoke(FunctionName=NAME, Payload=event)["Payload"].read())
    assert (answer["DatabaseReachable"], answer["HealthyTargets"]) == (0, 2)
