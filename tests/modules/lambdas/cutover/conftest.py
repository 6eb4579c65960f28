"""A scene, and the function in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from modules.lambdas.cutover import handler, weights
from tests.modules.lambdas.cutover.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.modules.lambdas.world import World

Invoke = "Callable[[Any], dict[str, Any]]"


@pytest.fixture
def scene(world: World, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Everything is drained and ready."""
    monkeypatch.setattr(weights, "_PAUSE_SECONDS", 0)
    return Scene(world).build()


@pytest.fixture
def invoke(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], dict[str, Any]]:
    """Invoke the function with an event."""

    def invoked(event: Any) -> dict[str, Any]:
        monkeypatch.setenv("CONFIG", scene.config())
        scene.speak()
        return handler.handle(event, None)

    return invoked
