from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from shared.deploy import guards, journal, orphans, recovery, steps, transient
from shared.deploy.recovery import killed
from shared.deploy.terraform import Terraform
from tests.deploy.stacks import Stack, World, ends
from tests.deploy.test_unlock import process

A = "us-east-1/a"


def test_only_what_the_plan_creates_is_looked_for() -> None:
    def resource(address: str, *actions: str, after: Any) -> dict[str, Any]:
        return {"address": address, "type": "aws_vpc", "change": {"actions": list(actions), "after": after}}

    found = orphans.planned(
        {
            "resource_changes": [
                resource("aws_vpc.a", "create", after={"x": 1}),
                resource("aws_vpc.b", "create", after=None),
                resource("aws_vpc.c", "update", after={}),
            ]
        }
    )
    assert {address: dict(planned.values) for address, planned in found.items()} == {
        "aws_vpc.a": {"x": 1},
        "aws_vpc.b": {},
    }
    assert orphans.planned({}) == {}
    assert found["aws_vpc.a"].region is None
    assert found["aws_vpc.a"].taken == frozenset()


def test_a_resource_s_region_is_that_of_its_own_provider() -> None:
    def provider(region: dict[str, str]) -> dict[str, Any]:
        return {"expressions": {"region": region}}

    keys = {"aws_acm_certificate.here": "aws", "aws_acm_certificate.there": "aws.us", "aws_eip.x": "aws.var"}
    found = orphans.planned(
        {
            "resource_changes": [
                {
                    "address": f"{a}{index}",
                    "type": a.split(".")[0],
                    "change": {"actions": ["create"], "after": {}},
                }
                for a, index in zip(keys, ("", '["b"]', ""), strict=True)
            ],
            "configuration": {
                "provider_config": {
                    "aws": provider({"constant_value": "eu-west-1"}),
                    "aws.us": provider({"constant_value": "us-east-1"}),
                    "aws.var": provider({}),
                },
                "root_module": {
                    "resources": [{"address": a, "provider_config_key": key} for a, key in keys.items()]
                },
            },
            "prior_state": {
                "values": {"root_module": {"resources": [{"type": "aws_eip", "values": {"id": "eip-1"}}]}}
            },
        }
    )
    assert {a: planned.region for a, planned in found.items()} == {
        "aws_acm_certificate.here": "eu-west-1",
        'aws_acm_certificate.there["b"]': "us-east-1",
        "aws_eip.x": None,
    }
    assert found["aws_eip.x"].taken == {"eip-1"}
    assert found["aws_acm_certificate.here"].taken == frozenset()


def test_killed_applies_count_up_to_the_last_one_that_came_to_a_good_end() -> None:
    first, clean, second, plan, third = (
        process(0, code=-9),
        process(1, code=0),
        process(2, code=None),
        process(3, phase="plan", code=0),
        process(4, code=-9),
    )
    assert killed([first, clean, second, plan, third]) == [second, third]
    assert killed([first, clean]) == []
    failed = process(1, phase="destroy", code=1)
    assert killed([first, failed]) == [first, failed], "it may have failed before it took anything over"


def record_of_a_kill(world: World, events: list[dict[str, Any]]) -> None:
    """The folder of a run whose Terraform was killed in an apply with this log."""
    book = journal.Journal(journal.new_folder(world.root, "deploy"))
    book.started(A, world.key(A), "apply", 2**22 + 1)
    book.close()
    if events:
        log = book.folder / "logs" / "us-east-1_a.apply.jsonl"
        log.write_text("\n".join(json.dumps(event) for event in events))


def event(kind: str, address: str, **hook: Any) -> dict[str, Any]:
    return {"type": kind, "hook": {"resource": {"addr": address}, "action": "create", **hook}}


def test_what_cannot_be_taken_over_is_created(world: World) -> None:
    # an import of terraform_data needs no object, so a wrong address stands for one that is gone
    world.synthesize(Stack(A, resources={"main": {"input": "x"}, "other": {"input": "y"}}))
    record_of_a_kill(world, [event("apply_complete", "terraform_data.main", id_value="kept")])
    run_folder = journal.folders(world.root)[0]
    assert run_folder.is_dir()
    report = world.deploy()
    assert ends(report) == {A: "applied"}
    assert world.outputs(A)["id"] == "kept"


def test_a_look_at_the_drift_forgets_nothing_of_what_a_killed_apply_made(world: World) -> None:
    world.synthesize(Stack(A, resources={"main": {"input": "x"}, "other": {"input": "y"}}))
    record_of_a_kill(world, [event("apply_complete", "terraform_data.main", id_value="kept")])
    assert ends(world.drift()) == {A: "absent"}
    report = world.deploy()
    assert ends(report) == {A: "applied"}
    assert world.outputs(A)["id"] == "kept"


