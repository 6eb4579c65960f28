"""Steer the embedded AWS from outside: failing calls, ill targets, lost regions, held replication, waits.

controls = Controls(server.endpoint)
controls.fail("route53", "ChangeResourceRecordSets", "ThrottlingException", count=3)
controls.set_healthy(target_group_arn, 1)
controls.lose_region("us-east-1")
...
controls.clear()
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

#: Nothing here takes long; a busy machine does.
_SECONDS = 60

#: `count` of a fault that hits until it is cleared.
ALWAYS = -1


@dataclass(frozen=True)
class Controls:
    """What steers one embedded AWS. ValueError for an endpoint that is not on 127.0.0.1."""

    endpoint: str

    def __post_init__(self) -> None:
        address = urlsplit(self.endpoint)
        if (address.scheme, address.hostname) != ("http", "127.0.0.1"):
            raise ValueError(f"{self.endpoint} is not the embedded AWS: it has to be http://127.0.0.1:PORT")

    def fail(
        self,
        service: str,
        action: str,
        code: str,
        *,
        message: str = "asked for by the rehearsal",
        region: str | None = None,
        status: int = 400,
        count: int = 1,
        after: int = 0,
        done: bool = False,
    ) -> None:
        """Make the next `count` calls fail, after `after` that go through.

        `service` is boto3's name (`route53`), `action` the API's (`ChangeResourceRecordSets`), `region`
        None means every region. With `done` the action is done, and only its answer is lost. ValueError
        says what the server does not accept.
        """
        self._ask("POST", "faults", {
            "service": service, "action": action, "code": code, "message": message, "region": region,
            "status": status, "count": count, "after": after, "done": done,
        })  # fmt: skip

    def faults(self) -> list[dict[str, Any]]:
        """Return every fault that was asked for, with how often it hit (`hits`) and will (`left`)."""
        return list(self._ask("GET", "faults")["faults"])

    def hits(self, service: str, action: str) -> int:
        """Return how many calls of this action failed as asked."""
        asked = [one for one in self.faults() if (one["service"], one["action"]) == (service, action)]
        return sum(one["hits"] for one in asked)

    def clear_faults(self) -> None:
        """Let every call through again."""
        self._ask("DELETE", "faults")

    def set_healthy(self, target_group_arn: str, count: int | None) -> None:
        """Let at most `count` targets of the group be healthy; None: all that are registered."""
        self._ask("POST", "targets", {"target_group_arn": target_group_arn, "healthy": count})

    def healthy_at_most(self) -> dict[str, int]:
        """Return what `set_healthy` set: ARN of a target group -> how many."""
        return dict(self._ask("GET", "targets")["targets"])

    def shorten_waits(self, scale: float) -> None:
        """Let state machines wait only so long: with 0.05 a wait of 300 s lasts 15 s."""
        self._ask("POST", "waits", {"scale": scale})

    def rejoin(self, global_cluster: str, member_arn: str) -> None:
        """Let a cluster that left a global database be a secondary of it again, as if it had stayed."""
        self._ask("POST", "members", {"global_cluster": global_cluster, "member_arn": member_arn})

    def lose_region(self, region: str, *, mode: str = "refuse", control_planes: bool = True) -> None:
        """Let no endpoint of a region answer, and nothing run in it, until `restore_region`.

        `mode`: `refuse` closes each connection at once, `hang` holds it until the region is back or the
        caller gives up. `control_planes`: with us-east-1, those of Route 53, IAM and CloudFront are lost
        too. ValueError for a region that is lost already.
        """
        asked = {"region": region, "mode": mode, "control_planes": control_planes}
        self._ask("POST", "regions", asked)

    def restore_control_planes(self, region: str) -> None:
        """Bring back what was lost with a region elsewhere (Route 53's API, IAM); the region stays lost.

        ValueError for a region that is not lost.
        """
        self._ask("PUT", "regions", {"region": region})

    def restore_region(self, region: str | None = None) -> None:
        """Bring a region back; None: all that are lost."""
        self._ask("DELETE", "regions", {} if region is None else {"region": region})

    def lost_regions(self) -> list[str]:
        """Return the regions that are lost now."""
        return [one["region"] for one in self.outages() if not one["over"]]

    def calls_to_lost(self, region: str) -> dict[str, int]:
        """Return how many calls came while the region was lost, by service; those of each time it was."""
        asked: Counter[str] = Counter()
        for one in self.outages():
            if one["region"] == region:
                asked.update(one["asked"])
        return dict(asked)

    def outages(self) -> list[dict[str, Any]]:
        """Return every outage, those that are over too: `region`, `mode`, `over`, `count`, `asked`, `calls`.

        `calls` are the first ones, each with `service`, `action` and `agent`: who called whom.
        """
        return list(self._ask("GET", "regions")["regions"])

    def dns(self, name: str, kind: str = "A") -> dict[str, Any]:
        """Return what a resolver is answered now: `code`, `values`, `set_identifier`, `type`, `ttl`.

        It works without Route 53's API, as name servers do. ValueError for records that are not emulated.
        """
        return dict(self._ask("POST", "dns", {"name": name, "type": kind}))

    def health_checks(self) -> dict[str, bool]:
        """Return whether each health check is healthy now, by its id; without Route 53's API too."""
        return dict(self._ask("GET", "health-checks")["health_checks"])

    def pace_verdicts(self, scale: float) -> None:
        """Let Route 53's verdicts take their time: with 0.1 an interval of 10 s lasts 1 s."""
        self._ask("POST", "verdicts", {"scale": scale})

    def verdicts_at_once(self) -> None:
        """Let Route 53's verdicts follow at once again."""
        self._ask("DELETE", "verdicts")

    def hold_replication(self) -> None:
        """Let what is written to global tables stay in its region, until `release_replication`."""
        self._ask("POST", "replication", {"held": True})

    def release_replication(self) -> None:
        """Let it arrive in the other regions, after the usual moment."""
        self._ask("DELETE", "replication")

    def replication_under_way(self) -> int:
        """Return how many writes have not arrived yet: one for each item and each other region."""
        return int(self._ask("GET", "replication")["under_way"])

    def hold_writer_changes(self) -> None:
        """Let no switchover or failover of a global database end, nor a resynchronization."""
        self._ask("POST", "writer-changes", {"held": True})

    def release_writer_changes(self) -> None:
        """Let them end, those under way too."""
        self._ask("DELETE", "writer-changes")

    def clear(self) -> None:
        """Take everything back; a cluster that rejoined stays."""
        self.restore_region()
        self.clear_faults()
        self._ask("DELETE", "targets")
        self._ask("DELETE", "waits")
        self.verdicts_at_once()
        self.release_replication()
        self.release_writer_changes()

    def _ask(self, method: str, name: str, document: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - http to 127.0.0.1, see above
            f"{self.endpoint}/moto-api/regionshift/{name}",
            method=method,
            data=None if document is None else json.dumps(document).encode(),
            headers={"Content-Type": "application/json"},
        )
        # no proxy of the person's: this never leaves the machine
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise ValueError(json.load(error)["error"]) from None
