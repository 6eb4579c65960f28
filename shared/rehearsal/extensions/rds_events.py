"""RDS events of a global database: to DescribeEvents, to EventBridge, to topics that subscribed.

Used by `rds_switchover` and `rds_failover`. moto 5.2.5 has events of DB instances and snapshots only.

AWS: "Amazon RDS event categories and event messages for Aurora" (ids and messages), "Creating a rule that
triggers on an Amazon Aurora event" (the event's `detail`), "Amazon RDS event notification messages".
What would be recorded in a region that is lost is recorded nowhere.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import datetime

from moto.core.exceptions import ServiceException
from moto.core.utils import utcnow
from moto.events.models import events_backends
from moto.rds.models import DBCluster, EventSubscription, RDSBackend
from moto.sns.models import sns_backends
from moto.utilities.arns import parse_arn

from shared.rehearsal.extensions.outages import OUTAGES

#: Id -> category, what it is about, message. {name} and {region} are those of the cluster it is about.
EVENTS = {
    "RDS-EVENT-0181": (
        "global-failover",
        "Global switchover to DB cluster {name} in Region {region} started.",
    ),
    "RDS-EVENT-0182": (
        "global-failover",
        "Old primary DB cluster {name} in Region {region} successfully shut down.",
    ),
    "RDS-EVENT-0184": (
        "global-failover",
        "New primary DB cluster {name} in Region {region} was successfully promoted.",
    ),
    "RDS-EVENT-0185": (
        "global-failover",
        "Global switchover to DB cluster {name} in Region {region} finished.",
    ),
    "RDS-EVENT-0186": (
        "global-failover",
        "Global switchover to DB cluster {name} in Region {region} is cancelled.",
    ),
    "RDS-EVENT-0238": (
        "global-failover",
        "Global failover to DB cluster {name} in Region {region} completed.",
    ),
    "RDS-EVENT-0240": (
        "global-failover",
        "Started resynchronizing members of DB cluster {name} in Region {region} after global failover.",
    ),
    "RDS-EVENT-0241": (
        "global-failover",
        "Finished resynchronizing members of DB cluster {name} in Region {region} after global failover.",
    ),
    "RDS-EVENT-0390": (
        "notification",
        "Attempt to block writes for DB cluster {name} in Region {region} succeeded.",
    ),
    "RDS-EVENT-0391": (
        "notification",
        "Attempt to block writes for DB cluster {name} in Region {region} timed out.",
    ),
    "RDS-EVENT-0397": (
        "global-failover",
        "Aurora finished changing the DNS name that the global writer endpoint resolves to.",
    ),
}
_SOURCE = "db-cluster"


@dataclass(frozen=True, kw_only=True)
class RdsEvent:
    """The structure `Event`; moto reads the attributes."""

    source_identifier: str
    source_arn: str
    message: str
    event_categories: list[str]
    date: datetime
    source_type: str = _SOURCE


def record(number: str, *, about: DBCluster, at: DBCluster | None = None) -> None:
    """Record the event with this id about a cluster, at the same or another one.

    Different from AWS: 0390 and 0391 are recorded at the cluster, there at one of its instances.
    """
    where = about if at is None else at
    if OUTAGES.dead(where.region):
        return
    category, message = EVENTS[number]
    event = RdsEvent(
        source_identifier=where.db_cluster_identifier,
        source_arn=where.db_cluster_arn,
        message=message.format(name=about.db_cluster_identifier, region=about.region),
        event_categories=[category],
        date=utcnow(),
    )
    where.backend.events.append(event)
    _put_event(where, number, event)
    for subscription in list(where.backend.event_subscriptions.values()):
        if _wants(subscription, event):
            _publish(where.backend, subscription, number, event)


def _put_event(cluster: DBCluster, number: str, event: RdsEvent) -> None:
    detail = {
        "EventCategories": event.event_categories,
        "SourceType": "CLUSTER",
        "SourceArn": event.source_arn,
        "Date": f"{event.date:%Y-%m-%dT%H:%M:%S}.000Z",
        "SourceIdentifier": event.source_identifier,
        "Message": event.message,
        "EventID": number,
    }
    entry = {
        "Source": "aws.rds",
        "DetailType": "RDS DB Cluster Event",
        "Resources": [event.source_arn],
        "Detail": json.dumps(detail),
    }
    events_backends[cluster.account_id][cluster.region].put_events([entry])


def _wants(subscription: EventSubscription, event: RdsEvent) -> bool:
    """Say whether a subscription is about this event; what it does not name, it does not restrict."""
    return (
        bool(subscription.enabled)
        and (subscription.source_type or _SOURCE) == _SOURCE
        and event.source_identifier in (subscription.source_ids or [event.source_identifier])
        and bool({*(subscription.event_categories or event.event_categories)} & {*event.event_categories})
    )


def _publish(backend: RDSBackend, subscription: EventSubscription, number: str, event: RdsEvent) -> None:
    arn = subscription.sns_topic_arn
    where = parse_arn(arn)
    body = {
        "Event Source": event.source_type,
        "Event Time": f"{event.date:%Y-%m-%d %H:%M:%S}.000",
        "Source ID": event.source_identifier,
        "Source ARN": event.source_arn,
        "Event ID": f"http://docs.amazonwebservices.com/AmazonRDS/latest/UserGuide/USER_Events.html#{number}",
        "Event Message": event.message,
    }
    try:
        topics = sns_backends[where.account][where.region]
        topics.publish(message=json.dumps(body), arn=arn, subject="RDS Notification Message")
    except ServiceException as error:  # the topic is gone
        sys.stderr.write(f"embedded AWS: an RDS event for {arn} was lost: {error}\n")
