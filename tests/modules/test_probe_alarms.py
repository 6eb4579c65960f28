from modules.alarms import AlarmTiming
from modules.probe_alarms import ProbeAlarms, ProbeAlarmsInputs
from shared.naming import Naming
from tests.synthesized import content, small

COMMON = {
    "namespace": "AWS/Lambda",
    "dimensions": {"FunctionName": "function-probe-x1"},
    "statistic": "Sum",
    "threshold": 1,
    "period": 120,
    "evaluation_periods": 3,
    "alarm_actions": ["topic"],
    "ok_actions": ["topic"],
}


def test_a_region_that_is_not_well_and_a_probe_that_nobody_asks_are_told():
    inputs = ProbeAlarmsInputs(
        naming=Naming(suffix="x1"),
        function_name="function-probe-x1",
        timing=AlarmTiming(period_seconds=120, evaluation_periods=3),
        topic_arn="topic",
    )
    document = small(lambda stack: ProbeAlarms(stack, "alarms", inputs))
    unasked, unwell = (content(alarm) for alarm in document.all("aws_cloudwatch_metric_alarm").values())
    assert unwell.pop("alarm_description").startswith("The probe answers")
    assert unasked.pop("alarm_description").startswith("No health checker asks")
    assert unwell == {
        **COMMON,
        "alarm_name": "alarm-probe-unwell-x1",
        "metric_name": "Url5xxCount",
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "treat_missing_data": "notBreaching",
    }
    assert unasked == {
        **COMMON,
        "alarm_name": "alarm-probe-unasked-x1",
        "metric_name": "UrlRequestCount",
        "comparison_operator": "LessThanThreshold",
        "treat_missing_data": "breaching",
    }
