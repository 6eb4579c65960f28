"""Alarms and dashboards: that they look where the data is, and that somebody hears."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.policy import tracing
from shared.policy.checks.members import members, secondaries, worldwide
from shared.policy.model import Platform, Resource
from shared.policy.registry import A, B, C, Judged, check, complaints, unless
from shared.policy.values import blocks, document, items, mapping

ALARM = "aws_cloudwatch_metric_alarm"
_LAG = {"AuroraGlobalDBRPOLag", "AuroraGlobalDBReplicationLag"}


@check(
    "RS25",
    "Each member has a lag alarm in its own region, and a secondary that is silent is ill",
    why="The metric exists in a secondary's region only, and changes region with the writer; an alarm "
    "on the wrong side never has data (Aurora User Guide, metrics of a global database)",
    remedy="Make one with modules/alarms.py in each database stack.",
    systems=(A, B),
)
def lag(platform: Platform) -> Iterator[Judged]:
    """Look at every member of a global database and at every alarm on lag."""
    alarms = [each for each in platform.of(ALARM) if each.get("metric_name") in _LAG]
    seconds = secondaries(platform)
    for cluster in members(platform):
        ours = [
            each for each in alarms if cluster in _watched(platform, each) and each.region == cluster.region
        ]
        breaching = any(each.get("treat_missing_data") == "breaching" for each in ours)
        yield from complaints(
            cluster,
            unless(ours, f"no alarm of {cluster.region} looks at its lag"),
            unless(not ours or breaching or cluster not in seconds, "its alarm takes silence for health"),
        )
    for alarm in alarms:
        clusters = _watched(platform, alarm)
        foreign = [each.place for each in clusters if each.region != alarm.region]
        yield from complaints(
            alarm,
            unless(not foreign, f"{', '.join(foreign)} is in another region, where the metric is"),
            unless(
                mapping(alarm.get("dimensions")).get("DBClusterIdentifier"), "it has no DBClusterIdentifier"
            ),
        )
    for whole in {each for member in members(platform) if (each := worldwide(platform, member)) is not None}:
        regions = {each.region for each in alarms}
        yield from complaints(
            whole,
            unless(
                len(regions) > 1, "only one region has an alarm on the lag: the other direction is not seen"
            ),
        )


def _watched(platform: Platform, alarm: Resource) -> list[Resource]:
    named = mapping(alarm.get("dimensions")).get("DBClusterIdentifier")
    return [
        each for each in tracing.resources(platform, alarm.stack, named) if each.kind == "aws_rds_cluster"
    ]


@check(
    "RS26",
    "Every alarm tells a topic that is encrypted with a key of ours",
    why="An alarm without an action is seen by nobody; CloudWatch may not use alias/aws/sns, so its "
    "messages to such a topic are lost (re:Post, CloudWatch alarm to an encrypted topic)",
    remedy="Set alarm_actions to the topic that the region's foundation publishes.",
)
def heard(platform: Platform) -> Iterator[Judged]:
    """Look at every alarm and the topics that it names."""
    for alarm in platform.of(ALARM, "aws_cloudwatch_composite_alarm"):
        topics = [
            each for each in tracing.of(platform, alarm, "alarm_actions") if each.kind == "aws_sns_topic"
        ]
        plain = [
            each.place
            for each in topics
            if "aws_kms_key" not in _kinds(platform, each, each.get("kms_master_key_id"))
        ]
        yield from complaints(
            alarm,
            unless(topics, "it tells nobody"),
            unless(alarm.get("actions_enabled") is not False, "its actions are off"),
            unless(not plain, f"{', '.join(plain)} has no key that CloudWatch may use"),
        )


def _kinds(platform: Platform, owner: Resource, value: Any) -> set[str]:
    return {each.kind for each in tracing.resources(platform, owner.stack, value)}


@check(
    "RS41",
    "Dashboards name every metric as one flat array, of a region where it is",
    why="A nested array draws nothing, and so does a metric of another region (CloudWatch, dashboard "
    "body structure)",
    remedy="Write [namespace, name, dimension, value, ..., {options}] and the region of the stack.",
    systems=(C,),
)
def dashboards(platform: Platform) -> Iterator[Judged]:
    """Look at every metric widget of every dashboard."""
    regions = {stack.region for stack in platform.stacks}
    for dashboard in platform.of("aws_cloudwatch_dashboard"):
        body = document(dashboard.get("dashboard_body"))
        widgets = blocks(body, "widgets")
        yield from complaints(
            dashboard,
            unless(widgets, "it has no widgets, or its body cannot be read"),
            *(
                each
                for number, widget in enumerate(widgets)
                for each in _widget(number, mapping(widget.get("properties")), regions)
            ),
        )


def _widget(number: int, properties: Any, regions: set[str]) -> Iterator[str]:
    for metric in items(properties.get("metrics")):
        flat = (
            isinstance(metric, list)
            and len(metric) > 1
            and not any(isinstance(each, list) for each in metric)
        )
        options = [each for each in metric if isinstance(each, dict)] if flat else []
        if not flat or options not in ([], metric[-1:]):
            yield f"a metric of widget {number} is no flat array"
    if "metrics" in properties and properties.get("region") not in regions:
        yield f"widget {number} looks in {properties.get('region')}"
