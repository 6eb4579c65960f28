"""What AWS refuses in the middle of a run, as a person reads it."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError

from shared.errors import Problem

AWS_ERRORS = (BotoCoreError, ClientError)


def problem(error: BotoCoreError | ClientError) -> Problem:
    """Return what a failed call of AWS is to a person: what was called and what was answered."""
    return Problem(
        what=f"AWS did not do what the run needs: {error}",
        remedy="mend the credentials, their permissions or the network, then run the command again",
    )
