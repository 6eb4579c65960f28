"""The resources of a stack and what each refers to, read from the synthesized JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shared.deploy import resources
from shared.deploy.manifest import Manifest, StackEntry
from shared.deploy.resources import Reference, StackGraph
from tests.deploy.standing import manifest, stack

FOUNDATION = stack("eu-west-1/foundation", "target")
SERVICE = stack("eu-west-1/service", "target", "eu-west-1/foundation")


def made(path: str, **block: Any) -> dict[str, Any]:
    return {**block, "//": {"metadata": {"path": path, "uniqueId": "aws_x.never"}}}


def read(root: Path, document: dict[str, Any]) -> StackGraph:
    found: Manifest = manifest(FOUNDATION, SERVICE, root=root)
    entry: StackEntry = found.stack("eu-west-1/service")
    folder = found.directory(entry)
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    return resources.read(found, entry)


def state(key: str) -> dict[str, Any]:
    return {"terraform_remote_state": {"eu-west-1-foundation": {"backend": "s3", "config": {"key": key}}}}


def test_a_resource_is_of_the_construct_that_made_it(tmp_path: Path) -> None:
    graph = read(
        tmp_path,
        {
            "resource": {
                "aws_lb": {"alb_1": made("service/alb/balancer")},
                "aws_iam_role": {"role_1": made("service/profile/role/role"), "role_2": made("service/own")},
                "aws_sqs_queue": {"plain": {}},
            }
        },
    )

    found = {node.id: (node.group, node.label, node.type, node.kind) for node in graph.nodes}
    assert found == {
        "aws_lb.alb_1": ("alb", "balancer", "aws_lb", "resource"),
        "aws_iam_role.role_1": ("profile", "role/role", "aws_iam_role", "resource"),
        "aws_iam_role.role_2": ("own", "own", "aws_iam_role", "resource"),
        "aws_sqs_queue.plain": ("plain", "plain", "aws_sqs_queue", "resource"),
    }
    assert graph.resources == 4
    assert graph.references == ()


def test_what_is_only_read_and_what_lives_for_a_moment_are_no_resources(tmp_path: Path) -> None:
    graph = read(
        tmp_path,
        {
            "data": {"aws_ami": {"newest": made("service/image/newest")}},
            "ephemeral": {"aws_secret_version": {"s": made("service/secret/s")}},
            "resource": {
                "aws_instance": {
                    "i": made("service/i/i", ami="${data.aws_ami.newest.id}", depends_on=["aws_lb.gone"])
                },
                "aws_db": {"d": made("service/d/d", password="${ephemeral.aws_secret_version.s.value}")},
            },
        },
    )

    assert {node.id: node.kind for node in graph.nodes} == {
        "data.aws_ami.newest": "data",
        "ephemeral.aws_secret_version.s": "ephemeral",
        "aws_instance.i": "resource",
        "aws_db.d": "resource",
    }
    assert set(graph.references) == {
        Reference(used="data.aws_ami.newest", user="aws_instance.i"),
        Reference(used="ephemeral.aws_secret_version.s", user="aws_db.d"),
    }
    assert graph.resources == 2


def test_a_reference_is_an_expression_or_a_wait_and_counts_once(tmp_path: Path) -> None:
    graph = read(
        tmp_path,
        {
            "resource": {
                "aws_lb": {"l": made("s/l/l", name="aws_lb.l")},
                "aws_lb_listener": {
                    "h": made(
                        "s/l/h", arn="${aws_lb.l.arn}", also="${aws_lb.l.name}", depends_on=["aws_lb.l"]
                    )
                },
                # a longer name begins with a known one, and cdktf's notes are no expressions
                "aws_lb_rule": {
                    "r": made("s/l/r", a="${aws_lb.longer.arn}", b="x-aws_lb.l", c="my.aws_lb.l")
                },
            },
            "output": {"arn": {"value": "${aws_lb.l.arn}"}},
        },
    )

    assert graph.references == (
        Reference(used="aws_lb.l", user="aws_lb_listener.h"),
        Reference(used="aws_lb.l", user="output.arn"),
    )


def test_what_is_read_of_another_stack_stands_first_and_outputs_last(tmp_path: Path) -> None:
    read_of = "${data.terraform_remote_state.eu-west-1-foundation.outputs."
    graph = read(
        tmp_path,
        {
            "data": state(FOUNDATION.state_key),
            "resource": {
                "aws_lb": {"l": made("s/l/l", vpc=f"{read_of}vpc_id}}")},
                "aws_x": {"m": made("s/m/m", vpc=f"{read_of}vpc_id}}", key=f"{read_of}kms_key_arn}}")},
            },
            "output": {"vpc": {"value": f"{read_of}vpc_id}}"}},
        },
    )

    assert [(node.id, node.kind, node.group, node.label) for node in graph.nodes] == [
        ("eu-west-1/foundation:vpc_id", "read", "eu-west-1/foundation", "vpc_id"),
        ("eu-west-1/foundation:kms_key_arn", "read", "eu-west-1/foundation", "kms_key_arn"),
        ("aws_lb.l", "resource", "l", "l"),
        ("aws_x.m", "resource", "m", "m"),
        ("output.vpc", "output", "outputs", "vpc"),
    ]
    assert len(graph.references) == 4


def test_as_json_each_node_says_what_it_refers_to(tmp_path: Path) -> None:
    graph = read(
        tmp_path,
        {
            "resource": {
                "aws_lb": {"b": made("s/l/b"), "a": made("s/l/a")},
                "aws_x": {"m": made("s/m/m", of=["${aws_lb.b.id}", "${aws_lb.a.id}"])},
            }
        },
    )

    found = json.loads(json.dumps(graph.as_json()))
    assert found["stack"] == "eu-west-1/service"
    assert found["nodes"][2] == {
        "id": "aws_x.m",
        "kind": "resource",
        "type": "aws_x",
        "group": "m",
        "label": "m",
        "refers_to": ["aws_lb.a", "aws_lb.b"],
    }
