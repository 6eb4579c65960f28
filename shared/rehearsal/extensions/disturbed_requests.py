"""A request that another one disturbs is answered anew.

moto 5.2.5 answers requests in threads and goes through its dictionaries without a lock, so that a log group
that a function makes at the wrong moment ends a DescribeLogGroups with `RuntimeError: dictionary changed
size during iteration`, and of two roles that are made at once one ends a CreateRole, which looks for a role
of the same name first. AWS's requests do not disturb each other. A write goes through what there is before it
changes anything; one that was disturbed later than that meets its own first half when it is answered anew,
as a client of AWS's does that tries again after an internal error.
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.utils import convert_to_flask_response
from tenacity import retry, retry_if_exception, stop_after_attempt

_call = convert_to_flask_response.__call__

#: A request takes milliseconds, so that ten in a row are not disturbed by chance.
ATTEMPTS = 10

_CHANGED = re.compile(r"(dictionary|OrderedDict|Set|deque).*(changed|mutated).*iteration", re.IGNORECASE)


def install() -> None:
    """Wrap what answers a request, whatever its service."""
    convert_to_flask_response.__call__ = call


def is_disturbed(error: BaseException) -> bool:
    """Say whether an error is what Python says of a collection that changed under an iteration."""
    return isinstance(error, RuntimeError) and bool(_CHANGED.search(str(error)))


@retry(retry=retry_if_exception(is_disturbed), stop=stop_after_attempt(ATTEMPTS), reraise=True)
def call(self: convert_to_flask_response, args: Any = None, **kwargs: Any) -> Any:
    """Answer the request, a disturbed one several times."""
    return _call(self, args, **kwargs)
