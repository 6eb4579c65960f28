"""Writes `docs/state-machine.md` from the definition: `python -m modules.machine.reference`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from modules.machine.definition import definition
from modules.machine.inputs import MachineInputs, RecordSide
from modules.machine.states import State, States

PAGE = Path(__file__).resolve().parents[2] / "docs" / "state-machine.md"
_HEAD = """# The state machine of the migration

Every state, where it goes, and how it is left on failure. Generated from `modules/machine/` by
`python -m modules.machine.reference`; a test keeps it up to date.

A task first repeats what passes by itself (throttling, faults of the service); the last column says what
happens then. A message that cannot be sent stops nothing. `RollBack` returns to what the migration found:
the writer first, then the weights.
"""
_EXAMPLE = MachineInputs(
    source_region="us-east-1",
    target_region="eu-west-1",
    hosted_zone_id="ZONE",
    record_name="api.payments.example.com",
    source=RecordSide(set_identifier="source", dns_name="source", zone_id="SOURCE"),
    target=RecordSide(set_identifier="target", dns_name="target", zone_id="TARGET"),
    start_function_arn="start",
    gate_function_arn="gate",
    writer_function_arn="writer",
    checkpoint_parameter="checkpoint",
    approval_parameter="approval",
    kms_key_arn="key",
    topic_arn="topic",
)


def page() -> str:
    """Return the page's text."""
    return page_of(_HEAD, definition(_EXAMPLE)["States"])


def page_of(introduction: str, states: States) -> str:
    """Return a page with a row for each state of a machine, below its introduction."""
    rows = [_row(name, state) for name, state in states.items()]
    head = ["| state | does | goes on to | retries | when it fails |", "|---|---|---|---|---|"]
    return "\n".join([introduction, *head, *rows]) + "\n"


def _row(name: str, state: State) -> str:
    retries = "; ".join(
        f"{', '.join(_short(error) for error in one['ErrorEquals'])}: {one['MaxAttempts']} times"
        for one in state.get("Retry", [])
    )
    fails = "; ".join(
        f"{', '.join(one['ErrorEquals'])}: `{one['Next']}`" for one in state.get("Catch", [])
    ).replace("States.ALL: ", "")
    cells = (f"`{name}`", _does(state), "<br>".join(_ways(state)), retries, fails)
    return "| " + " | ".join(cells) + " |"


def _short(error: str) -> str:
    return error.removesuffix("Exception")


def _does(state: State) -> str:
    kind = state["Type"]
    if kind != "Task":
        error = f" with the error `{state['Error']}`" if kind == "Fail" else ""
        verbs = {"Choice": "chooses", "Wait": "waits", "Pass": "sets variables", "Succeed": "ends well"}
        return verbs.get(kind, "ends") + error
    arguments, resource = state["Arguments"], state["Resource"].removeprefix("arn:aws:states:::")
    if resource == "lambda:invoke":
        action = arguments["Payload"].get("action")
        return f"function `{arguments['FunctionName']}`" + (f": {action}" if action else "")
    if resource == "sns:publish":
        return "tells: " + str(arguments["Subject"]).rpartition(": ")[2]
    if "ssm:putParameter" in resource:
        return f"writes the {arguments['Name']}" + (", and waits" if "waitForTaskToken" in resource else "")
    return str(resource.removeprefix("aws-sdk:"))


def _ways(state: State) -> Iterator[str]:
    for rule in state.get("Choices", []):
        yield f"`{rule['Next']}` when {_code(rule['Condition'])}"
    if "Default" in state:
        yield f"otherwise `{state['Default']}`"
    if "Next" in state:
        yield f"`{state['Next']}`"


def _code(condition: str) -> str:
    return f"`{condition.removeprefix('{% ').removesuffix(' %}')}`"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":  # pragma: no cover - the tests call main
    main()
