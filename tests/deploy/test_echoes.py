from __future__ import annotations

import pytest

from shared.deploy import echoes

HALTED = "Error: execution halted"
CANCELED = (
    "Error: waiting for RDS Cluster (x) create\n  at aws_rds_cluster.a\nRequestCanceled: context canceled"
)
KILLED = "Error: local-exec provisioner error\nError running command 'sleep 30': signal: killed. Output: "
REAL = "Error: creating EC2 VPC\n  at aws_vpc.a\nUnauthorizedOperation: you may not, execution halted or not"


@pytest.mark.parametrize("echo", [HALTED, CANCELED, KILLED, f"{HALTED}\n{CANCELED}\n{HALTED}\n{HALTED}"])
def test_what_a_cancellation_left_undone_is_no_error(echo: str) -> None:
    assert echoes.without(echo) == ""


def test_a_real_error_among_the_echoes_stays_whole() -> None:
    assert echoes.without(f"{HALTED}\n{REAL}\n{HALTED}\n{CANCELED}").strip() == REAL
    assert echoes.without("terraform was killed by signal 9") == "terraform was killed by signal 9"
