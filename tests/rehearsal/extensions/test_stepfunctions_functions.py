"""The functions that Step Functions adds to JSONata."""

import hashlib
from typing import Any

import pytest
from jsonata import Jsonata, Utils

from shared.rehearsal.extensions.stepfunctions_functions import FUNCTIONS, inward
from tests.rehearsal.conftest import Aws
from tests.rehearsal.extensions.machines import output


def value(expression: str) -> Any:
    program = Jsonata(expression)
    for name, function in FUNCTIONS.items():
        program.register_lambda(name, function)
    return program.evaluate(None)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("$partition([1..5], 2)", [[1, 2], [3, 4], [5]]),
        ("$partition($nobody, 2)", None),
        ("$partition([1])", None),
        ("$range(1, 9, 2)", [1, 3, 5, 7, 9]),
        ("$range(3, 1, -1)", [3, 2, 1]),
        ("$range(3, 1, 1)", []),
        ("$count($range(1, 1000, 1))", 1000),
        ("$hash('a')", hashlib.sha256(b"a").hexdigest()),
        ("$hash('a', 'SHA-512')", hashlib.sha512(b"a").hexdigest()),
        ("$hash($nobody)", None),
        ("$random(7) = $random(7)", True),
        ("$random() >= 0 and $random() < 1", True),
        ("$uuid() != $uuid() and $length($uuid()) = 36", True),
        ("$parse('{\"a\": [1, null]}').a", [1, None]),
        ("$parse($nobody)", None),
        ("$type($parse('null'))", "null"),
    ],
)
def test_a_function_gives_what_aws_says(expression: str, expected: object) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("$partition([1], 0)", "positive"),
        ("$range(1, 2, 0)", "must not be 0"),
        ("$range(1, 1001, 1)", "at most 1000"),
        ("$hash('a', 'CRC')", "knows MD5, SHA-1"),
        ("$parse('{')", "Expecting property name"),
    ],
)
def test_a_function_refuses_what_it_cannot_do(expression: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        value(expression)


def test_null_is_not_nothing() -> None:
    assert inward({"a": [None, {"b": None}], "c": 1}) == {
        "a": [Utils.NULL_VALUE, {"b": Utils.NULL_VALUE}],
        "c": 1,
    }


def test_a_machine_has_them(aws: Aws) -> None:
    given = "{% $parse($states.input.text).phases[1] %}"
    states = {"Only": {"Type": "Pass", "Output": given, "End": True}}
    assert output(aws, states, {"text": '{"phases": [25, 50]}'}) == 50
