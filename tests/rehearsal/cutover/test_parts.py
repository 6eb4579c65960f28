"""The whole journey, with few rows and short times; and faults in it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from shared.rehearsal import embedded, report, summary
from shared.rehearsal.cutover import ends, faults, measures, parts, suffering
from shared.rehearsal.cutover.ends import CUT_OVER, until, verdict
from shared.rehearsal.cutover.journey import Journey
from shared.rehearsal.environment import inside
from shared.rehearsal.scenario import RehearsalFailedError
from tests.cutover_miniature import CutoverMiniature
from tests.selection import few_of
from tests.servers import unmeasured


@pytest.fixture(scope="module")
def fast(tmp_path_factory):
    """An embedded AWS in which a minute lasts three seconds, as in a rehearsal."""
    with unmeasured():
        server = embedded.start(
            account_id="123456789012", keep_log_in=tmp_path_factory.mktemp("fast"), time_scale=0.05
        )
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "STEADY_SECONDS", 0.5)


@pytest.fixture
def journey(fast, both, landing_clients):
    fast.reset()
    with inside(fast.endpoint):
        miniature = CutoverMiniature(both, landing_clients)
        miniature.build(filled=False, cutover={"ttl": 2, "lag_window_minutes": 1, "transaction_seconds": 1})
        planned: list[Any] = []
        rehearsal = SimpleNamespace(
            deployment=SimpleNamespace(
                environment=miniature.environment, manifest=miniature.manifest, clients=landing_clients
            ),
            console=Console(file=miniature.screen, width=200),
            findings={},
            secrets=("before",),
            stacks=list(miniature.outputs),
            plan_again=lambda: planned.append("planned"),
            planned=planned,
        )
        journey = Journey(rehearsal=rehearsal, endpoint=fast.endpoint, existing=both, payments=300)
        yield journey
        journey.close()


def go(journey: Journey, chosen: Any) -> None:
    for _, part in chosen:
        part(journey.rehearsal)


def test_over_and_back_and_over_again(journey):
    go(journey, parts.parts(journey))
    chapters = journey.chapters.written
    assert [one.outcome for one in chapters] == [
        "replicating",
        "",
        "cut-over",
        "rolled-back",
        "replicating",
        "cut-over",
        "",
    ]
    assert [check for chapter in chapters for check in chapter.failed] == []
    numbers = {number.name: number.value for number in chapters[2].numbers}
    assert (numbers["Lost"], numbers["Doubled"]) == ("0", "0")
    assert float(numbers["Write pause: no payment of anybody"].removesuffix(" s")) > 0
    assert "Step drain" in numbers
    samples = [sample for chapter in chapters for sample in chapter.samples]
    assert {"data centre", "Aurora"} <= {sample.writer for sample in samples}
    assert any(sample.paid_a_second for sample in samples)
    assert journey.rehearsal.planned == ["planned"] * 2
    assert len(journey.rehearsal.secrets) == 4
    nothing = {"seconds": {}, "findings": {}, "failure": "", "began_at": "2026-01-01T00:00:00"}
    rds = journey.rehearsal.deployment.clients.client("rds", "us-east-1")
    kept = rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]
    names = [one["DBClusterSnapshotIdentifier"] for one in kept]
    assert [name for name in names if name.startswith("before-cutover")] == []
    found = summary.report(journey.environment, journey.chapters, **nothing)
    assert (found.source, found.target) == ("data centre", "Aurora")
    page = report.html.page(found)
    assert "payments a second" in page
    assert "the write name leads to" in page


SUFFERED = (
    "stopped@drain",
    "no-primary-key",
    "long-transaction",
    "transaction@freeze",
    "killed@move",
    "killed@return",
)


@pytest.mark.parametrize("name", few_of(SUFFERED, usual=["stopped@drain", "killed@move"]))
def test_a_fault_ends_as_it_has_to(journey, name):
    go(journey, suffering.parts(journey, [faults.named(name)]))
    failed = [check for chapter in journey.chapters.written for check in chapter.failed]
    assert failed == []
    assert any(one.title == f"Fault {name}" for one in journey.chapters.written)


def test_every_step_may_be_the_last_one_of_a_process():
    names = [fault.name for fault in faults.FAULTS]
    assert len(names) == len(set(names))
    assert {"killed@freeze", "killed@canary", "killed@freeze-aurora", "killed@canary-back"} <= set(names)


def test_what_is_wrong_ends_the_rehearsal(journey, monkeypatch):
    journey.open()
    with journey.chapters.chapter("one") as draft:
        draft.check("it is so", passed=False, detail="it is not")
        draft.number("how many", "3")
        with pytest.raises(RehearsalFailedError, match="one: it is so: it is not"):
            verdict(draft, journey)
    monkeypatch.setattr(ends, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(RehearsalFailedError, match="Not within 0 seconds: the end"):
        until(journey, "the end", lambda: False)
    monkeypatch.setattr(parts, "STEADY_SECONDS", 0.0)
    with pytest.raises(RehearsalFailedError, match="What is against a cutover stays: "):
        parts.steady(journey)


def test_a_load_that_stops_and_a_cutover_that_is_taken_back_end_the_rehearsal(journey, monkeypatch):
    journey.open()
    seen = SimpleNamespace(tables=(), valid_tables=0)
    stopped = SimpleNamespace(outcome="stopped", said=("DMS is gone",), after=seen)
    monkeypatch.setattr(parts.replicate, "run", lambda *_, **__: stopped)
    with pytest.raises(RehearsalFailedError, match="every table is loaded and valid: DMS is gone"):
        parts.load(journey)
    taken_back = SimpleNamespace(outcome="ready", said=("the source is open again",), after=seen)
    monkeypatch.setattr(parts.start, "run", lambda *_, **__: taken_back)
    with pytest.raises(RehearsalFailedError, match="Cutover: "):
        parts.cut_over(journey, "Cutover")


def test_a_cutover_that_is_refused_is_none(journey):
    journey.open()
    with journey.chapters.chapter("one") as draft:
        ends.checked(draft, journey, "refused", CUT_OVER)
        assert len(draft.failed) == 5
        measures.paused(draft, journey, since=float("inf"), ttl=1)
        assert draft.numbers == []


def test_what_nobody_says_is_not_known(journey, monkeypatch):
    journey.open()
    journey.resolver.port = 1
    assert journey.sampler.address() == ""
    assert journey.answered() == ""
    with journey.chapters.chapter("one") as draft:
        cluster = journey.handles.cluster_identifier
        nothing = SimpleNamespace(
            instance_id="", forward_id="x", region="us-east-1", cluster_identifier=cluster
        )
        monkeypatch.setattr(journey, "handles", nothing)
        journey.sampler.look(0.0, 0.1)
    assert any(sample.weights is None and sample.lag_ms is None for sample in draft.samples)
