"""The checks, one file a subject; what each is for is written beside it and in docs/policy.md."""

from __future__ import annotations

import importlib
import pkgutil


def load() -> None:
    """Import every file of this package, which adds its checks to the list."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
