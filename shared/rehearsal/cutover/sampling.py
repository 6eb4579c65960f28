"""What customers see, twice a second: where the name leads, how many payments are made, how slowly."""

from __future__ import annotations

import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from shared.rehearsal.cutover.places import ADDRESSES, DATA_CENTRE, LANDED, PLACES
from shared.rehearsal.resolver import NoAddressError

if TYPE_CHECKING:
    from shared.rehearsal.cutover.journey import Journey

SECONDS = 0.5
_MINUTE = 60
_MILLISECONDS = 1000
_ALL = 100


class Sampler:
    """Looks while it runs; what it sees goes into the journey's open chapter."""

    def __init__(self, journey: Journey, *, seconds: float = SECONDS) -> None:
        self.step = ""
        """Of the operation that is under way; empty: none is."""
        self._journey = journey
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def address(self) -> str:
        """Return what the write name leads to, asked for now; empty when nobody answers."""
        try:
            return self._journey.resolver.ask(self._journey.environment.record_name)[0]
        except NoAddressError:
            return ""

    def _run(self) -> None:
        since = time.monotonic()
        while not self._stop.wait(self._seconds):
            now = time.monotonic()
            self.look(since, now)
            since = now

    def look(self, since: float, now: float) -> None:
        """Note what was seen between two moments of the monotonic clock."""
        paid = [one for one in self._journey.customers.paid(since=since) if one.at < now]
        address = self.address()
        weights = {
            "source": _ALL * (address == ADDRESSES[DATA_CENTRE]),
            "target": _ALL * (address == ADDRESSES[LANDED]),
        }
        places = {one.place for one in paid}
        self._journey.chapters.sample(
            weights=weights if address else None,
            writer=PLACES.get(places.pop(), "") if len(places) == 1 else "",
            lag_ms=self._lag(),
            alarms={},
            state=self.step,
            paid_a_second=round(len(paid) / (now - since), 1),
            slowest_ms=round(max((one.seconds for one in paid), default=0.0) * _MILLISECONDS, 1),
        )

    def _lag(self) -> float | None:
        """Return DMS's latency at the target, in milliseconds; None when there is none, or nobody says."""
        handles = self._journey.handles
        dimensions = {
            "ReplicationInstanceIdentifier": handles.instance_id,
            "ReplicationTaskIdentifier": handles.forward_id,
        }
        now = datetime.now(UTC)
        query: dict[str, Any] = {
            "Id": "lag",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/DMS",
                    "MetricName": "CDCLatencyTarget",
                    "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
                },
                "Period": _MINUTE,
                "Stat": "Maximum",
            },
        }
        client = self._journey.rehearsal.deployment.clients.client("cloudwatch", handles.region)
        try:
            found = client.get_metric_data(
                MetricDataQueries=[query],
                StartTime=now - timedelta(seconds=10),
                EndTime=now,
                ScanBy="TimestampDescending",
            )["MetricDataResults"]
        except (BotoCoreError, ClientError) as error:  # a busy machine
            sys.stderr.write(f"sampler: the latency was not seen: {error}\n")
            return None
        return found[0]["Values"][0] * _MILLISECONDS if found and found[0]["Values"] else None
