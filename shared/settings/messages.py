"""From pydantic's errors to sentences for the person who wrote the file."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, cast

from shared.settings.base import Settings
from shared.settings.document import Mistake, Place, dotted, shown
from shared.settings.rules import RULE_BROKEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic_core import ErrorDetails

NOT_IN_FILE = "name"
"""Field that the file's own name fills."""
_KINDS = {
    "string_type": ("a text", 'a text stands in double quotes: "..."'),
    "int_type": ("a whole number", "a number stands without quotes: 3"),
    "float_type": ("a number", "a number stands without quotes: 0.5"),
    "bool_type": ("true or false", "true and false stand without quotes"),
    "tuple_type": ("an array", "an array stands in [ ]: [...]"),
    "dict_type": ("an object", "an object stands in { }: { key = value }"),
    "model_type": ("an object", "an object stands in { }: { key = value }"),
}


def mistake(error: ErrorDetails, model: type[Settings]) -> Mistake:
    """Return what one of pydantic's errors means."""
    place: Place = tuple(error["loc"])
    kind, value = error["type"], error["input"]
    context: Mapping[str, Any] = error.get("ctx", {})
    name = dotted(place)
    if kind == RULE_BROKEN:
        return _mistake(
            place, f"{name} is {shown(value)}: {context['complaint']}", f"allowed: {context['allowed']}"
        )
    if kind == "missing":
        meaning = model_at(model, place[:-1]).model_fields[str(place[-1])].description
        return _mistake(place, f"{name} is missing", f"add it: {meaning}")
    if kind == "extra_forbidden":
        return _mistake(place, f"{name} is not a setting", _nearest(model, place))
    if kind == "literal_error":
        allowed = context["expected"].replace("'", '"')
        return _mistake(place, f"{name} is {shown(value)}, which is not supported", f"allowed: {allowed}")
    wanted, how = _KINDS[kind]
    if kind == "string_type" and isinstance(value, int | float):
        how = f'a text stands in double quotes: "{shown(value)}"'
    elif kind == "int_type" and isinstance(value, str) and value.isdecimal():
        how = f"a number stands without quotes: {value}"
    elif value is None:
        how = "leave the key out to get its default, if it has one"
    return _mistake(place, f"{name} is {shown(value)}{_kind(value)}; {wanted} is needed", how)


def model_at(model: type[Settings], place: Place) -> type[Settings]:
    """Return the class of the section at a place."""
    for step in place:
        model = cast("type[Settings]", model.model_fields[str(step)].annotation)
    return model


def keys(model: type[Settings], place: Place = ()) -> Iterator[Place]:
    """Yield the place of every key that a file may have, sections before what is in them."""
    for name, field in model.model_fields.items():
        if (*place, name) == (NOT_IN_FILE,):
            continue
        yield (*place, name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, Settings):
            yield from keys(field.annotation, (*place, name))


def _mistake(place: Place, what: str, remedy: str) -> Mistake:
    # An element or a key that has no line of its own stands where what holds it stands.
    return Mistake(places=tuple(place[:end] for end in range(len(place), 0, -1)), what=what, remedy=remedy)


def _nearest(model: type[Settings], place: Place) -> str:
    wrong, section = str(place[-1]), place[:-1]
    known = [key for key in model_at(model, section).model_fields if (*section, key) != (NOT_IN_FILE,)]
    elsewhere = [dotted(key) for key in keys(model) if key[-1] == wrong]
    near = elsewhere or difflib.get_close_matches(wrong, known, n=1)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"{dotted(section) or 'the file'} may have: {', '.join(known)}"


def _kind(value: Any) -> str:
    """Return what a value is, to go on after it; empty where the value says it itself."""
    for kind, words in (
        (bool, ""),
        (str, ", a text"),
        (int, ", a whole number"),
        (float, ", a broken number"),
    ):
        if isinstance(value, kind):
            return words
    return ", an array" if isinstance(value, tuple) else ""
