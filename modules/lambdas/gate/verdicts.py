"""What follows from the readings: pure, one measurement for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .configuration import Configuration
from .question import Question
from .readings import Look, Traffic, Unreadable, alarms_of

PASS, FAIL, INCONCLUSIVE = "pass", "fail", "inconclusive"
_OF_ALARMS = {"OK": PASS, "ALARM": FAIL, "INSUFFICIENT_DATA": INCONCLUSIVE}


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One thing that was looked at."""

    metric: str
    region: str
    verdict: str
    value: float | str | None
    """Milliseconds, targets, per cent, or the state of an alarm; None without data."""
    limit: float | str | None
    """The last value that passes."""
    reason: str
    """A sentence, also for what passes."""
    dry_run: bool = False
    """It is reported, and has no effect."""
    failed_call: bool = False
    """AWS did not answer: there is no verdict at all."""


def judge(configuration: Configuration, question: Question, looks: dict[str, Look]) -> list[Measurement]:
    """Return every measurement, in a fixed order."""
    reader = configuration.other(question.writer)
    found: list[Measurement] = []
    for region, look in looks.items():
        found += _alarms(configuration, region, look, reads=region == reader)
    found.append(_replication_lag(configuration, reader, looks[reader]))
    found += [_healthy_targets(configuration, region, look) for region, look in looks.items()]
    found += _error_rate(configuration, question, looks)
    return [replace(one, dry_run=one.metric in question.dry_run) for one in found]


def overall(measurements: Sequence[Measurement], *, spared: str = "") -> str:
    """Return the verdict: the worst of those that count.

    What fails in the region `spared` alone is inconclusive: going back would move traffic onto it.
    """
    counting = [one for one in measurements if not one.dry_run]
    verdicts = {
        INCONCLUSIVE if one.verdict == FAIL and one.region == spared else one.verdict for one in counting
    }
    return next((verdict for verdict in (FAIL, INCONCLUSIVE) if verdict in verdicts), PASS)


def fails_in(measurements: Sequence[Measurement], region: str) -> bool:
    """Say whether something that counts fails in a region."""
    return any(one.verdict == FAIL and one.region == region and not one.dry_run for one in measurements)


def error_rate(traffic: Traffic, scope: str) -> tuple[float, int]:
    """Return the share of requests answered with 5xx, in per cent, and how many requests there were.

    A request that the load balancer answers with an error of its own is not in its RequestCount: when
    there are more errors than requests, the errors are the requests. After the pause of writes (scope
    `moved`) its 503s are not held against the region; AWS does not write whether it counts them as
    errors of the load balancer, so at most the load balancer's own errors are left out.
    """
    own = traffic.balancer_errors - (traffic.fixed_responses if scope == "moved" else 0)
    errors = traffic.target_errors + max(own, 0)
    samples = max(traffic.requests, errors)
    return (100 * errors / samples if samples else 0.0), samples


def _alarms(configuration: Configuration, region: str, look: Look, *, reads: bool) -> Iterator[Measurement]:
    if isinstance(look.alarms, Unreadable):
        yield _unreadable("alarms", region, look.alarms)
        return
    for name in alarms_of(configuration.regions[region], reads=reads):
        state = look.alarms.get(name)
        said = f"{name} is {state}" if state else f"there is no alarm {name}"
        verdict = _OF_ALARMS.get(state or "", INCONCLUSIVE)
        yield _measured("alarms", region, verdict, value=state, limit="OK", said=said)


def _replication_lag(configuration: Configuration, region: str, look: Look) -> Measurement:
    lag, limit = look.lag_ms, configuration.limits.replication_lag_ms
    if isinstance(lag, Unreadable):
        return _unreadable("replication_lag", region, lag)
    if lag is None:
        said = "no data: a secondary without lag is one that does not replicate"
        return _measured("replication_lag", region, FAIL, value=None, limit=limit, said=said)
    verdict = PASS if lag <= limit else FAIL
    said = f"{lag:g} ms, {limit:g} are allowed"
    return _measured("replication_lag", region, verdict, value=lag, limit=limit, said=said)


def _healthy_targets(configuration: Configuration, region: str, look: Look) -> Measurement:
    healthy, limit = look.healthy, configuration.limits.healthy_hosts_minimum
    if isinstance(healthy, Unreadable):
        return _unreadable("healthy_targets", region, healthy)
    verdict = PASS if healthy >= limit else FAIL
    said = f"{healthy} healthy targets, {limit} are needed"
    return _measured("healthy_targets", region, verdict, value=healthy, limit=limit, said=said)


def _error_rate(
    configuration: Configuration, question: Question, looks: dict[str, Look]
) -> list[Measurement]:
    source, target = (looks[name].traffic for name in (configuration.source, configuration.target))
    if isinstance(source, Unreadable) or isinstance(target, Unreadable):
        both = ((configuration.source, source), (configuration.target, target))
        return [_unreadable("error_rate", name, one) for name, one in both if isinstance(one, Unreadable)]
    minimum = configuration.limits.minimum_samples
    rate, samples = error_rate(target, question.scope)
    baseline, compared = error_rate(source, question.scope)
    if compared < minimum:
        baseline = 0.0
    limit = baseline + configuration.limits.error_rate_increase
    said = f"{rate:.2f} % of {samples} requests failed, {limit:.2f} % are allowed"
    if samples >= minimum:
        verdict = PASS if rate <= limit else FAIL
    else:
        verdict = INCONCLUSIVE if question.phase > 0 else PASS
        said += f"; below {minimum} requests that says nothing"
    numbers = {"value": round(rate, 3), "limit": round(limit, 3)}
    return [_measured("error_rate", configuration.target, verdict, **numbers, said=said)]


def _measured(
    metric: str, region: str, verdict: str, *, value: float | str | None, limit: float | str, said: str
) -> Measurement:
    reason = f"{metric} in {region}: {said}"
    return Measurement(metric=metric, region=region, verdict=verdict, value=value, limit=limit, reason=reason)


def _unreadable(metric: str, region: str, call: Unreadable) -> Measurement:
    return Measurement(
        metric=metric,
        region=region,
        verdict=INCONCLUSIVE,
        value=None,
        limit=None,
        reason=call.why,
        failed_call=True,
    )
