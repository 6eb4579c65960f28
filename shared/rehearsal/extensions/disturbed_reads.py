"""What is read while something else changes it is read again.

moto 5.2.5 answers requests in threads and goes through its dictionaries without a lock, so that a log group
that a function makes at the wrong moment ends a DescribeLogGroups with `RuntimeError: dictionary changed
size during iteration`. AWS's reads are not disturbed by writes. Here a request that only reads is answered
anew; one that writes is not, for its first half may be done.
"""

from __future__ import annotations

import re
from typing import Any

from flask import request
from moto.core.utils import convert_to_flask_response
from tenacity import retry, retry_if_exception, stop_after_attempt

from shared.rehearsal.extensions.missing_actions import action_name

_call = convert_to_flask_response.__call__

#: A read takes milliseconds, so that ten of them in a row are not disturbed by chance.
ATTEMPTS = 10

_CHANGED = re.compile(r"(dictionary|OrderedDict|Set|deque).*(changed|mutated).*iteration", re.IGNORECASE)
_READS = re.compile(r"(Describe|List|Get|BatchGet|Query|Scan|Lookup|Search|Filter)(?=[A-Z]|$)")


def install() -> None:
    """Wrap what answers a request, whatever its service."""
    convert_to_flask_response.__call__ = call


def is_disturbed(error: BaseException) -> bool:
    """Say whether an error is what Python says of a collection that changed under an iteration."""
    return isinstance(error, RuntimeError) and bool(_CHANGED.search(str(error)))


def reads() -> bool:
    """Say whether the request at hand changes nothing: by its action's name, without one by its method."""
    action = action_name()
    return bool(_READS.match(action)) if action else request.method in {"GET", "HEAD"}


@retry(
    retry=retry_if_exception(lambda error: is_disturbed(error) and reads()),
    stop=stop_after_attempt(ATTEMPTS),
    reraise=True,
)
def call(self: convert_to_flask_response, args: Any = None, **kwargs: Any) -> Any:
    """Answer the request, a disturbed read several times."""
    return _call(self, args, **kwargs)
