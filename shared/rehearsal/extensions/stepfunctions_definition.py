r"""Step Functions: a definition is read as JSON, and a faulty one is refused when it is given.

moto 5.2.5 keeps the escapes of JSON texts (`\"`, `\n`, `\u00e9`) in what it evaluates, takes a
machine whose `Next` leads nowhere or whose expressions cannot be parsed, reads every machine after a
refused one in the query language of that (and two at the same time in one another's), and has
neither ValidateStateMachineDefinition nor ListStateMachineVersions, which the Terraform provider
calls.

AWS: API reference of ValidateStateMachineDefinition ("OK" or "FAIL" with diagnostics; the checks
are those of CreateStateMachine), CreateStateMachine (InvalidDefinition), ListStateMachineVersions
(latest first); Amazon States Language specification, "Transitions".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from jsonata import JException, Jsonata
from moto.core.responses import ActionResult
from moto.stepfunctions.models import StepFunctionBackend
from moto.stepfunctions.parser.asl.parse import preprocessor
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse

from shared.rehearsal.extensions import stepfunctions_naming as naming
from shared.rehearsal.extensions.faults import Fault

_validate_definition = StepFunctionsParserBackend._validate_definition

_SDK = ":states:::aws-sdk:"
_CODE = "SCHEMA_VALIDATION_FAILED"


def install() -> None:
    """Read texts as JSON, add the checks and the two actions."""
    preprocessor.from_string_literal = text_of
    preprocessor.Preprocessor._inner_string_of = staticmethod(text_of)
    preprocessor.Preprocessor.__init__ = init_preprocessor
    StepFunctionsParserBackend._validate_definition = staticmethod(validate)
    StepFunctionResponse.validate_state_machine_definition = validate_state_machine_definition
    StepFunctionResponse.list_state_machine_versions = list_state_machine_versions


def init_preprocessor(self: preprocessor.Preprocessor) -> None:
    """Keep the query languages of this definition apart from every other's."""
    self._query_language_per_scope = []


def text_of(parser_rule_context: Any) -> str | None:
    """Return what a JSON text says; None for null."""
    written = parser_rule_context.getText()
    if written == "null":
        return None
    return str(json.loads(written)) if written.startswith('"') else str(written)


def validate(definition: str) -> None:
    """Raise InvalidDefinition with everything that is wrong, or what moto finds."""
    problems = list(_problems(definition))
    if problems:
        raise Fault("InvalidDefinition", f"Invalid State Machine Definition: '{', '.join(problems)}'")
    try:
        _validate_definition(definition)
    except Exception as error:  # moto's own has no code that an SDK reads
        message = getattr(error, "message", None) or str(error)
        raise Fault("InvalidDefinition", f"Invalid State Machine Definition: '{message}'") from error


def _problems(definition: str) -> Iterator[str]:
    try:
        document = json.loads(definition)
    except ValueError as error:
        yield f"INVALID_JSON_DESCRIPTION: {error}"
        return
    yield from _problems_of_program(document, "", document.get("QueryLanguage", "JSONPath"))


def _problems_of_program(program: dict[str, Any], path: str, language: str) -> Iterator[str]:
    states = program.get("States", {})
    targets = {f"{path}/StartAt": program.get("StartAt")}
    for name, state in states.items():
        here = f"{path}/States/{name}"
        own_language = state.get("QueryLanguage", language)
        targets |= _targets(state, here)
        if own_language == "JSONata":
            yield from _problems_of_expressions(state, here)
        if _SDK in state.get("Resource", ""):
            yield from _problems_of_parameters(state, here)
        inner = [*state.get("Branches", []), *filter(None, [state.get("ItemProcessor")])]
        for index, one in enumerate(inner):
            yield from _problems_of_program(one, f"{here}/{index}", own_language)
    for where, target in targets.items():
        if target not in states:
            yield f"MISSING_TRANSITION_TARGET: Missing 'Next' target: {target} at {where}"
    for name in sorted(set(states) - set(targets.values())):
        yield f'MISSING_TRANSITION_TARGET: State "{name}" is not reachable. at {path}/States/{name}'


def _targets(state: dict[str, Any], here: str) -> dict[str, Any]:
    """Return where a state leads, by the place that says so."""
    found = {f"{here}/{field}": state[field] for field in ("Next", "Default") if field in state}
    for field in ("Choices", "Catch"):
        for index, rule in enumerate(state.get(field, [])):
            found[f"{here}/{field}[{index}]/Next"] = rule.get("Next")
    return found


def _problems_of_expressions(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            if key not in {"Branches", "ItemProcessor", "Comment"}:
                yield from _problems_of_expressions(one, f"{path}/{key}")
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _problems_of_expressions(one, f"{path}[{index}]")
    elif isinstance(value, str) and value.startswith("{%"):
        try:
            Jsonata(value.removeprefix("{%").removesuffix("%}").strip())
        except JException as error:
            yield f"{_CODE}: The JSONata expression is invalid: {error} at {path}"


def _problems_of_parameters(state: dict[str, Any], path: str) -> Iterator[str]:
    service, _, action = state["Resource"].partition(_SDK)[2].partition(".")[0].partition(":")
    for field in ("Arguments", "Parameters"):
        given = state.get(field, {})
        try:
            shape = naming.operation(service, action).input_shape
        except ValueError:
            return  # which is said where the resource is read
        if isinstance(given, dict):
            yield from _unknown_fields(given, shape, f"{path}/{field}")


def _unknown_fields(given: Any, shape: Any, path: str) -> Iterator[str]:
    if isinstance(given, list) and hasattr(shape, "member"):
        for index, one in enumerate(given):
            yield from _unknown_fields(one, shape.member, f"{path}[{index}]")
    if not isinstance(given, dict) or not hasattr(shape, "members"):
        return
    for name, one in given.items():
        try:
            own = naming.member(shape, name.removesuffix(".$"))
        except ValueError as error:
            yield f"{_CODE}: {error} at {path}"
            continue
        yield from _unknown_fields(one, shape.members[own], f"{path}/{name}")


def validate_state_machine_definition(self: StepFunctionResponse) -> ActionResult:
    """Answer whether a definition would be taken."""
    try:
        self.stepfunction_backend._validate_definition(self._get_param("definition"))
    except Fault as error:
        diagnostic = {"severity": "ERROR", "code": _CODE, "message": error.message}
        return ActionResult({"result": "FAIL", "diagnostics": [diagnostic], "truncated": False})
    return ActionResult({"result": "OK", "diagnostics": [], "truncated": False})


def list_state_machine_versions(self: StepFunctionResponse) -> ActionResult:
    """Answer the versions that were published."""
    backend: StepFunctionBackend = self.stepfunction_backend
    versions = backend.describe_state_machine(self._get_param("stateMachineArn")).versions
    return ActionResult(
        {
            "stateMachineVersions": [
                {"stateMachineVersionArn": one.arn, "creationDate": one.creation_date}
                for _, one in sorted(versions.items(), reverse=True)
            ]
        }
    )