def test_a_kill_without_a_log_or_without_a_creation_leaves_nothing_to_take_over(world: World) -> None:
    world.synthesize(Stack(A))
    record_of_a_kill(world, [])
    record_of_a_kill(world, [event("apply_complete", "terraform_data.gone", id_value="x"), {"text": "x"}])
    report = world.deploy()
    assert ends(report) == {A: "applied"}
    assert report.stacks[0].notes == ()


def test_a_destruction_after_a_kill_that_made_nothing_leaves_nothing(world: World) -> None:
    world.synthesize(Stack(A))
    record_of_a_kill(world, [])
    report = world.destroy()
    assert ends(report) == {A: "absent"}
    assert report.exit_code == 0


def test_what_cannot_be_written_into_the_state_is_logged_and_left(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_terraform: Terraform, _address: str, _id: str) -> None:
        raise recovery.EngineError("import", "Cannot import non-existent remote object")

    monkeypatch.setattr(Terraform, "adopt", refuse)
    world.synthesize(Stack(A))
    record_of_a_kill(world, [event("apply_complete", "terraform_data.main", id_value="gone")])
    report = world.destroy()
    assert ends(report) == {A: "destroyed"}
    assert (
        "terraform_data.main is not taken over: gone is not there" in Path(report.stacks[0].log).read_text()
    )


