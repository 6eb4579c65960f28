"""What running systems would report: nothing serves or replicates in the embedded AWS, so this says it.

Each second it looks where the traffic goes (`traffic`) and who writes (the global database), and
puts the metrics that AWS would: AWS/ApplicationELB RequestCount, HTTPCode_Target_5XX_Count and
HealthyHostCount, AWS/RDS AuroraGlobalDBRPOLag on the cluster that does not write, in its region. A region
that is lost reports nothing, and nothing follows a writer that is lost.

    with Telemetry(System.of(outputs, regions), clients, Weighted.of(outputs, regions, clients)) as telemetry:
        telemetry.error_rate["eu-west-1"] = 5     # per cent
        telemetry.lag_ms = 4000
        telemetry.silent = True
"""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from shared.rehearsal.prerequisites import ClientFactory

#: Requests of all clients together: few seconds give the gate enough samples.
REQUESTS_PER_SECOND = 2000
#: Seconds between two reports.
INTERVAL = 1.0
#: Milliseconds that an undisturbed secondary is behind: AWS says "typically under a second".
LAG_MS = (40, 120)


@dataclass(frozen=True, kw_only=True)
class Side:
    """One region's part of the system."""

    load_balancer: str
    """The end of its ARN: `app/name/id`."""
    target_group_arn: str
    cluster_identifier: str

    @property
    def target_group(self) -> str:
        """Return the end of the ARN: `targetgroup/name/id`."""
        return self.target_group_arn.split(":", 5)[5]


@dataclass(frozen=True, kw_only=True)
class System:
    """What is reported about."""

    global_cluster: str
    sides: Mapping[str, Side]
    """Region -> its part; the one that the platform is at home in first."""

    @classmethod
    def of(cls, outputs: Mapping[str, Mapping[str, Any]], regions: tuple[str, str]) -> System:
        """Read it from the stacks' outputs (address -> outputs); `regions` are home and the other one."""
        return cls(
            global_cluster=outputs[f"{regions[0]}/database"]["global_cluster_identifier"],
            sides={
                region: Side(
                    load_balancer=outputs[f"{region}/service"]["alb_arn_suffix"],
                    target_group_arn=outputs[f"{region}/service"]["target_group_arn"],
                    cluster_identifier=outputs[f"{region}/database"]["aurora_cluster_identifier"],
                )
                for region in regions
            },
        )


Shares = Callable[[], Mapping[str, float]]
"""Returns region -> its part of the traffic, 0 to 1; a region that is not named has none."""


class Telemetry:
    """Reports while it runs; its attributes may be set at any time, from any thread."""

    def __init__(
        self,
        system: System,
        clients: ClientFactory,
        traffic: Shares,
        *,
        lost: Callable[[], Collection[str]] = tuple,
        interval: float = INTERVAL,
    ) -> None:
        self.lag_ms: float | None = None
        """Replication lag to report; None for a healthy one."""
        self.healthy_hosts: dict[str, int] = {}
        """Region -> what to report instead of the targets that DescribeTargetHealth calls healthy."""
        self.error_rate: dict[str, float] = {}
        """Region -> per cent of its requests that its targets answer with 5xx."""
        self.silent = False
        """Report nothing at all."""
        self.requests_per_second: float = REQUESTS_PER_SECOND
        self.reports = 0
        """How many were made."""
        self.turn = threading.Lock()
        """Held during a report: who holds it knows that none is under way."""
        self._traffic = traffic
        self._lost = lost
        self._system = system
        self._clients = clients
        self._interval = interval
        self._random = random.Random(0)  # noqa: S311 - the same lag in every rehearsal
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Report from now on, the first time before this returns. Raises what that raises."""
        self.report()
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="telemetry", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Report no more; nothing happens when it did not run."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            try:
                self.report()
            except (
                BotoCoreError,
                ClientError,
                OSError,
            ) as error:  # a fault that was asked for, a busy machine
                sys.stderr.write(f"telemetry: a report was missed: {error}\n")

    def report(self) -> None:
        """Put one interval's metrics. Raises ClientError."""
        with self.turn:
            if not self.silent:
                self._report(set(self._lost()))
        self.reports += 1

    def _report(self, lost: set[str]) -> None:
        there = [region for region in self._system.sides if region not in lost]
        shares = self._traffic()
        for region in there:
            data = self._service(region, self._system.sides[region], shares.get(region, 0))
            self._put(region, "AWS/ApplicationELB", data)
        for region, cluster in self._following(there) if there else ():
            self._put(region, "AWS/RDS", [self._lag(cluster)])

    def _service(self, region: str, side: Side, share: float) -> list[dict[str, Any]]:
        balancer = [{"Name": "LoadBalancer", "Value": side.load_balancer}]
        targets = [*balancer, {"Name": "TargetGroup", "Value": side.target_group}]
        data = [_datum("HealthyHostCount", targets, self._healthy(region, side))]
        requests = round(self.requests_per_second * self._interval * share)
        if requests:  # a load balancer without requests reports no count
            data.append(_datum("RequestCount", balancer, requests))
            errors = round(requests * self.error_rate.get(region, 0) / 100)
            data.append(_datum("HTTPCode_Target_5XX_Count", balancer, errors))
        return data

    def _healthy(self, region: str, side: Side) -> int:
        if region in self.healthy_hosts:
            return self.healthy_hosts[region]
        found = self._client("elbv2", region).describe_target_health(TargetGroupArn=side.target_group_arn)
        states = [one["TargetHealth"]["State"] for one in found["TargetHealthDescriptions"]]
        return states.count("healthy")

    def _following(self, there: Sequence[str]) -> Sequence[tuple[str, str]]:
        """Return region and identifier of every member that does not write, and has a writer to follow."""
        found = self._client("rds", there[0]).describe_global_clusters(
            GlobalClusterIdentifier=self._system.global_cluster
        )["GlobalClusters"][0]["GlobalClusterMembers"]
        arns = [(member["DBClusterArn"].split(":"), member["IsWriter"]) for member in found]
        if not any(writes and arn[3] in there for arn, writes in arns):
            return ()
        return [(arn[3], arn[-1]) for arn, writes in arns if not writes and arn[3] in there]

    def _lag(self, cluster: str) -> dict[str, Any]:
        lag = self.lag_ms
        value = self._random.uniform(*LAG_MS) if lag is None else lag
        return _datum("AuroraGlobalDBRPOLag", [{"Name": "DBClusterIdentifier", "Value": cluster}], value)

    def _put(self, region: str, namespace: str, data: list[dict[str, Any]]) -> None:
        self._client("cloudwatch", region).put_metric_data(Namespace=namespace, MetricData=data)

    def _client(self, service: str, region: str) -> Any:
        return self._clients.client(service, region)


def _datum(name: str, dimensions: list[dict[str, str]], value: float) -> dict[str, Any]:
    return {"MetricName": name, "Dimensions": dimensions, "Value": value}
