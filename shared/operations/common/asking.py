"""Asks AWS, and remembers who did not answer and what was refused: neither ends an observation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.deploy.states import ClientFactory

_Answer = TypeVar("_Answer")
#: A service that answers so is as good as none.
_FAULT = 500


class Asking:
    """The questions of one observation; may be shared by threads."""

    def __init__(self, clients: ClientFactory) -> None:
        self.unreachable: dict[str, str] = {}
        """Place (a region, or `Route 53`) -> why it did not answer."""
        self.unread: list[str] = []
        """What was refused, in AWS's words, with the place."""
        self._clients = clients

    def client(self, service: str, region: str) -> Any:
        """Return a client of the service in the region."""
        return self._clients.client(service, region)

    def ask(self, place: str, question: Callable[[], _Answer]) -> _Answer | None:
        """Return the answer; None when there is none, and at once when the place did not answer before."""
        if place in self.unreachable:
            return None
        try:
            return question()
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _FAULT:
                self.unreachable.setdefault(place, str(error))
            else:
                self.unread.append(f"{place}: {error}")
        except BotoCoreError as error:
            self.unreachable.setdefault(place, str(error))
        return None
