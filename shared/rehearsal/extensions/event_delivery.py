"""EventBridge rules deliver to topics, queues, functions and state machines, in the event's real form.

moto 5.2.5 fails PutEvents when a matching rule has a topic, function or state machine as its target,
delivers for rules that are disabled or have a schedule and no pattern, ignores `Input` and `InputPath`,
sends to queues of its own region only, and leaves the account out of the event.

AWS: EventBridge user guide, "AWS service events" (the event's keys), "Amazon EventBridge targets",
"Input transformation"; a delivery that fails is retried and then lost, PutEvents does not fail for it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session
from moto.core.exceptions import ServiceException
from moto.events.models import Rule
from moto.events.utils import EventTemplateParser
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.utilities.arns import parse_arn

from shared.rehearsal.extensions.outages import OUTAGES

_send_to_targets = Rule.send_to_targets

#: Targets that are served here; moto has log groups, buses, archives and API destinations.
SERVICES = ("sns", "sqs", "lambda", "states")

_KEYS = ("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail")


def install() -> None:
    """Wrap a rule's delivery."""
    Rule.send_to_targets = send_to_targets


def send_to_targets(self: Rule, original_event: Any, transform_input: bool = True) -> None:
    """Deliver an event that matches the pattern of an enabled rule to each of its targets."""
    if self.state != "ENABLED" or not self.event_pattern.get_pattern():
        return
    if not self.event_pattern.matches_event(original_event):
        return
    ours = deliver(self, original_event)
    others = [target for target in list(self.targets) if target not in ours]
    if others:
        rest = Rule.__new__(Rule)
        rest.__dict__ = {**self.__dict__, "targets": others}
        _send_to_targets(rest, original_event, transform_input)


def deliver(rule: Rule, original: dict[str, Any]) -> list[dict[str, Any]]:
    """Deliver an event to those of a rule's targets that are served here; return these."""
    event = _event(original)
    ours = [target for target in list(rule.targets) if parse_arn(target["Arn"]).service in SERVICES]
    for target in ours:
        _deliver(target, _body(target, event, original))
    return ours


def _event(original: dict[str, Any]) -> dict[str, Any]:
    event = {key: original[key] for key in _KEYS}
    moment = datetime.fromtimestamp(float(event["time"]), UTC)
    return {**event, "time": f"{moment:%Y-%m-%dT%H:%M:%SZ}"}


def _body(target: dict[str, Any], event: dict[str, Any], original: dict[str, Any]) -> str:
    if target.get("Input"):
        return str(target["Input"])
    if target.get("InputPath"):
        found: Any = event
        for name in target["InputPath"].split(".")[1:]:
            found = found[name]
        return json.dumps(found)
    transformer = target.get("InputTransformer")
    if not transformer:
        return json.dumps(event)
    made = EventTemplateParser.parse(
        input_template=transformer["InputTemplate"],
        input_paths_map=transformer.get("InputPathsMap", {}),
        event={**event, "ingestion-time": original["ingestion-time"]},
    )
    return json.dumps(made)


def _deliver(target: dict[str, Any], body: str) -> None:
    """Hand over; a function or a state machine may take its time, so it is told by a call of its own."""
    arn = target["Arn"]
    where = parse_arn(arn)
    if OUTAGES.dead(where.region):
        _lost(arn, ConnectionError(f"{where.region} is lost"))
        return
    try:
        if where.service == "sns":
            sns_backends[where.account][where.region].publish(message=body, arn=arn)
        elif where.service == "sqs":
            group = target.get("SqsParameters", {}).get("MessageGroupId")
            backend = sqs_backends[where.account][where.region]
            backend.send_message(queue_name=where.resource_id, message_body=body, group_id=group)
        else:
            threading.Thread(target=_call, args=(where.service, where.region, arn, body), daemon=True).start()
    except ServiceException as error:
        _lost(arn, error)


def _call(service: str, region: str, arn: str, body: str) -> None:
    try:
        if service == "lambda":
            _client("lambda", region).invoke(FunctionName=arn, Payload=body, InvocationType="Event")
        else:
            _client("stepfunctions", region).start_execution(stateMachineArn=arn, input=body)
    except (BotoCoreError, ClientError) as error:
        _lost(arn, error)


@cache
def _client(service: str, region: str) -> Any:
    """Return a client of this very server, as moto's own Step Functions tasks have them; made once.

    Making one takes a quarter of a second of a core, and a schedule would do it every few seconds.
    """
    return Session().create_client(
        service,
        region_name=region,
        endpoint_url=f"http://127.0.0.1:{os.environ['MOTO_PORT']}",
        aws_access_key_id="EVENTBRIDGEDELIVERY0",
        aws_secret_access_key="delivery",  # noqa: S106 - opens nothing
    )


def _lost(arn: str, error: Exception) -> None:
    sys.stderr.write(f"embedded AWS: an event for {arn} was lost: {error}\n")
