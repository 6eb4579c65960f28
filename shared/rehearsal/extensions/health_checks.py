"""Route 53 health checks: their status follows what they check.

moto 5.2.5 calls every health check a success. Here an endpoint is asked when somebody wants to know (see
`health_looks`); that it takes `request_interval` x `failure_threshold` until checkers agree is emulated
on request (`health_verdicts`). Checks of alarms and of routing controls are not, and are refused.

AWS: "How Amazon Route 53 determines whether a health check is healthy" (a calculated one: as many healthy
children as its threshold; inverted; one that is disabled is healthy, or unhealthy when it is inverted); API
reference of GetHealthCheckStatus ("You can't use GetHealthCheckStatus to get the status of a calculated
health check"). Checkers are data plane: they go on when the API in us-east-1 is lost, and so does

    GET /moto-api/regionshift/health-checks   {"health_checks": {id: healthy}}
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.route53.models import HealthCheck, Route53Backend, route53_backends
from moto.route53.responses import Route53

from shared.rehearsal.extensions import controls
from shared.rehearsal.extensions.faults import Fault
from shared.rehearsal.extensions.health_looks import CALCULATED, look
from shared.rehearsal.extensions.health_verdicts import VERDICTS


def install() -> None:
    """Replace the status, serve the control."""
    Route53.get_health_check_status = get_health_check_status
    controls.add("health-checks", control)


def healthy(backend: Route53Backend, name: str) -> bool:
    """Say whether a health check is healthy now. NotImplementedError for a kind that is not emulated."""
    check = backend.get_health_check(name)
    found = True if check.disabled else _observed(backend, check)
    return found is not bool(check.inverted)


def _observed(backend: Route53Backend, check: HealthCheck) -> bool:
    if check.type_ == CALCULATED:
        children = [healthy(backend, child) for child in check.children or []]
        return children.count(True) >= int(check.health_threshold or 0)
    return VERDICTS.of(check)


def get_health_check_status(self: Route53) -> ActionResult:
    """Answer what the checkers see at an endpoint; whether the check is inverted changes nothing of it."""
    check = self.backend.get_health_check(self._get_param("HealthCheckId"))
    if check.type_ == CALCULATED:
        raise Fault("InvalidInput", "GetHealthCheckStatus is not supported for calculated health checks")
    _, said = look(check)
    observation = {
        "Region": "us-west-2",
        "IPAddress": "192.0.2.53",
        "StatusReport": {"Status": said, "CheckedTime": utcnow()},
    }
    return ActionResult({"HealthCheckObservations": [observation]})


def control(_method: str, _document: dict[str, Any]) -> dict[str, Any]:
    """Show every health check. ValueError for a kind that is not emulated."""
    backends = [backend for account in list(route53_backends.values()) for backend in account.values()]
    try:
        found = {name: healthy(backend, name) for backend in backends for name in list(backend.health_checks)}
    except NotImplementedError as error:
        raise ValueError(f"the embedded AWS has no {error}") from error
    return {"health_checks": found}
