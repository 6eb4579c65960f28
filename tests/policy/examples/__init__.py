"""What each check finds right and wrong, one file a subject."""

from __future__ import annotations

import importlib
import pkgutil

from tests.policy.worlds import Example


def every() -> list[Example]:
    """Return the examples of all files."""
    modules = [importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]
    return [example for module in modules for example in module.EXAMPLES]
