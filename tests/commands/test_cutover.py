"""The commands, through the real parser, on two databases and an embedded AWS that replicates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from shared import settings
from shared.clients import Clients
from shared.commands import cutover
from shared.commands.carrying import Context
from shared.errors import UserError
from shared.rehearsal.databases.pair import Databases
from shared.rehearsal.embedded import EmbeddedAws
from tests.commands.invoked import invoke
from tests.commands.states import apply
from tests.cutover_miniature import REGION, databases
from tests.operations.cutover.platform import Platform

ENVIRONMENT = "database-migration"
ENV = ("--env", ENVIRONMENT)


@pytest.fixture(scope="module")
def both() -> Iterator[Databases]:
    with databases() as started:
        yield started


@pytest.fixture
def made(
    aws: str, server: EmbeddedAws, both: Databases, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Platform]:
    """A migration of which everything is made; the commands find its settings and stacks."""
    assert aws
    platform = Platform(both, Clients("123456789012", default_region="us-east-1"))
    platform.build(payments=50)

    def prepared(env: str, suffix: str | None) -> SimpleNamespace:
        assert (env, suffix) == (ENVIRONMENT, None)
        return SimpleNamespace(environment=platform.environment, manifest=platform.manifest)

    monkeypatch.setattr(cutover, "prepare", prepared)
    yield platform
    # its tasks would run on
    server.reset()


def test_the_whole_way_by_commands(made: Platform, capsys: pytest.CaptureFixture[str]):
    assert invoke("cutover.assess", *ENV) == 1
    shown = capsys.readouterr().out
    assert "blocks sentinel" in shown.replace("  ", " ").replace("  ", " ")
    assert "or: --accept connections" in shown
    assert invoke("cutover.replicate", "--yes", *ENV) == 0
    assert "every table is loaded and valid" in capsys.readouterr().out
    made.latency()
    assert invoke("cutover.assess", "--json", *ENV) == 0
    assert json.loads(capsys.readouterr().out)["blocks"] == 0
    assert invoke("cutover.start", "--yes", "--accept", "triggers,,numeric", *ENV) == 2
    assert "'triggers' cannot be accepted" in capsys.readouterr().err
    assert invoke("cutover.start", "--yes", "--reason", "tonight", "--json", *ENV) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["outcome"], document["after"]["stage"]) == ("cut-over", "cut-over")
    assert made.state["reason"] == "tonight"
    assert invoke("cutover.status", *ENV) == 0
    shown = capsys.readouterr().out
    assert "leads to Aurora" in shown
    assert "invoke cutover.rollback" in shown
    assert invoke("cutover.rollback", "--yes", *ENV) == 0
    assert "Next: invoke cutover.replicate --again" in capsys.readouterr().out
    made.put_state(**made.state | {"stage": "finishing", "step": "stop-reverse-for-good"})
    made.move_weights(0, 100)
    assert invoke("cutover.finish", "--yes-there-is-no-way-back", *ENV) == 0
    assert made.state["stage"] == "finished"
    assert "finished: the write name leads to Aurora" in capsys.readouterr().out
    assert invoke("cutover.status", "--json", *ENV) == 0
    assert [one["possible"] for one in json.loads(capsys.readouterr().out)["moves"]] == [False] * 4


@pytest.mark.usefixtures("made")
def test_watching_shows_a_line_for_each_change_until_ctrl_c(capsys: pytest.CaptureFixture[str]):
    looks = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 2:
            raise KeyboardInterrupt

    assert cutover.status(Context(env=ENVIRONMENT), watch=True, sleep=sleep) == 130
    assert capsys.readouterr().out == (
        "replicating: the write name leads to the source; forward ready, reverse ready\n"
    )
    with pytest.raises(UserError, match="leave one of them out"):
        cutover.status(Context(env=ENVIRONMENT, as_json=True), watch=True)


def test_the_runbook_is_printed_as_it_is_or_said_to_be_missing(
    made: Platform, capsys: pytest.CaptureFixture[str]
):
    address = f"{REGION}/cutover"
    apply(made.manifest, made.clients, address, **made.outputs[address] | {"cutover_runbook": None})
    assert invoke("cutover.runbook", *ENV) == 2
    said = capsys.readouterr().err
    assert "the stack us-east-1/cutover has no output cutover_runbook" in said
    assert "`invoke deploy-region us-east-1" in said
    page = "# The runbook\n\n- a very long line " + "x" * 200
    apply(made.manifest, made.clients, address, **made.outputs[address] | {"cutover_runbook": page})
    assert invoke("cutover.runbook", *ENV) == 0
    assert capsys.readouterr().out == f"{page}\n"
    assert invoke("cutover.runbook", "--json", *ENV) == 0
    assert json.loads(capsys.readouterr().out) == {"cutover_runbook": page}


def test_another_system_is_not_cut_over(monkeypatch: pytest.MonkeyPatch):
    other = SimpleNamespace(environment=settings.load("disaster-recovery"), manifest=None)
    monkeypatch.setattr(cutover, "prepare", lambda *_: other)
    with pytest.raises(UserError, match=r"cutover\.\* is for the system database-migration"):
        cutover.operator_of(Context(env="disaster-recovery"))
