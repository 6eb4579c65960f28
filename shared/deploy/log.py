"""The log of one stack: what the engine said, readable, and the raw lines beside it."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Event = dict[str, Any]
"""One line of Terraform's machine-readable output; `{"text": ...}` for a plain line."""


def safe(address: str) -> str:
    """Return a stack's address as a file name: `eu-west-1/database` -> `eu-west-1_database`."""
    return address.replace("/", "_")


class StackLog:
    """Writes `logs/<stack>.log` of a run, and keeps the errors of the last command."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder / "logs"
        self._name = safe(address)
        self.path = self._folder / f"{self._name}.log"
        self._lock = threading.Lock()
        self._errors: list[str] = []
        self._plain: list[str] = []

    def raw(self, phase: str) -> Path:
        """Return the file for the engine's own lines of this phase, and forget earlier errors."""
        self._errors, self._plain = [], []
        return self._folder / f"{self._name}.{phase}.jsonl"

    def say(self, text: str) -> None:
        """Write a line with the time in UTC."""
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC):%H:%M:%S} {text.rstrip()}\n")

    def receive(self, line: str) -> Event:
        """Log one line of the engine's output and return it as an event."""
        event = parse(line)
        if "text" in event:
            self._plain.append(line)
            self.say(line)
        elif event.get("type") == "diagnostic":
            text = diagnostic(event["diagnostic"])
            if event["diagnostic"].get("severity") == "error":
                self._errors.append(text)
            self.say(text)
        elif event.get("type") != "outputs":
            self.say(str(event.get("@message", "")))
        return event

    def errors(self) -> str:
        """Return the errors since the last `raw`; plain text from its `Error:` on when there are none."""
        if self._errors:
            return "\n".join(self._errors)
        plain = "\n".join(self._plain)
        return plain[plain.find("Error:") :].strip() if "Error:" in plain else plain.strip()


def parse(line: str) -> Event:
    """Return the event in a line of output, `{"text": line}` when it is not JSON."""
    if line.startswith("{"):
        try:
            event: Event = json.loads(line)
        except ValueError:
            return {"text": line}
        return event
    return {"text": line}


def diagnostic(found: dict[str, Any]) -> str:
    """Return an error or warning of the engine as text: severity, summary, place, detail."""
    place = found.get("address") or (found.get("range") or {}).get("filename")
    head = f"{found.get('severity', 'error').capitalize()}: {found.get('summary', '')}"
    return "\n".join(filter(None, (head, f"  at {place}" if place else None, found.get("detail"))))
