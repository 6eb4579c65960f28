import pytest

from modules.schedule import Schedule, ScheduleInputs, rate
from shared.naming import Naming
from tests.synthesized import content, small


def test_a_rule_runs_the_function_and_only_this_rule_may():
    inputs = ScheduleInputs(
        naming=Naming(suffix="x1"),
        purpose="probe",
        description="Looks deeper",
        minutes=1,
        function_name="function-probe-x1",
        function_arn="arn:probe",
    )
    document = small(lambda stack: Schedule(stack, "schedule", inputs))
    assert content(document.one("aws_cloudwatch_event_rule")) == {
        "name": "rule-probe-x1",
        "description": "Looks deeper",
        "schedule_expression": "rate(1 minute)",
    }
    assert content(document.one("aws_lambda_permission")) == {
        "statement_id": "Schedule",
        "action": "lambda:InvokeFunction",
        "function_name": "function-probe-x1",
        "principal": "events.amazonaws.com",
        "source_arn": document.ref("aws_cloudwatch_event_rule", "arn"),
    }
    target = content(document.one("aws_cloudwatch_event_target"))
    assert target == {
        "rule": document.ref("aws_cloudwatch_event_rule", "name"),
        "arn": "arn:probe",
        "depends_on": [document.ref("aws_lambda_permission", "x")[2:-3]],
    }


@pytest.mark.parametrize(("minutes", "expression"), [(1, "rate(1 minute)"), (15, "rate(15 minutes)")])
def test_the_unit_is_in_the_right_number(minutes, expression):
    assert rate(minutes) == expression
