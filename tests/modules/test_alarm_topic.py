import json

from modules.alarm_topic import AlarmTopic
from modules.topic import TopicInputs
from shared.naming import Naming
from tests.synthesized import small


def topic(*emails):
    inputs = TopicInputs(
        naming=Naming(suffix="x1"), account_id="123456789012", kms_key_arn="key", emails=emails
    )
    return small(lambda stack: AlarmTopic(stack, "alarms", inputs))


def test_minimal_a_topic_that_nobody_reads_yet():
    document = topic()
    assert document.one("aws_sns_topic")["name"] == "sns-alarms-x1"
    assert document.one("aws_sns_topic")["kms_master_key_id"] == "key"
    assert document.all("aws_sns_topic_subscription") == {}


def test_maximum_every_address_is_subscribed():
    subscriptions = topic("one@example.com", "two@example.com").all("aws_sns_topic_subscription").values()
    assert [block["endpoint"] for block in subscriptions] == ["one@example.com", "two@example.com"]
    assert {block["protocol"] for block in subscriptions} == {"email"}


def test_alarms_and_events_of_this_account_publish_and_nobody_else():
    document = topic()
    arn = document.ref("aws_sns_topic", "arn")
    policy = document.one("aws_sns_topic_policy")
    assert policy["arn"] == arn
    assert json.loads(policy["policy"])["Statement"] == [
        {
            "Sid": "AlarmsAndEventsOfThisAccountPublish",
            "Effect": "Allow",
            "Principal": {"Service": ["cloudwatch.amazonaws.com", "events.amazonaws.com"]},
            "Action": "sns:Publish",
            "Resource": arn,
            "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        }
    ]
