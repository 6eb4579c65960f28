"""What EventBridge hears of a task."""

from types import SimpleNamespace

import pytest
from moto.core.exceptions import ServiceException
from moto.events.models import EventsBackend

from shared.rehearsal.extensions import dms_events

BACKEND = SimpleNamespace(account_id="123456789012", region_name="us-east-1")
TASK = SimpleNamespace(arn="arn:aws:dms:us-east-1:123456789012:task:ONE", id="one")


@pytest.fixture
def heard(monkeypatch):
    entries = []
    monkeypatch.setattr(EventsBackend, "put_events", lambda _, sent: entries.extend(sent))
    return entries


@pytest.mark.parametrize(("status", "number"), [("running", "0069"), ("stopped", "0079"), ("failed", "0078")])
def test_what_dms_tells_is_told(heard, status, number):
    dms_events.record(BACKEND, TASK, status, "why")
    (entry,) = heard
    assert entry["Resources"] == [TASK.arn]
    assert f"DMS-EVENT-{number}" in entry["Detail"]


@pytest.mark.parametrize("status", ["starting", "stopping", "ready"])
def test_of_what_passes_nobody_is_told(heard, status):
    dms_events.record(BACKEND, TASK, status, "why")
    assert heard == []


def test_an_event_that_is_lost_does_not_end_the_task(monkeypatch, capsys):
    def fails(*_):
        raise ServiceException("no bus")

    monkeypatch.setattr(EventsBackend, "put_events", fails)
    dms_events.record(BACKEND, TASK, "failed", "why")
    assert "an event of one was lost: " in capsys.readouterr().err
