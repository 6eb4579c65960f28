"""A reviewed set of plans: its stages, what was deferred, what moved meanwhile, and how it goes on."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from shared.deploy import guards, saved
from shared.deploy.deferred import beyond
from shared.deploy.opening import find_program
from shared.deploy.plans import Change, PlanSummary
from shared.deploy.report import RunReport
from shared.errors import Refused
from tests.deploy.stacks import REGION, Stack, World, chain, ends, upstream

A, B, C = "us-east-1/a", "eu-west-1/b", "global/c"
FAILING = {"local-exec": {"command": "exit 1"}}


def staged() -> list[Stack]:
    """One stack a stage; each reads the one before."""
    stacks = chain(A, B, C)
    for number, stack in enumerate(stacks, start=1):
        stack.stage = number
    return stacks


def apply(world: World, folder: Path, **options: object) -> RunReport:
    engine = world.make("deploy", **options)
    try:
        return engine.deploy_saved(folder)
    finally:
        assert isinstance(world.console.file, io.StringIO)
        world.screen = world.console.file.getvalue()


def test_each_stage_may_be_a_command_of_its_own_on_a_machine_of_its_own(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    world.synthesize(*staged())
    world.plan(out=folder)
    ran = []
    for name in ("source", "target", "global"):
        # another checkout, with nothing but the code and the set
        other = World(root=tmp_path / name, suffix=world.suffix, program=world.program)
        other.synthesize(*staged())
        ran.append(ends(apply(other, folder, to_stage=name)))
    assert ran == [
        {A: "applied"},
        {A: "unchanged", B: "applied"},
        {A: "unchanged", B: "unchanged", C: "applied"},
    ]
    assert set(json.loads((folder / "applied.json").read_text())) == {A, B, C}
    # all of it once more does nothing, and says why
    assert set(ends(apply(world, folder)).values()) == {"unchanged"}
    assert "applied before, out of this set" in world.screen


def test_a_stage_that_fails_stops_the_later_ones_and_the_set_is_made_anew(
    world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "saved"
    first, second, third = staged()
    second.resources = {"main": {"input": upstream(A, "id"), "provisioner": [FAILING]}}
    second.reads = {A: ["id"]}
    third.reads, third.resources = {}, {"main": {"input": "alone"}}
    world.synthesize(first, second, third)
    world.plan(out=folder)
    report = apply(world, folder)
    assert ends(report) == {A: "applied", B: "failed", C: "blocked"}
    assert world.state(C) is None
    # B's state holds what it made by then, so the set no longer fits
    assert report.next_command == f"invoke plan --out {folder}"
    with pytest.raises(Refused, match=f"{B}: its state was written since"):
        apply(world, folder)
    second.resources = {"main": {"input": upstream(A, "id")}}
    world.synthesize(first, second, third)
    world.plan(out=folder)
    assert not (folder / "applied.json").exists()
    assert ends(apply(world, folder)) == {A: "unchanged", B: "applied", C: "applied"}


def breaking(mark: Path, how: str) -> Stack:
    """A stack of which the first resource is made; the second breaks as long as there is a mark."""
    command = {"local-exec": {"command": f"if test -e {mark}; then {how}; fi"}}
    second = {"input": "${terraform_data.main.id}", "provisioner": [command]}
    return Stack(A, resources={"main": {"input": "one"}, "second": second})


def broken(world: World, folder: Path, mark: Path, how: str) -> RunReport:
    """Make a set of such a stack, and apply it: it fails."""
    mark.touch()
    world.synthesize(breaking(mark, how))
    world.plan(out=folder)
    report = apply(world, folder)
    assert ends(report) == {A: "failed"}
    return report


def test_after_an_apply_that_failed_a_set_can_be_made_and_applied(world: World, tmp_path: Path) -> None:
    folder, mark = tmp_path / "saved", tmp_path / "mark"
    failed = broken(world, folder, mark, "exit 1")
    assert failed.next_command == f"invoke plan --out {folder}"
    made = world.outputs(A)["id"]
    mark.unlink()
    assert world.plan(out=folder).next_command == f"invoke deploy --plan {folder}"
    assert ends(apply(world, folder)) == {A: "applied"}
    assert world.outputs(A)["id"] == made


def test_after_a_kill_in_its_apply_a_set_is_made_anew_and_takes_over_what_was_made(
    world: World, tmp_path: Path
) -> None:
    folder, mark = tmp_path / "saved", tmp_path / "mark"
    killed = broken(world, folder, mark, "kill -9 $PPID")
    assert world.state(A) is None
    # this set knows nothing of what was made, so it is not what the next command takes
    assert killed.next_command == f"invoke plan --out {folder}"
    with pytest.raises(Refused, match=f"{A}: an apply of it was killed, and what that made is in no state"):
        apply(world, folder)
    mark.unlink()
    planned = world.plan(out=folder)
    assert planned.stacks[0].counts["add"] == 1
    assert "takes over what a killed run made and did not write down: terraform_data.main" in world.screen
    assert ends(apply(world, folder)) == {A: "applied"}
    assert ends(world.plan()) == {A: "unchanged"}


def test_a_set_without_traces_is_refused_after_a_kill(world: World, tmp_path: Path) -> None:
    folder, mark = tmp_path / "saved", tmp_path / "mark"
    mark.touch()
    world.synthesize(breaking(mark, "kill -9 $PPID"))
    world.deploy()
    world.plan(out=folder)
    path = folder / "plans.json"
    document = json.loads(path.read_text())
    assert document["stacks"][0].pop("traces")["terraform_data.main"]
    path.write_text(json.dumps(document))
    with pytest.raises(Refused, match="an apply of it was killed"):
        apply(world, folder)


def test_more_than_was_deferred_stops_where_nobody_can_be_asked(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    first, second = chain(A, B)
    world.synthesize(first, second)
    world.deploy()
    # another id of A changes what B has: at the review nobody can say how
    first.outputs = {"id": "another"}
    world.synthesize(first, second)
    world.plan(out=folder)
    report = apply(world, folder)
    assert ends(report) == {A: "applied", B: "refused"}
    assert report.exit_code == 2
    assert f"{B}: does more than was deferred: update terraform_data.main" in world.screen
    assert report.next_command == f"invoke plan --out {folder}"
    # what is printed goes on
    world.plan(out=folder)
    assert ends(apply(world, folder)) == {A: "unchanged", B: "applied"}


@pytest.mark.parametrize(("answers", "end"), [(["y", "y"], "applied"), (["y", "n"], "declined")])
def test_more_than_was_deferred_is_shown_and_asked_about(
    world: World, tmp_path: Path, answers: list[str], end: str
) -> None:
    folder = tmp_path / "saved"
    first, second = chain(A, B)
    world.synthesize(first, second)
    world.deploy()
    first.outputs = {"id": "another"}
    world.synthesize(first, second)
    world.plan(out=folder)
    questions = []

    def ask(question: str) -> str:
        questions.append(question)
        return answers[len(questions) - 1]

    assert ends(apply(world, folder, ask=ask)) == {A: "applied", B: end}
    assert f"then create what was deferred in {B}" in questions[0]
    assert "more than was deferred" in questions[1]
    assert "~ terraform_data.main" in world.screen


def test_a_set_of_which_only_what_was_deferred_is_left_is_asked_about_too(
    world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "saved"
    world.synthesize(*staged())
    world.plan(out=folder)
    apply(world, folder, to_stage="source")
    questions = []

    def ask(question: str) -> str:
        questions.append(question)
        return "n"

    report = apply(world, folder, ask=ask)
    assert ends(report) == {A: "unchanged", B: "declined", C: "declined"}
    (question,) = questions
    assert f"Now create what was deferred in {B} and {C}" in question
    # a no moves nothing: the same set is still good
    assert report.next_command == "invoke deploy"


def test_a_changed_setting_is_refused_by_its_name(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    manifest = world.synthesize(Stack(A))
    world.plan(out=folder)
    world.manifest = replace(manifest, account_id="999999999999")
    with pytest.raises(Refused) as refused:
        apply(world, folder, protection="production")
    assert [problem.what for problem in refused.value.problems] == [
        "account was 123456789012 when the plans were made, and is 999999999999 now",
        "protection was destroyable when the plans were made, and is production now",
    ]
    assert world.state(A) is None


def test_a_stack_that_was_added_since_is_named(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    world.synthesize(Stack(A))
    world.plan(out=folder)
    world.synthesize(Stack(A), Stack(B))
    with pytest.raises(Refused, match=f"{B}: was added to the code since"):
        apply(world, folder)


def test_what_was_deferred_or_had_nothing_to_do_is_pinned_too(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    first, second, third = staged()
    third.reads, third.resources = {}, {"main": {"input": "alone"}}
    world.synthesize(first, second, third)
    world.deploy(C)
    world.plan(out=folder)
    # somebody else deploys C meanwhile, and the code of B changes
    third.resources = {"main": {"input": "changed"}}
    world.synthesize(first, second, third)
    world.deploy(C)
    third.resources = {"main": {"input": "alone"}}
    second.resources = {"main": {"input": "other code"}}
    world.synthesize(first, second, third)
    with pytest.raises(Refused) as refused:
        apply(world, folder)
    assert [(problem.where, problem.what) for problem in refused.value.problems] == [
        (B, "its code changed since"),
        (C, "its state was written since"),
    ]
    assert world.state(A) is None


def test_what_was_applied_out_of_the_set_and_written_since_is_named(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    first, second, third = staged()
    world.synthesize(first, second, third)
    world.plan(out=folder)
    apply(world, folder, to_stage="source")
    first.resources = {"main": {"input": "two"}}
    world.synthesize(first, second, third)
    world.deploy(A)
    world.synthesize(*staged())
    with pytest.raises(
        Refused, match=f"{A}: it was applied out of this set, and its state was written since"
    ):
        apply(world, folder)


def test_a_plan_that_was_stopped_is_no_set(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.synthesize(*chain(A, B))
    # the queue is stopped before anything of it is planned
    monkeypatch.setattr("shared.deploy.rounds.plan_all", lambda run, _works: run.interrupts.stopping.set())
    report = world.plan(out=tmp_path / "saved")
    assert report.exit_code == 130
    assert not (tmp_path / "saved").exists()


def test_a_set_replaces_the_one_before_and_leaves_other_files_alone(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    world.synthesize(Stack(A), Stack(B))
    world.plan(out=folder)
    (folder / "mine.tfplan").write_text("mine")
    apply(world, folder)
    world.synthesize(Stack(A), Stack(B, resources={"main": {"input": "two"}}))
    world.plan(out=folder)
    assert {path.name for path in folder.iterdir()} == {
        *("plans.json", "review.md", "eu-west-1_b.tfplan", "mine.tfplan")
    }
    (folder / "plans.json").write_text("{")
    world.plan(out=folder)
    assert ends(apply(world, folder)) == {A: "unchanged", B: "applied"}


def test_leave_is_given_for_the_plans_and_shown_when_they_are_applied(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(guards.STATEFUL, "terraform_data", "what is in it")
    folder = tmp_path / "saved"
    trigger = {"main": {"input": "one", "triggers_replace": "one"}}
    world.synthesize(Stack(A, resources=trigger))
    world.deploy()
    trigger["main"]["triggers_replace"] = "two"
    world.synthesize(Stack(A, resources=trigger))
    place = f"{A}:terraform_data.main"
    # without the leave there is no set at all
    refused = world.plan(out=folder)
    assert ends(refused) == {A: "refused"}
    assert f"--allow-replace {place}" in world.screen
    assert not folder.exists()
    world.plan(out=folder, allow=frozenset({f"replace:{place}"}))
    assert ends(apply(world, folder)) == {A: "applied"}
    assert f"with leave that the plans were made with: replace:{place}" in world.screen
    # the leave was for those plans: the command that makes them anew names it again
    world.synthesize(Stack(A))
    with pytest.raises(Refused, match=rf"`invoke plan --out \S+ --allow-replace '?{place}'?`"):
        apply(world, folder)


def test_an_upstream_that_publishes_something_else_than_it_planned_stops_the_saved_plan(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "saved"
    world.synthesize(*chain(A, B))
    world.deploy()
    first, second = chain(A, B)
    first.resources = {"main": {"input": "two"}}
    second.resources = {"main": {"input": "two"}}
    world.synthesize(first, second)
    world.plan(out=folder)
    restore = saved.restore

    def and_then(run: object, place: Path) -> object:
        found = restore(run, place)  # type: ignore[arg-type]
        run.works[B].inputs = "what A was to publish"  # type: ignore[attr-defined]
        return found

    monkeypatch.setattr(saved, "restore", and_then)
    report = apply(world, folder)
    assert ends(report) == {A: "applied", B: "refused"}
    assert "an upstream published other values than its saved plan was made with" in world.screen
    assert world.state(B)["resources"][-1]["instances"][0]["attributes"]["input"]["value"] != "two"  # type: ignore[index]


def somebody_else(world: World, tmp_path: Path, *stacks: Stack) -> World:
    """Another checkout of the same deployment, with other code."""
    root = tmp_path / "elsewhere"
    root.mkdir()
    other = World(root=root, suffix=world.suffix, program=world.program)
    other.synthesize(*stacks)
    return other


def reading(version: str) -> list[Stack]:
    """A stack that publishes its version, and one that reads it."""
    publishing = Stack(A, outputs={"v": version}, resources={"main": {"input": version}})
    return [publishing, Stack(B, reads={A: ["v"]}, resources={"main": {"input": upstream(A, "v")}})]


def read(world: World) -> str:
    """What the second stack was applied with."""
    state = world.state(B)
    assert state is not None
    resource = state["resources"][-1]
    return str(resource["instances"][0]["attributes"]["input"]["value"])


def test_an_upstream_that_somebody_applied_while_the_question_waited_stops_the_saved_plan(
    world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "saved"
    world.synthesize(*reading("one"))
    world.deploy(A)
    world.plan(B, out=folder)
    other = somebody_else(world, tmp_path, *reading("two"))

    def ask(_question: str) -> str:
        other.deploy(A)
        return "y"

    report = apply(world, folder, ask=ask)
    assert ends(report) == {B: "refused"}
    assert "an upstream published other values than its saved plan was made with" in world.screen
    assert report.next_command == f"invoke plan --out {folder}"
    assert world.state(B) is None


def test_an_upstream_that_somebody_applied_while_the_question_waited_is_planned_on(
    world: World, tmp_path: Path
) -> None:
    world.synthesize(*reading("one"))
    world.deploy(A)
    other = somebody_else(world, tmp_path, *reading("two"))
    questions = []

    def ask(question: str) -> str:
        if not questions:
            other.deploy(A)
        questions.append(question)
        return "y"

    assert ends(world.deploy(B, ask=ask)) == {B: "applied"}
    assert len(questions) == 2, "what is planned again is shown again"
    assert read(world) == "two"


def change(kind: str, address: str = "aws_vpc.main") -> Change:
    return Change(address=address, kind=kind, type="aws_vpc")


def test_only_creations_that_were_named_are_part_of_what_was_deferred() -> None:
    promised = {"aws_vpc.main", "aws_subnet.one"}
    inside = PlanSummary(
        changes=(change("create"), change("import", 'aws_subnet.one["a"]')), outputs={"id": "create"}
    )
    assert beyond(inside, promised) == ()
    outside = PlanSummary(
        changes=(change("update"), change("create", "aws_vpc.other"), change("delete")),
        outputs={"id": "update", "new": "create", "old": "delete"},
    )
    assert beyond(outside, promised) == (
        "update aws_vpc.main",
        "create aws_vpc.other",
        "delete aws_vpc.main",
        "update output id",
        "delete output old",
    )


def test_the_review_is_a_page_without_values(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    blocks = {"main": {"input": "SECRET-1", "triggers_replace": "one"}, "old": {"input": "1"}}
    first = Stack(A, resources=blocks)
    world.synthesize(first, Stack(C, stage=3))
    world.deploy()
    blocks = {"main": {"input": "SECRET-2", "triggers_replace": "two"}, "new": {"input": "SECRET-3"}}
    first = Stack(A, resources=blocks, outputs={"id": "${terraform_data.new.id}"})
    world.synthesize(first, *chain(A, B)[1:], Stack(C, stage=3))
    leave = f"replace:{A}:terraform_data.main"
    world.plan(out=folder, allow=frozenset({leave}))
    page = (folder / "review.md").read_text()
    assert f"| `{A}` | source | 1 | 0 | **1** | **1** |  |" in page
    assert f"| `{B}` | source | - | - | - | - | deferred, waits for {A}: id will change |" in page
    assert f"| `{C}` | global | 0 | 0 | 0 | 0 | no changes |" in page
    assert f"**With leave: `{leave}`**" in page
    assert "replace terraform_data.main because of triggers_replace" in page
    assert "delete terraform_data.old" in page
    assert "update output id" in page
    assert f"{B}: may create, once it can be planned" in page
    assert "SECRET" not in page


def test_the_review_names_the_arguments_that_change(world: World, tmp_path: Path) -> None:
    world.synthesize(Stack(A))
    world.deploy()
    world.synthesize(Stack(A, resources={"main": {"input": "two"}}))
    world.plan(out=tmp_path / "saved")
    assert "update terraform_data.main (input, output)" in (tmp_path / "saved" / "review.md").read_text()


def test_a_plan_that_was_shown_is_not_applied_to_what_somebody_else_made_meanwhile(
    world: World, tmp_path: Path
) -> None:
    world.synthesize(Stack(A))
    (tmp_path / "other").mkdir()
    other = World(root=tmp_path / "other", suffix=world.suffix, program=world.program)
    other.synthesize(Stack(A))

    def ask(_question: str) -> str:
        other.deploy()
        return "y"

    report = world.deploy(ask=ask)
    assert ends(report) == {A: "refused"}
    assert report.exit_code == 2
    assert f"{A}: its state was written by somebody else after it was planned" in world.screen
    assert report.next_command == "invoke deploy"
    assert world.state(A) == other.state(A)


def test_after_a_plan_comes_the_command_that_deploys_the_same_and_after_a_failed_one_the_plan_again(
    world: World,
) -> None:
    world.synthesize(Stack(A))
    assert world.plan().next_command == "invoke rollout"
    assert world.plan(command="plan --no-lock", lock=False).next_command == "invoke rollout"
    assert world.plan(command="plan-region us-east-1").next_command == "invoke deploy-region us-east-1"
    world.synthesize(Stack(A, resources={"main": {"input": "${nothing.at.all}"}}))
    assert ends(failed := world.plan()) == {A: "failed"}
    assert failed.next_command == "invoke plan"


def test_a_plan_of_the_aws_provider_is_applied_from_another_checkout(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    name = f"/p{world.suffix}"
    worlds = []
    for checkout in ("planned", "applied"):
        root = tmp_path / checkout
        root.mkdir()
        one = World(root=root, suffix=world.suffix, program=find_program(root, lambda _note: None))
        one.synthesize(Stack(A, parameters=[name]))
        worlds.append(one)
    planning, applying = worlds
    planned = planning.plan(out=folder)
    assert ends(planned) == {A: "planned"}, planning.screen
    assert ends(apply(applying, folder)) == {A: "applied"}
    found = applying.clients.client("ssm", REGION).get_parameter(Name=name)
    assert found["Parameter"]["Value"] == "one"


def test_a_set_that_cannot_be_noted_in_is_applied_and_that_is_said(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    world.synthesize(Stack(A))
    world.plan(out=folder)
    (folder / "applied.json").mkdir()
    assert ends(apply(world, folder)) == {A: "applied"}
    assert "applied.json cannot be written (Is a directory)" in world.screen
