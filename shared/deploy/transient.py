"""Which failures pass by themselves, and how often they are tried again.

Anything not listed is not retried: a second try of a real mistake only costs time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter
from tenacity.nap import sleep_using_event

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

#: Texts of errors that pass, from terragrunt's list (internal/retry/defaults.go) and from the AWS
#: SDK's retryable codes (aws-sdk-go-v2 aws/retry/standard.go).
_PATTERNS = (
    r"\bThrottling(?:Exception)?\b|\bThrottled\b|\bRequestLimitExceeded\b|\bTooManyRequestsException\b",
    r"\bSlowDown\b|\bBandwidthLimitExceeded\b|\bPriorRequestNotComplete\b|\bRequestThrottled\b",
    r"\bRequestTimeout(?:Exception)?\b|\bServiceUnavailable\b|\bInternalError\b|StatusCode: 50[234]\b",
    r"connection reset by peer|connection refused|broken pipe|unexpected EOF",
    r"\bi/o timeout\b|TLS handshake timeout|Client\.Timeout exceeded|context deadline exceeded",
    r"no such host|Temporary failure in name resolution|network is unreachable",
    r"Failed to query available provider packages.*(?:timeout|reset|refused|50[234])",
    r"Failed to install provider.*(?:timeout|reset|refused|EOF|50[234])",
    r"could not query provider registry|registry service is unreachable",
    r"429 Too Many Requests",
)
_TRANSIENT = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.IGNORECASE | re.DOTALL)
#: A lock that is held was already waited for by the engine itself (-lock-timeout).
_NEVER = re.compile(r"Error acquiring the state lock|AccessDenied|ExpiredToken|InvalidClientTokenId")
#: ... except one that was given back between Terraform's attempt to take it and its look at who holds it:
#: without a holder Terraform does not wait (`lockWithFile` in its S3 backend).
_RELEASED = re.compile(r"Error acquiring the state lock.*StatusCode: 412\b.*StatusCode: 404\b", re.DOTALL)

#: Four tries in all: 2, 4 and 8 seconds between them, each with up to a second of jitter.
ATTEMPTS = 4
FIRST_WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 30.0

Result = TypeVar("Result")


class EngineError(Exception):
    """A run of the engine ended with an error; the text is what it said."""

    def __init__(self, phase: str, text: str) -> None:
        self.phase = phase
        self.text = text
        super().__init__(text)

    @property
    def transient(self) -> bool:
        """Whether trying again may help."""
        if _RELEASED.search(self.text):
            return True
        return bool(_TRANSIENT.search(self.text)) and not _NEVER.search(self.text)

    @property
    def headline(self) -> str:
        """The first line that says something."""
        return next((line.strip() for line in self.text.splitlines() if line.strip()), "no message")


def retrying(
    work: Callable[[], Result],
    *,
    stopping: Event,
    say: Callable[[str], None],
    first_wait: float = FIRST_WAIT_SECONDS,
) -> Result:
    """Return what `work` returns; when it fails transiently, say so, wait and try again.

    Raises the last EngineError after `ATTEMPTS` tries, at once when the failure is not transient
    or when `stopping` is set.
    """

    def announce(state: RetryCallState) -> None:
        failure = state.outcome.exception() if state.outcome else None
        headline = failure.headline if isinstance(failure, EngineError) else str(failure)
        attempt = f"try {state.attempt_number + 1} of {ATTEMPTS} in {state.upcoming_sleep:.0f} s"
        say(f"passing error, {attempt}: {headline}")

    def worthwhile(failure: BaseException) -> bool:
        return isinstance(failure, EngineError) and failure.transient and not stopping.is_set()

    failed: list[EngineError] = []

    def attempt() -> Result:
        if failed and stopping.is_set():
            raise failed[-1]  # Ctrl-C ended the wait: nothing new starts
        try:
            return work()
        except EngineError as failure:
            failed.append(failure)
            raise

    return Retrying(
        retry=retry_if_exception(worthwhile),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential_jitter(multiplier=first_wait, max=LONGEST_WAIT_SECONDS),
        sleep=sleep_using_event(stopping),
        before_sleep=announce,
        reraise=True,
    )(attempt)
