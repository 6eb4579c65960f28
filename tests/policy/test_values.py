"""Arguments of blocks, in every shape that they are written in."""

from __future__ import annotations

import pytest

from shared.policy import values


def test_nulls_and_notes_are_nothing_that_terraform_sees() -> None:
    written = {"a": None, "//": {"metadata": {}}, "b": [{"c": None, "d": 0}], "e": False}
    assert values.plain(written) == {"b": [{"d": 0}], "e": False}


def test_a_nested_block_is_a_dictionary_or_a_list_of_them() -> None:
    inner = {"c": 1}
    assert values.blocks({"a": {"b": inner}}, "a", "b") == [inner]
    assert values.blocks({"a": [{"b": [inner]}, {"b": inner}, "text"]}, "a", "b") == [inner, inner]
    assert values.blocks({"a": "text"}, "a", "b") == []
    assert values.first({"a": [inner, {}]}, "a") == inner
    assert values.first({}, "a") == {}


@pytest.mark.parametrize(("value", "elements"), [(None, []), ("x", ["x"]), (["x", 1], ["x", 1]), (0, [0])])
def test_one_value_is_a_list_of_one(value: object, elements: list[object]) -> None:
    assert values.items(value) == elements
    assert values.texts(value) == [each for each in elements if isinstance(each, str)]


def test_flags_and_numbers_may_be_texts() -> None:
    assert [values.on(each) for each in (True, "true", False, "false", None, 1)] == [True, True, *[False] * 4]
    assert [values.number(each) for each in (3, "3.5", True, "${x}", None)] == [3.0, 3.5, None, None, None]


def test_what_terraform_decides_is_an_expression() -> None:
    assert values.is_expression("arn:${aws_lb.x.arn}")
    assert not values.is_expression("arn")
    assert not values.is_expression(7)


def test_expressions_are_found_at_any_depth() -> None:
    value = {"a": ["${x.y} and ${f({b = 1})}", 7], "b": "text"}
    assert list(values.expressions(value)) == ["${x.y}", "${f({b = 1})}"]


def test_leaves_are_named_by_the_way_to_them() -> None:
    assert list(values.leaves({"a": [{"b": 1}, {"c": None}], "d": "x"})) == [
        (("a", "b"), 1),
        (("a", "c"), None),
        (("d",), "x"),
    ]


def test_a_document_may_have_expressions_where_values_stand() -> None:
    text = '{"ips": ${jsonencode(var.ips)}, "name": "a-${aws_lb.x.name}", "list": [${a.b}, 1]}'
    assert values.document(text) == {
        "ips": "${jsonencode(var.ips)}",
        "name": "a-${aws_lb.x.name}",
        "list": ["${a.b}", 1],
    }
    assert values.document("{") is None
    assert values.document({"a": 1}) is None
    assert values.statements('{"Statement": {"Effect": "Allow"}}') == [{"Effect": "Allow"}]
    assert values.statements("${data.x.y.json}") == []
