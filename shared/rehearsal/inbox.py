"""A mailbox on a topic, for rehearsals that have to see who was told what.

with Inbox(topic_arn, clients) as inbox:
    ...
    note = inbox.wait_for(lambda note: note.document.get("event") == "rolled-back", seconds=60)
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from shared.rehearsal.prerequisites import ClientFactory

_PAUSE = 0.2


@dataclass(frozen=True, kw_only=True)
class Note:
    """One message of the topic."""

    subject: str
    """Empty when it has none."""
    text: str

    @property
    def document(self) -> dict[str, Any]:
        """Return the message as the JSON object that it is; empty when it is none."""
        try:
            found = json.loads(self.text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Inbox:
    """A queue that subscribes to a topic, in the topic's region, until it is closed."""

    def __init__(self, topic_arn: str, clients: ClientFactory) -> None:
        self._topic = topic_arn
        region = topic_arn.split(":")[3]
        self._sns, self._sqs = clients.client("sns", region), clients.client("sqs", region)
        self._queue = ""
        self._subscription = ""
        self._notes: list[Note] = []

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Subscribe: messages from now on are kept. Raises ClientError for a topic that is none."""
        name = f"inbox-{secrets.token_hex(4)}"
        self._queue = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        found = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        self._subscription = self._sns.subscribe(
            TopicArn=self._topic, Protocol="sqs", Endpoint=found["Attributes"]["QueueArn"]
        )["SubscriptionArn"]

    def close(self) -> None:
        """Unsubscribe; what was received stays in `notes`."""
        self.notes()
        self._sns.unsubscribe(SubscriptionArn=self._subscription)
        self._sqs.delete_queue(QueueUrl=self._queue)
        self._queue = ""

    def notes(self) -> list[Note]:
        """Return everything that was received, in order."""
        while self._queue:
            found = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages")
            if not found:
                break
            for one in found:
                body = json.loads(one["Body"])
                self._notes.append(Note(subject=body.get("Subject") or "", text=body["Message"]))
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=one["ReceiptHandle"])
        return list(self._notes)

    def wait_for(self, wanted: Callable[[Note], bool], *, seconds: float = 30) -> Note:
        """Return the first note that is wanted. Raises TimeoutError with what came instead."""
        end = time.monotonic() + seconds
        while True:
            found = [note for note in self.notes() if wanted(note)]
            if found:
                return found[0]
            if time.monotonic() > end:
                raise TimeoutError(f"not within {seconds} s; received: {[n.text for n in self._notes]}")
            time.sleep(_PAUSE)
