"""What a health checker is answered."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import Any

import pytest

from modules.lambdas.probe import reach
from modules.lambdas.probe.handler import handle
from tests.modules.lambdas.probe.servers import NAME, Handler, nobody

REQUEST = {"version": "2.0", "rawPath": "/", "requestContext": {"http": {"method": "GET"}}}


def ask(event: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    answer = handle(REQUEST if event is None else event, None)
    assert set(answer) == {"statusCode", "headers", "body"}
    return answer["statusCode"], json.loads(answer["body"])


UP, DOWN = (200, {"status": "ok"}), (503, {"status": "unavailable"})


def test_a_region_that_serves_is_200_by_its_name_and_certificate(configured):
    configured()
    assert ask() == UP
    assert [(path, host.partition(":")[0]) for path, host in Handler.asked] == [("/health", NAME)]


def test_a_connection_is_enough_where_that_was_asked_for(configured):
    configured(service={"protocol": "tcp", "path": ""})
    assert ask() == UP
    assert Handler.asked == []


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ({"path": "/503"}, "/503 answers 503"),
        ({"path": "/302"}, "/302 answers 302"),
        ({"port": nobody()}, "ConnectionRefusedError"),
        ({"protocol": "tcp", "port": nobody()}, "ConnectionRefusedError"),
        ({"server_name": "another.example.com"}, "SSLCertVerificationError"),
        ({"host": "name.invalid"}, "gaierror"),
    ],
)
def test_a_service_that_is_not_up_is_503_and_only_the_log_says_why(configured, capsys, service, said):
    configured(service=service)
    assert ask() == DOWN
    assert "not reached: service after" in (logged := capsys.readouterr().out)
    assert said in logged


def test_a_database_that_cannot_be_reached_is_503(configured, capsys):
    configured(database={"port": nobody()})
    assert ask() == DOWN
    assert "not reached: database" in capsys.readouterr().out


def test_where_the_database_does_not_decide_the_service_alone_does(configured):
    configured(database={"port": nobody()}, database_decides=False)
    assert ask() == UP
    configured(service={"port": nobody()}, database_decides=False)
    assert ask() == DOWN


def test_the_answer_comes_before_a_checker_gives_up(configured, monkeypatch, capsys):
    # a checker waits two seconds; how late a thread runs on a busy machine is not the probe's
    assert reach.STEP_SECONDS < reach.TOTAL_SECONDS < 2
    # nobody answers a connection's first words: the listener of the database speaks no TLS
    document = configured()
    configured(service={"port": document["database"]["port"]})
    assert ask() == DOWN
    assert "not reached: service after" in capsys.readouterr().out
    # a name that takes for ever to resolve
    resolved = threading.Event()
    monkeypatch.setattr(reach, "reach_database", lambda _: resolved.wait(600))
    assert ask() == DOWN
    assert not resolved.is_set()
    resolved.set()
    assert "database after 1.20 s: no answer within 1.2 s" in capsys.readouterr().out


@pytest.mark.parametrize("config", ["", "{}", "null", '{"service": {"protocol": "icmp"}}'])
def test_whatever_is_wrong_is_a_503_and_a_line_in_the_log(monkeypatch, capsys, config):
    monkeypatch.setenv("CONFIG", config)
    assert ask() == DOWN
    assert "not probed: Traceback" in capsys.readouterr().out


def test_another_protocol_is_a_defect_of_the_stack(configured, capsys):
    configured(service={"protocol": "icmp"})
    assert ask({}) == DOWN
    assert "protocol is 'icmp', which is neither https nor tcp" in capsys.readouterr().out


def test_a_cold_start_does_not_wait_for_boto3():
    code = "import sys, modules.lambdas.probe.handler; sys.exit('boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
