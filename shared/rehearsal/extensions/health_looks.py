"""One look of a Route 53 checker: what it gets from an endpoint, and what it calls that.

AWS: "How Amazon Route 53 determines whether a health check is healthy" (HTTP: 2xx and 3xx; a search string
in the first 5,120 bytes). Used by `health_checks` and `health_verdicts`.
"""

from __future__ import annotations

from moto.route53.models import HealthCheck

from shared.rehearsal.extensions import health_endpoints
from shared.rehearsal.extensions.health_endpoints import Reply

CALCULATED = "CALCULATED"
_ENDPOINTS = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")
#: How far a search string is looked for, in bytes.
_SEARCHED = 5120
#: The first status that is not healthy.
_BAD = 400


def look(check: HealthCheck) -> tuple[bool, str]:
    """Ask the check's endpoint; return whether it is healthy, and the checkers' words.

    Raises NotImplementedError for a kind of check that is not emulated.
    """
    if check.type_ not in _ENDPOINTS:
        raise NotImplementedError(f"health checks of type {check.type_}")
    reply = health_endpoints.ask(str(check.fqdn or check.ip_address), check.resource_path or "/")
    if reply.status is None:
        return False, f"Failure: {reply.why}"
    if check.type_ == "TCP":
        return True, "Success: The health checker could establish a connection."
    good = reply.status < _BAD
    if good and check.type_.endswith("_STR_MATCH") and not _has(check, reply):
        return False, f"Failure: HTTP Status Code {reply.status}. The search string was not found."
    return good, f"{'Success' if good else 'Failure'}: HTTP Status Code {reply.status}"


def _has(check: HealthCheck, reply: Reply) -> bool:
    return reply.body[:_SEARCHED].find(str(check.search_string).encode()) >= 0
