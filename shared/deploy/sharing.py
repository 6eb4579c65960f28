"""Provider plugins from the registry, downloaded once for all stacks.

Two things stand against that in Terraform itself: its plugin cache is not safe for processes that
fill it at the same time, and since 1.4 it is used only for providers that the stack's lock file
already names (developer.hashicorp.com/terraform/cli/config/config-file, provider plugin cache). So
the first stack with a set of providers fills the cache alone, and hands its lock file on.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_FILE = ".terraform.lock.hcl"


class SharedPlugins:
    """The plugin cache of a run; without a folder (a filesystem mirror is used) it does nothing."""

    def __init__(self, cache: Path | None) -> None:
        self._cache = cache
        self._first = threading.Lock()

    @contextmanager
    def turn(self, directory: Path) -> Iterator[None]:
        """Hold the cache while the stack in `directory` is prepared, as far as needed."""
        if self._cache is None:
            yield
            return
        kept = self._cache / f"{_digest(directory)}.lock.hcl"
        lock = directory / LOCK_FILE
        with self._first:
            if not kept.is_file():
                yield
                if lock.is_file():
                    shutil.copyfile(lock, kept)
                return
        if not lock.exists():
            shutil.copyfile(kept, lock)
        yield


def _digest(directory: Path) -> str:
    document = json.loads((directory / "cdk.tf.json").read_text(encoding="utf-8"))
    providers = document.get("terraform", {}).get("required_providers")
    return hashlib.sha256(json.dumps(providers, sort_keys=True).encode()).hexdigest()[:16]
