from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from shared.deploy import status
from shared.deploy.journal import Journal, new_folder
from shared.errors import UserError
from tests.deploy.standing import Clients, apply, lock, manifest, stack, state_bucket

FOUNDATION = stack("us-east-1/foundation", "source", publishes=("id",))
DATABASE = stack("us-east-1/database", "source", "us-east-1/foundation", publishes=("id", "arn"))
DOMAIN = stack("global/domain", "global", "us-east-1/database", publishes=("id",))
MANIFEST = manifest(FOUNDATION, DATABASE, DOMAIN)


pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def bucket(aws: str) -> Iterator[str]:
    with state_bucket():
        yield aws


def seen(tmp_path: Path) -> dict[str, status.StackStatus]:
    return {row.address: row for row in status.observe(MANIFEST, Clients(), tmp_path)}


def shown(tmp_path: Path) -> str:
    console = Console(file=io.StringIO(), width=400)
    console.print(status.table(status.observe(MANIFEST, Clients(), tmp_path)))
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.usefixtures("bucket")
def test_an_applied_stack_shows_what_its_state_holds(tmp_path: Path) -> None:
    apply(FOUNDATION, resources=4, serial=7, id="vpc-1")

    row = seen(tmp_path)["us-east-1/foundation"]

    assert (row.standing, row.serial, row.resources, row.outputs, row.stage) == ("applied", 7, 4, 1, "source")
    assert row.changed is not None
    assert row.locked_by is None


@pytest.mark.usefixtures("bucket")
def test_a_stack_that_was_never_applied_says_what_it_waits_for(tmp_path: Path) -> None:
    apply(FOUNDATION, id="vpc-1")

    rows = seen(tmp_path)

    assert rows["us-east-1/database"].standing == "absent"
    assert rows["us-east-1/database"].waits_for == ()
    assert rows["global/domain"].waits_for == ("us-east-1/database",)
    assert "waits for us-east-1/database" in shown(tmp_path)


@pytest.mark.usefixtures("bucket")
def test_a_state_without_its_outputs_is_an_apply_that_was_cut_off(tmp_path: Path) -> None:
    apply(FOUNDATION, resources=2)

    assert seen(tmp_path)["us-east-1/foundation"].standing == "incomplete"
    assert "incomplete" in shown(tmp_path)


@pytest.mark.usefixtures("bucket")
def test_what_was_applied_in_part_only_says_why_and_what_finishes_it(tmp_path: Path) -> None:
    apply(FOUNDATION, id="vpc-1")
    apply(DATABASE, id="cluster", tainted=["0"])  # `arn` is missing

    row = seen(tmp_path)["us-east-1/database"]

    assert row.standing == "incomplete"
    assert row.unfinished == ("aws_thing.0 is tainted", "output 'arn' is missing")
    assert row.finish == "invoke deploy-region us-east-1"
    assert row.as_json()["unfinished"] == ["aws_thing.0 is tainted", "output 'arn' is missing"]
    assert (
        "aws_thing.0 is tainted; output 'arn' is missing (`invoke deploy-region us-east-1` finishes it)"
        in shown(tmp_path)
    )
    assert seen(tmp_path)["global/domain"].waits_for == ("us-east-1/database",)


@pytest.mark.usefixtures("bucket")
def test_what_somebody_holds_the_lock_of_may_be_at_work(tmp_path: Path) -> None:
    apply(DATABASE, id="cluster")
    lock(DATABASE)

    row = seen(tmp_path)["us-east-1/database"]

    assert (row.standing, row.finish) == ("incomplete", None)
    assert "finishes it" not in shown(tmp_path)
    assert "output 'arn' is missing" in shown(tmp_path)


@pytest.mark.usefixtures("bucket")
def test_the_journal_tells_of_an_apply_that_nobody_saw_end(tmp_path: Path) -> None:
    apply(DATABASE, id="cluster", arn="arn")
    assert seen(tmp_path)["us-east-1/database"].standing == "applied"

    journal = Journal(new_folder(tmp_path, "rollout"))
    journal.started(DATABASE.address, DATABASE.state_key, "apply", 1)
    journal.close()

    row = seen(tmp_path)["us-east-1/database"]
    assert (row.standing, row.unfinished) == ("incomplete", ("its last run did not come to its end",))


@pytest.mark.usefixtures("bucket")
def test_a_lock_is_shown_with_its_holder(tmp_path: Path) -> None:
    lock(DATABASE)

    row = seen(tmp_path)["us-east-1/database"]

    assert row.standing == "absent"
    assert "ops@bastion" in str(row.locked_by)
    assert "locked by ops@bastion" in shown(tmp_path)


@pytest.mark.usefixtures("bucket")
def test_a_lock_that_is_released_while_looking_is_no_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(DATABASE)
    monkeypatch.setattr("shared.deploy.unlock.holder", lambda *_: None)

    assert seen(tmp_path)["us-east-1/database"].locked_by is None


@pytest.mark.usefixtures("bucket")
def test_what_stands_and_is_no_longer_in_the_code_is_shown_too(tmp_path: Path) -> None:
    apply(stack("eu-west-1/old", "target"), resources=3, serial=9)
    apply(stack("eu-west-1/emptied", "target"), resources=0)

    rows = seen(tmp_path)

    assert (rows["eu-west-1/old"].standing, rows["eu-west-1/old"].resources) == ("removed", 3)
    assert rows["eu-west-1/old"].changed is not None
    assert "eu-west-1/emptied" not in rows
    assert "no longer in the code: bring it back to destroy it" in shown(tmp_path)


@pytest.mark.usefixtures("bucket")
def test_the_rows_are_plain_json(tmp_path: Path) -> None:
    apply(FOUNDATION, id="vpc-1")

    rows = json.loads(json.dumps([row.as_json() for row in status.observe(MANIFEST, Clients(), tmp_path)]))

    assert rows[0]["address"] == "us-east-1/foundation"
    assert rows[0]["changed"].endswith("+00:00")
    assert rows[1]["changed"] is None


def test_without_its_bucket_there_is_no_status_and_bootstrap_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="invoke bootstrap"):
        seen(tmp_path)
