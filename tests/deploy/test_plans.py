from __future__ import annotations

from pathlib import Path
from typing import Any

from shared.deploy import plans
from shared.deploy.plans import Change, PlanSummary


def planned_change(address: str, action: str) -> dict[str, Any]:
    resource = {"addr": address, "resource_type": address.split(".", maxsplit=1)[0]}
    return {"type": "planned_change", "change": {"resource": resource, "action": action}}


def test_a_log_is_summed_up_without_values() -> None:
    outputs = {
        "id": {"action": "create"},
        "same": {"action": "noop"},
        "old": {"action": "delete"},
        "final": {},
    }
    summary = plans.from_log(
        [
            {"text": "some plain line"},
            planned_change("aws_vpc.a", "create"),
            planned_change("aws_vpc.b", "replace"),
            planned_change("aws_vpc.c", "read"),
            planned_change("aws_vpc.d", "remove"),
            planned_change("aws_vpc.e", "move"),
            {"type": "outputs", "outputs": outputs},
        ]
    )
    assert [(change.address, change.kind) for change in summary.changes] == [
        ("aws_vpc.a", "create"),
        ("aws_vpc.b", "replace"),
        ("aws_vpc.d", "forget"),
    ]
    assert summary.outputs == {"id": "create", "old": "delete"}
    assert summary.counts == {
        "add": 1,
        "change": 0,
        "replace": 1,
        "destroy": 0,
        "import": 0,
        "forget": 1,
        "outputs": 2,
    }
    assert summary.steps == 4
    assert not summary.only_creates
    assert not summary.empty


def test_an_empty_plan_is_empty() -> None:
    assert plans.from_log([]).empty
    assert plans.from_json({}).empty
    assert not PlanSummary(outputs={"id": "update"}).empty
    assert PlanSummary().count("create") == 0


def resource(address: str, *actions: str, mode: str = "managed", **change: Any) -> dict[str, Any]:
    return {
        "address": address,
        "mode": mode,
        "type": address.split(".", maxsplit=1)[0],
        "change": {"actions": actions, **change},
    }


def test_plan_json_says_which_arguments_change_and_which_force_a_replacement() -> None:
    summary = plans.from_json(
        {
            "resource_changes": [
                resource(
                    "aws_lb.a",
                    "update",
                    before={"name": "x", "tags": {"a": "1"}, "gone": 1, "same": 1, "block": [{"x": 1}]},
                    after={"name": "x", "tags": {"a": "2"}, "same": 1, "block": [{"x": 1}]},
                    after_unknown={"arn": True, "block": [{}], "tags": {}, "deep": [{"y": True}]},
                ),
                resource(
                    "aws_lb.b",
                    "delete",
                    "create",
                    before={"name": "x"},
                    after={"name": "y"},
                    replace_paths=[["name"], []],
                ),
                resource("aws_lb.c", "no-op", before={}, after={}, importing={"id": "lb-1"}),
                resource("aws_lb.d", "no-op", before={}, after={}),
                resource("aws_ami.e", "read", mode="data"),
                resource("aws_lb.f", "delete", before={"name": "x"}, after=None),
            ],
            "output_changes": {"a": {"actions": ["update"]}, "b": {"actions": ["no-op"]}},
        }
    )
    assert summary.changes == (
        Change(address="aws_lb.a", kind="update", type="aws_lb", attributes=("arn", "deep", "gone", "tags")),
        Change(address="aws_lb.b", kind="replace", type="aws_lb", attributes=("name",), forcing=("name",)),
        Change(address="aws_lb.c", kind="import", type="aws_lb"),
        Change(address="aws_lb.f", kind="delete", type="aws_lb"),
    )
    assert summary.outputs == {"a": "update"}
    # an import is no operation that the apply reports
    assert summary.steps == 4


def test_what_remains_of_a_reviewed_plan_is_within_it() -> None:
    def summary(*changes: tuple[str, str]) -> PlanSummary:
        return PlanSummary(changes=tuple(Change(address=a, kind=k, type="t") for a, k in changes))

    reviewed = summary(("a", "create"), ("b", "update"))
    assert plans.within(summary(("b", "update")), reviewed)
    assert plans.within(summary(("a", "replace")), reviewed), "half created, so tainted"
    assert not plans.within(summary(("b", "replace")), reviewed)
    assert not plans.within(summary(("c", "create")), reviewed)


def test_an_argument_or_an_output_that_was_not_shown_is_not_within() -> None:
    def one(kind: str, attributes: str = "", forcing: str = "", **outputs: str) -> PlanSummary:
        change = Change(
            address="a", kind=kind, type="t", attributes=tuple(attributes), forcing=tuple(forcing)
        )
        return PlanSummary(changes=(change,), outputs=outputs)

    reviewed = one("update", "xy", id="create", arn="update")
    assert plans.within(one("update", "x", arn="update"), reviewed)
    assert plans.within(one("update", "x", id="update"), reviewed), "written half-way"
    assert not plans.within(one("update", "xz"), reviewed)
    assert not plans.within(one("update", "x", other="create"), reviewed)
    assert not plans.within(one("update", "x", arn="delete"), reviewed)
    assert plans.within(one("replace", "x", "x"), one("replace", "xy", "xy"))
    assert not plans.within(one("replace", "xy", "y"), one("replace", "xy", "x"))
    # a review from the log alone names no arguments, and neither does one of a creation
    assert plans.within(one("update", "x"), one("update"))


def test_a_digest_names_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "plan"
    path.write_bytes(b"")
    assert plans.digest(path) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
