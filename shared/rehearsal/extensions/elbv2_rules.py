"""Listener rules: limits as AWS has them, and nothing left of a rule that was deleted.

moto 5.2.5 takes priorities above 50000, any number of condition values and any length of a fixed
response, still answers the tags of a rule that is gone, and crashes when the default rule is deleted.

AWS: API reference of CreateRule (`Priority`: 1 to 50000), FixedResponseActionConfig (`MessageBody`: 0
to 1024), DescribeTags (RuleNotFound) and DeleteRule ("You can't delete the default rule"); "Quotas for
your Application Load Balancers" (5 condition values per rule).
"""

from __future__ import annotations

from typing import Any

from moto.elbv2.exceptions import RuleNotFoundError
from moto.elbv2.models import ELBv2Backend, FakeListenerRule

from shared.rehearsal.extensions.faults import Fault

_create_rule = ELBv2Backend.create_rule
_delete_rule = ELBv2Backend.delete_rule
_describe_tags = ELBv2Backend.describe_tags

HIGHEST_PRIORITY = 50_000
CONDITION_VALUES = 5
MESSAGE_BODY = 1024


def install() -> None:
    """Wrap the making and deleting of rules, and the reading of tags."""
    ELBv2Backend.create_rule = create_rule
    ELBv2Backend.delete_rule = delete_rule
    ELBv2Backend.describe_tags = describe_tags


def create_rule(
    self: ELBv2Backend,
    listener_arn: str,
    conditions: list[dict[str, Any]],
    priority: int,
    actions: list[dict[str, Any]],
    **kwargs: Any,
) -> FakeListenerRule:
    """Refuse what is beyond AWS's limits."""
    bodies = [action.get("FixedResponseConfig", {}).get("MessageBody", "") for action in actions]
    if int(priority) > HIGHEST_PRIORITY:
        raise _refused(f"'{priority}' at 'priority'", f"value less than or equal to {HIGHEST_PRIORITY}")
    if max(map(len, bodies)) > MESSAGE_BODY:
        raise _refused("at 'fixedResponseConfig.messageBody'", f"length less than or equal to {MESSAGE_BODY}")
    if sum(_values(condition) for condition in conditions) > CONDITION_VALUES:
        raise Fault("ValidationError", f"A rule can only have '{CONDITION_VALUES}' condition values")
    return _create_rule(self, listener_arn, conditions, priority, actions, **kwargs)


def _refused(what: str, allowed: str) -> Fault:
    begin = "1 validation error detected: Value"
    return Fault(
        "ValidationError", f"{begin} {what} failed to satisfy constraint: Member must have {allowed}"
    )


def _values(condition: dict[str, Any]) -> int:
    """Return how many values a condition has; they stand in it, or in its one `...Config`."""
    configurations = [value for value in condition.values() if isinstance(value, dict)]
    return sum(len(where.get("Values", ())) for where in (condition, *configurations))


def delete_rule(self: ELBv2Backend, arn: str) -> None:
    """Delete a rule with its tags, but no default rule."""
    found = _find(self, arn)
    if found is not None and found.is_default:
        raise Fault("OperationNotPermitted", f"Default rule '{arn}' cannot be deleted")
    _delete_rule(self, arn)
    self.tagging_service.delete_all_tags_for_resource(arn)


def describe_tags(self: ELBv2Backend, resource_arns: list[str]) -> dict[str, dict[str, str]]:
    """Return the tags; RuleNotFound for a rule that is gone."""
    for arn in resource_arns:
        if ":listener-rule/" in arn and _find(self, arn) is None:
            raise RuleNotFoundError(f"Rule '{arn}' not found")
    tags: dict[str, dict[str, str]] = _describe_tags(self, resource_arns)
    return tags


def _find(backend: ELBv2Backend, arn: str) -> Any:
    for balancer in backend.load_balancers.values():
        for listener in balancer.listeners.values():
            for rule in listener.rules.values():
                if rule.arn == arn:
                    return rule
    return None
