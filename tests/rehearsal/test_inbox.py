"""A mailbox on a topic."""

import pytest

from shared.rehearsal.inbox import Inbox
from tests.rehearsal.conftest import Aws


def test_it_collects_what_a_topic_says_while_it_is_open(extended: Aws) -> None:
    sns = extended.client("sns", "eu-west-1")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    with Inbox(topic, extended) as inbox:
        sns.publish(TopicArn=topic, Message="plain", Subject="greeting")
        for number in range(11):
            sns.publish(TopicArn=topic, Message=f'{{"number": {number}}}')
        sns.publish(TopicArn=topic, Message="[1]")
        assert inbox.wait_for(lambda note: note.document.get("number") == 10).subject == ""
        with pytest.raises(TimeoutError, match=r"not within 0.3 s; received: .'plain'"):
            inbox.wait_for(lambda note: note.text == "never", seconds=0.3)
    sns.publish(TopicArn=topic, Message="too late")
    notes = inbox.notes()
    assert (notes[0].subject, notes[0].text, notes[0].document) == ("greeting", "plain", {})
    assert [note.document.get("number") for note in notes] == [None, *range(11), None]
    assert sns.list_subscriptions()["Subscriptions"] == []
    assert "QueueUrls" not in extended.client("sqs", "eu-west-1").list_queues()
