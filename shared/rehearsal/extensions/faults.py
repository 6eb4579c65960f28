"""The error that the extensions answer with."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class Fault(ServiceException):  # type: ignore[misc] # moto's types are not read
    """An AWS error: `Fault(code, message)`.

    A class of ours, because moto finds an error's service by its class's module, and fails for
    `ServiceException` itself.
    """