def test_a_passing_error_of_an_import_is_tried_again_and_another_one_stops_the_destruction(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = ["Error: Throttling: rate exceeded", "Error: no credentials"]
    write = Terraform.adopt

    def fail(terraform: Terraform, address: str, id_: str) -> None:
        if errors:
            raise recovery.EngineError("import", errors.pop(0))
        write(terraform, address, id_)

    monkeypatch.setattr(Terraform, "adopt", fail)
    monkeypatch.setattr(steps, "retrying", partial(transient.retrying, first_wait=0.01))
    world.synthesize(Stack(A))
    record_of_a_kill(world, [event("apply_complete", "terraform_data.main", id_value="kept")])
    first = world.destroy()
    assert ends(first) == {A: "failed"}
    assert first.stacks[0].error == "Error: no credentials"
    assert errors == []
    assert ends(world.destroy()) == {A: "destroyed"}
    assert ends(world.destroy()) == {A: "absent"}


def test_what_can_never_be_imported_is_left_to_a_person(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_terraform: Terraform, _address: str, _id: str) -> None:
        raise recovery.EngineError("import", "Error: resource terraform_data doesn't support import")

    monkeypatch.setattr(Terraform, "adopt", refuse)
    world.synthesize(Stack(A))
    record_of_a_kill(world, [event("apply_complete", "terraform_data.main", id_value="kept")])
    notes = world.destroy().stacks[0].notes
    assert "(kept), which a killed run made, cannot be imported: delete it by hand" in notes[-1]


def test_no_state_is_written_before_the_destruction_is_agreed_to(world: World) -> None:
    world.synthesize(Stack(A))
    record_of_a_kill(world, [event("apply_complete", "terraform_data.main", id_value="kept")])
    report = world.destroy(ask=lambda _question: "no")
    assert ends(report) == {A: "declined"}
    assert report.stacks[0].counts["destroy"] == 1
    assert "destroys what a killed run made and did not write down, too: terraform_data.main" in world.screen
    assert world.state(A) is None


def test_the_guards_hold_what_no_state_knew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(guards.STATEFUL, "terraform_data", "the data")
    world.synthesize(Stack(A))
    record_of_a_kill(world, [event("apply_complete", "terraform_data.main", id_value="kept")])
    report = world.destroy(protection="production")
    assert ends(report) == {A: "failed"}
    assert "what remains to be done is refused:" in str(report.stacks[0].error)
    assert f"{A}:terraform_data.main" in str(report.stacks[0].error)
    assert (world.state(A) or {})["resources"], "it is ours, and the state knows it now"


def test_what_cannot_be_found_without_a_plan_is_listed(world: World) -> None:
    world.synthesize(Stack("us-east-1/up"), Stack(A, reads={"us-east-1/up": ["id"]}))
    record_of_a_kill(world, [event("apply_start", "terraform_data.main")])
    report = world.destroy(A)
    assert ends(report) == {A: "failed"}
    error = str(report.stacks[0].error)
    assert "A killed run may have left what no state knows: terraform_data.main (id not known)" in error
    assert str(journal.folders(world.root)[0]) in error


def test_a_destruction_repeated_after_a_kill_finds_the_stack_absent(world: World) -> None:
    world.synthesize(Stack("us-east-1/up"), Stack(A, reads={"us-east-1/up": ["id"]}))
    world.deploy("us-east-1/up")
    record_of_a_kill(world, [])
    assert ends(world.destroy()) == {A: "absent", "us-east-1/up": "destroyed"}
    assert ends(world.destroy()) == {A: "absent", "us-east-1/up": "absent"}


def test_what_is_not_certainly_ours_is_said_and_made(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orphans, "look", lambda *_: orphans.Finding(doubt="it has no tags; delete it"))
    world.synthesize(Stack(A))
    record_of_a_kill(world, [event("apply_start", "terraform_data.main")])
    report = world.deploy()
    assert ends(report) == {A: "applied"}
    assert report.stacks[0].notes == (
        "a killed run began to make terraform_data.main; it is not taken over: it has no tags; delete it",
    )


def test_traces_are_what_was_made_and_neither_failed_nor_was_deleted(world: World) -> None:
    world.synthesize(Stack(A))
    done, start, failed = "apply_complete", "apply_start", "apply_errored"
    record_of_a_kill(
        world,
        [
            event(start, "t.begun"),
            event(start, "t.made"),
            event(done, "t.made", id_value="1"),
            # of another's name: EntityAlreadyExists
            event(start, "t.foreign"),
            event(failed, "t.foreign"),
            event(start, "t.made"),
            event(failed, "t.made"),
            event(start, "t.gone"),
            event(done, "t.gone", id_value="2"),
            event(start, "t.gone", action="delete", id_value="2"),
            event(done, "t.gone", action="delete"),
            # replaced, the new one first
            event(done, "t.replaced", id_value="4"),
            event(start, "t.replaced", action="delete", id_value="3"),
            event(done, "t.replaced", action="delete"),
            event(start, "t.updated", action="update"),
        ],
    )
    with world.make()._run() as run:
        run.enqueue([A])
        assert recovery.traces(run, run.works[A]) == {"t.begun": None, "t.made": "1", "t.replaced": "4"}


class Plans:
    """Answers of `terraform plan`: a failure that names addresses, or a log."""

    def __init__(self, *answers: str | list[dict[str, Any]]) -> None:
        self.answers = list(answers)
        self.imports: list[list[str]] = []

    def __call__(self, folder: Path) -> list[dict[str, Any]]:
        path = folder / recovery.FILE_NAME
        blocks = json.loads(path.read_text())["import"] if path.exists() else []
        self.imports.append([block["to"] for block in blocks])
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise recovery.EngineError("plan", answer)
        return answer


def take_over(world: World, plans: Plans) -> list[dict[str, Any]]:
    from shared.deploy.run import Run
    from shared.deploy.work import Work

    manifest = world.synthesize(Stack(A))
    engine = world.make()
    with engine._run() as run:
        assert isinstance(run, Run)
        run.enqueue([A])
        work: Work = run.works[A]
        folder = manifest.directory(work.entry)
        try:
            return recovery.take_over(run, work, {"t.a": "1", "t.b": "2"}, lambda: plans(folder))
        finally:
            assert not (folder / recovery.FILE_NAME).exists()


def test_an_import_that_is_refused_is_left_out_and_the_others_stay(world: World) -> None:
    plans = Plans('Error: Cannot import non-existent remote object: "t.a"', [{"type": "version"}])
    assert take_over(world, plans) == [{"type": "version"}]
    assert plans.imports == [["t.a", "t.b"], ["t.b"]]


def test_when_no_import_is_left_the_plan_is_made_without(world: World) -> None:
    gone = 'Error: Cannot import non-existent remote object\n"{}" is not there\n'
    plans = Plans(gone.format("t.a") + gone.format("t.b"), [])
    assert take_over(world, plans) == []
    assert plans.imports == [["t.a", "t.b"], []]


def test_an_error_that_names_only_an_id_leaves_out_what_it_belongs_to(world: World) -> None:
    plans = Plans("Error: Unexpected format for import: 2. Use 'subnet ID/route table ID'", [])
    assert take_over(world, plans) == []
    assert plans.imports == [["t.a", "t.b"], ["t.a"]]


def test_a_name_within_a_longer_one_is_not_meant(world: World) -> None:
    plans = Plans("Error: t.another, rtbassoc-12 and x/1 are not right")
    with pytest.raises(recovery.EngineError, match="another"):
        take_over(world, plans)


@pytest.mark.parametrize(
    "text",
    [
        "Error: reading t.a: Throttling: rate exceeded, NoSuchThing",
        "Error: t.a: AccessDenied",
        "Error: Cannot import non-existent remote object: t.a\nError: reading t.b: ThrottlingException",
    ],
)
def test_nothing_is_made_again_after_an_error_that_does_not_say_it_is_gone(world: World, text: str) -> None:
    plans = Plans(text)
    with pytest.raises(recovery.EngineError, match=r"t\.a"):
        take_over(world, plans)


def test_another_failure_is_not_the_imports_fault(world: World) -> None:
    plans = Plans("Error: no credentials")
    with pytest.raises(recovery.EngineError, match="no credentials"):
        take_over(world, plans)
