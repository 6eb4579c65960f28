"""The topic of the migration's alerts: what EventBridge hears, and what the cutover's function says."""

from __future__ import annotations

from constructs import Construct

from modules.topic import Topic, TopicInputs


class MigrationTopic(Topic):
    """A topic that EventBridge's rules of this account publish to; the function does by its role."""

    def __init__(self, scope: Construct, id_: str, inputs: TopicInputs) -> None:
        super().__init__(
            scope,
            id_,
            inputs,
            name="migration",
            sid="EventsOfThisAccountPublish",
            publishers="events.amazonaws.com",
        )
