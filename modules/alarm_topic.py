"""The topic that a region's alarms publish to."""

from __future__ import annotations

from constructs import Construct

from modules.topic import Topic, TopicInputs


class AlarmTopic(Topic):
    """A topic that alarms and EventBridge's rules of this account publish to."""

    def __init__(self, scope: Construct, id_: str, inputs: TopicInputs) -> None:
        super().__init__(
            scope,
            id_,
            inputs,
            name="alarms",
            sid="AlarmsAndEventsOfThisAccountPublish",
            publishers=["cloudwatch.amazonaws.com", "events.amazonaws.com"],
        )
