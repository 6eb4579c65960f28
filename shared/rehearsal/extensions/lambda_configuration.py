"""Lambda: a function keeps where it logs to and its dead letter queue, and takes changes of both.

moto 5.2.5 drops `LoggingConfig` and `DeadLetterConfig`, so Terraform wants to set them in every plan,
and ignores changes of `TracingConfig`, `KMSKeyArn` and `EphemeralStorage`.

AWS: API reference of CreateFunction and UpdateFunctionConfiguration (`LoggingConfig`: by default
the format `Text` and the log group `/aws/lambda/NAME`; an empty `TargetArn` takes the dead letter
queue away).
"""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaFunction

_init = LambdaFunction.__init__
_get_configuration = LambdaFunction.get_configuration
_update_configuration = LambdaFunction.update_configuration


def install() -> None:
    """Wrap the making, describing and changing of functions."""
    LambdaFunction.__init__ = init
    LambdaFunction.get_configuration = get_configuration
    LambdaFunction.update_configuration = update_configuration


def init(self: LambdaFunction, account_id: str, spec: dict[str, Any], *args: Any, **kwargs: Any) -> None:
    """Make a function with all of its configuration."""
    _init(self, account_id, spec, *args, **kwargs)
    self.dead_letter_queue, self.log_format = "", "Text"
    _take(self, spec)


def _take(function: LambdaFunction, spec: dict[str, Any]) -> None:
    logging = spec.get("LoggingConfig", {})
    function.log_format = logging.get("LogFormat", function.log_format)
    function.logs_group_name = logging.get("LogGroup", function.logs_group_name)
    function.dead_letter_queue = spec.get("DeadLetterConfig", {}).get("TargetArn", function.dead_letter_queue)
    function.tracing_config = spec.get("TracingConfig", function.tracing_config)
    function.kms_key_arn = spec.get("KMSKeyArn", function.kms_key_arn)
    function.ephemeral_storage = spec.get("EphemeralStorage", {}).get("Size", function.ephemeral_storage)


def get_configuration(self: LambdaFunction, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Return the configuration with what was kept."""
    kept = {"LoggingConfig": {"LogFormat": self.log_format, "LogGroup": self.logs_group_name}}
    if self.dead_letter_queue:
        kept["DeadLetterConfig"] = {"TargetArn": self.dead_letter_queue}
    return {**_get_configuration(self, *args, **kwargs), **kept}


def update_configuration(self: LambdaFunction, config_updates: dict[str, Any]) -> dict[str, Any]:
    """Take a change."""
    _take(self, config_updates)
    _update_configuration(self, config_updates)
    changed: dict[str, Any] = self.get_configuration()
    return changed
