"""What is known of an environment whose file may have mistakes in it.

The rules between settings ask here: they get a value (or its default) when it is right by itself,
and None when it is wrong or missing, so that they can run whatever else is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shared.settings.base import Settings

if TYPE_CHECKING:
    from collections.abc import Collection

    from shared.settings.document import Place


class Facts:
    """The values that can be relied on."""

    def __init__(
        self,
        model: type[Settings],
        data: Mapping[str, Any],
        *,
        wrong: Collection[Place],
        defaults: bool = True,
    ) -> None:
        self._model = model
        self._data = data
        self._wrong = wrong
        self._defaults = defaults

    def text(self, *place: str) -> str | None:
        """Return a text, or None when it is wrong, missing or null."""
        value = self._get(place)
        return value if isinstance(value, str) else None

    def number(self, *place: str) -> int | None:
        """Return a whole number, or None when it is wrong or missing."""
        value = self._get(place)
        return value if isinstance(value, int) else None

    def amount(self, *place: str) -> float | None:
        """Return a number, whole or broken, or None when it is wrong or missing."""
        value = self._get(place)
        return float(value) if isinstance(value, int | float) else None

    def known(self, *place: str) -> bool:
        """Return whether there is a value, or a default, that is right."""
        return self._get(place) is not None

    def missing(self, *place: str) -> bool:
        """Return whether something that may be left out was left out; False when that cannot be told."""
        return self._defaults and not self._touched(place) and self._get(place) is None

    def flag(self, *place: str) -> bool:
        """Return whether something is on; False when it is wrong or missing."""
        return self._get(place) is True

    def numbers(self, *place: str) -> tuple[int, ...]:
        """Return an array of whole numbers; empty when it is wrong or missing."""
        value = self._get(place)
        return value if isinstance(value, tuple) else ()

    def elements(self, *place: str) -> dict[int, str]:
        """Return the texts of an array that are right by themselves, by their index.

        A rule of the whole array may be broken: its elements are known all the same.
        """
        value = self._get(place, whole=True)
        found = enumerate(value) if isinstance(value, tuple) else ()
        return {
            index: text
            for index, text in found
            if isinstance(text, str) and (*place, index) not in self._wrong
        }

    def _touched(self, place: tuple[str, ...]) -> bool:
        """Return whether something is wrong at the place, around it or within it."""
        return any(place[: len(bad)] == bad[: len(place)] for bad in self._wrong)

    def _get(self, place: tuple[str, ...], *, whole: bool = False) -> Any:
        """Return the value; `whole` passes over what is wrong at the place itself or within it."""
        if not whole and self._touched(place):
            return None
        value: Any = self._data
        model: Any = self._model
        for step in place:
            if isinstance(value, Settings):
                value = getattr(value, step)
                continue
            field = model.model_fields[step]
            if not isinstance(value, Mapping):
                return None
            if step in value:
                value = value[step]
            elif self._defaults and not field.is_required():
                value = field.get_default(call_default_factory=True)
            else:
                return None
            model = field.annotation
        return value
