"""The page of a run, as a browser would read it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from shared.deploy import page
from shared.deploy.page import html
from shared.deploy.report import RunReport
from tests.deploy.page import runs
from tests.deploy.page.runs import DATABASE, FOUNDATION, SERVICE, TARGET, change, run, span, stack
from tests.pages import Page

EVIL = "<script>alert('x')</script> & \"quoted\" \x1b[31mred\x1b[0m \x00"
SAFE = "<script>alert('x')</script> & \"quoted\" red \ufffd"


def read(shown: RunReport) -> Page:
    return Page(html.page(shown))


def text(shown: RunReport) -> str:
    return read(shown).text


def between(words: str, first: str, last: str) -> str:
    return words.split(first, 1)[1].split(last, 1)[0]


@pytest.mark.parametrize("recorded", runs.ALL)
def test_a_page_is_whole_needs_nothing_else_and_its_links_lead_somewhere(recorded) -> None:
    found = read(recorded())

    names = [name for name, _ in found.elements]
    assert names.count("svg") == 2
    assert not {"script", "link", "img", "iframe"} & set(names)
    ids = [attributes["id"] for _, attributes in found.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for name, attributes in found.elements:
        if name == "a" and (way := attributes["href"] or "").startswith("#"):
            assert way[1:] in ids
        assert "http" not in str(attributes.get("src", ""))
    assert recorded().command in found.text


@pytest.mark.parametrize("recorded", runs.ALL)
def test_the_same_run_gives_the_same_page(recorded) -> None:
    assert html.page(recorded()) == html.page(recorded())


def test_a_run_begins_with_how_it_ended_and_where_it_was() -> None:
    words = text(runs.rollout())

    assert "Done rollout of region-migration, in 40 s" in words
    assert "14 March 2026, 09:26:53 UTC. On AWS." in words
    assert "3 applied, 1 without changes" in words
    assert "3 add, 1 replace, 1 destroy" in words
    assert "37 s; 3 % of the wall time was above it" in words
    local = text(runs.rollout(endpoint="http://127.0.0.1:5000"))
    assert "What answered was at http://127.0.0.1:5000, not AWS itself." in local


def test_the_critical_path_is_a_table_of_its_parts() -> None:
    path = between(text(runs.rollout()), "Critical path The chain", "Stacks")

    assert "37 s of 38 s (questions not counted)" in path
    assert re.findall(r"(\S+/\S+) (\S+ s)", path) == [
        (FOUNDATION, "10 s"),
        (DATABASE, "18 s"),
        (TARGET, "9.0 s"),
    ]


def test_every_stack_has_its_row_with_numbers_and_its_log() -> None:
    found = read(runs.rollout())

    assert f"{FOUNDATION} log source applied 2 0 0 0 10 s" in found.text
    assert f"{TARGET} log target applied 0 0 1 1 9.0 s" in found.text
    logs = [a["href"] for name, a in found.elements if name == "a" and "logs" in str(a["href"])]
    assert logs[0] == "logs/us-east-1-foundation.log"
    without = read(run(stack(FOUNDATION, "absent", log="", counts={})))
    assert "log" not in between(without.text, "At work", "absent")
    assert re.search(r"absent(: \w+)?( \u2013){4} ", without.text)


def test_changes_are_told_resource_by_resource_with_what_forces_a_replacement() -> None:
    words = between(text(runs.rollout()), " Changes ", "Done beside the plans")

    assert f"{FOUNDATION} 2 resources, 1 output" in words
    assert re.search(r"\+ aws_kms_key.k \+ aws_vpc.main \+ output vpc_id", words)
    assert f"{DATABASE} 1 resource, 0 outputs" in words
    assert "± aws_rds_cluster.c engine replaced because of engine" in words
    assert "- aws_x.y" in words
    unknown = text(run(stack(changes=(change("aws_x.y", "read"),), outputs={"a": "x"})))
    assert "? aws_x.y ? output a" in unknown


def test_few_changes_are_open_and_many_are_not() -> None:
    def opened(shown: RunReport) -> list[bool]:
        return ["open" in attributes for name, attributes in read(shown).elements if name == "details"]

    assert opened(runs.rollout()) == [True, True, True]
    many = [stack(f"us-east-1/{n}", changes=(change("aws_x.y"),)) for n in range(4)]
    assert opened(run(*many)) == [False] * 4


def test_what_was_done_beside_the_plans_is_told() -> None:
    assert f"{DATABASE} a retry after ThrottlingException" in text(runs.rollout())
    assert "Done beside the plans" not in text(runs.idle())


def test_what_failed_stands_first_with_its_words_and_the_next_command() -> None:
    words = text(runs.failed())

    first = between(words, "What did not come to its end", "Environment")
    assert f"{FOUNDATION} failed" in first
    assert f"{DATABASE} blocked: {FOUNDATION} failed" in first
    assert f"{SERVICE} refused: 2 reasons" in first
    assert f"{TARGET} declined: not agreed to" in first
    assert "Next invoke rollout" in first
    why = words.split("What failed or was refused, and why")[1]
    assert "Error: the quota of VPCs" in why
    assert "aws_rds_cluster.c: would be replaced--allow-replace X" in why
    assert "is not allowed" in why
    one = replace(runs.failed().stacks[2], problems=runs.failed().stacks[2].problems[:1])
    assert f"{SERVICE} refused: 1 reason " in text(run(one, exit_code=2))


def test_an_interrupted_run_names_the_locks_that_are_left() -> None:
    words = text(runs.interrupted())

    assert words.index("Interrupted rollout") < words.index(
        f"{DATABASE}: the state is still locked by ops@bastion"
    )
    assert f"{DATABASE} interrupted: stopped" in words


def test_a_deferred_stack_says_what_it_waits_for() -> None:
    words = text(runs.planned())

    assert "Deferred: planned when what they wait for is there" in words
    assert f"{DATABASE} {FOUNDATION} (not applied yet)" in words
    assert "What did not come to its end" not in words
    two = stack(DATABASE, "deferred", reasons=("waits for a: x will change", "waits for b: y will change"))
    assert "a: x will change; b: y will change" in text(run(two)).split("Deferred:")[1]


def test_what_a_run_leaves_to_itself_is_counted() -> None:
    words = text(run(stack(FOUNDATION, "planned", counts={"add": 0, "forget": 1})))

    assert "Resources 1 forget" in words


def test_a_run_without_changes_says_so() -> None:
    words = text(runs.idle())

    assert "Stacks 2 without changes Resources no changes" in words
    assert " Changes " not in words


def test_a_look_has_columns_of_its_own_and_tells_what_differs_and_whose_it_is() -> None:
    words = text(runs.drifted())

    assert "Drift drift of region-migration" in words
    assert "1 absent, 1 drifted, 1 without drift" in words
    assert "Drifted Owned At work" in words
    assert "drifted 2 1 5.0 s" in words
    assert "Resources" not in between(words, "Stacks 1 absent", "Timeline")
    differs = words.split("What differs from the states")[1]
    # strays first, then what operations own
    assert "aws_eip.e is gone" in differs
    assert "aws_security_group.s ingress[0].cidr 10.0.0.0/16 0.0.0.0/0 nobody" in differs
    assert differs.rstrip().endswith("aws_autoscaling_group.g desired_capacity 2 3 the scaling policy: load")


def test_a_run_without_any_stack_has_neither_timeline_nor_table() -> None:
    words = text(run(exit_code=0, seconds=0.0))

    assert "Timeline" not in words
    assert "Critical path" not in words


def test_a_run_in_which_nothing_was_at_work_has_no_critical_path() -> None:
    words = text(run(stack(FOUNDATION, "absent", counts={}), command="teardown"))

    assert "Timeline" in words
    assert "Critical path" not in words


def test_nothing_that_was_said_is_taken_for_a_part_of_the_page() -> None:
    evil = stack(
        f"us-east-1/{EVIL}",
        "failed",
        span("apply", 0, 3),
        error=EVIL,
        reasons=(EVIL,),
        notes=(EVIL,),
        changes=(change(EVIL, attributes=(EVIL,)),),
        outputs={EVIL: "create"},
    )
    drifted = replace(runs.drifted().stacks[0], reasons=(EVIL,))
    made = html.page(run(evil, drifted, environment=EVIL, next_command=EVIL, locks={EVIL: EVIL}))

    assert "<script" not in made
    assert "\x1b" not in made
    assert "\x00" not in made
    assert Page(made).text.count(SAFE) > 5


def test_the_files_of_a_run_lie_beside_each_other(tmp_path) -> None:
    shown = replace(runs.rollout(), folder=tmp_path)
    page.write(shown)

    assert (tmp_path / "report.html").read_text() == html.page(shown)
    assert (tmp_path / "report.xml").read_text().startswith("<?xml")
    assert [path.name for path in page.paths(tmp_path)] == ["report.html", "report.json", "report.xml"]
