"""A request that an SDK repeats because its answer got lost is answered with that answer.

The server sometimes closes a connection before a busy client has read the answer. SDKs then send the
request again, with the same `amz-sdk-invocation-id` and a higher attempt, and a creation that was done
would be refused as a duplicate. AWS has tokens against this in some of its APIs; here it holds for all.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

#: Answers that are kept: a repetition comes within seconds.
KEPT = 2_000
_LONGEST_BODY = 100_000


class Repeats:
    """WSGI middleware that remembers what it answered to requests that change something."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._lock = threading.Lock()
        self._answers: OrderedDict[str, tuple[str, list[tuple[str, str]], bytes]] = OrderedDict()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer as before what was answered before; let the application do the rest."""
        invocation = str(environ.get("HTTP_AMZ_SDK_INVOCATION_ID", ""))
        if not invocation or environ.get("REQUEST_METHOD") in {"GET", "HEAD"}:
            return self._application(environ, start_response)
        with self._lock:
            known = self._answers.get(invocation)
        if known is not None:
            status, headers, body = known
            start_response(status, headers)
            return [body]
        return self._answer(invocation, environ, start_response)

    def _answer(
        self, invocation: str, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def note(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            said.append((status, list(headers)))
            return start_response(status, headers, *more)

        parts = self._application(environ, note)
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        status, headers = said[-1]
        # what was refused may be asked for again: throttling, a fault that was put in
        if status.startswith("2") and len(body) <= _LONGEST_BODY:
            with self._lock:
                self._answers[invocation] = (status, headers, body)
                while len(self._answers) > KEPT:
                    self._answers.popitem(last=False)
        return [body]
