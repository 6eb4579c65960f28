"""Writes `docs/settings.md` from the model: `python -m shared.settings.reference`."""

from __future__ import annotations

import types
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from shared.settings.base import Settings
from shared.settings.document import shown
from shared.settings.messages import NOT_IN_FILE
from shared.settings.rules import Rule
from shared.settings.systems import SYSTEMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
_HEAD = """# Settings

Every key of an environment file, `environments/NAME.tfvars`. Generated from `shared/settings/` by
`python -m shared.settings.reference`; a test keeps it up to date. Each system has a documented example:
[`environments/region-migration.tfvars`](../environments/region-migration.tfvars),
[`environments/disaster-recovery.tfvars`](../environments/disaster-recovery.tfvars),
[`environments/database-migration.tfvars`](../environments/database-migration.tfvars).

A file holds plain values only: texts in double quotes, numbers, true and false, arrays and objects.
Everything that is wrong in it is reported at once, with its line.
"""
_TYPES = {str: "text", bool: "true or false", int: "number", float: "number", tuple: "array", dict: "object"}


def page() -> str:
    """Return the page's text. A section that several systems have in common stands there once."""
    seen: set[tuple[str, type[Settings]]] = set()
    lines = [_HEAD]
    for name, system in SYSTEMS.items():
        lines += [*_section(f"A file of `{name}`", system.model, seen), ""]
    return "\n".join(lines)


def _section(
    title: str, model: type[Settings], seen: set[tuple[str, type[Settings]]], place: str = ""
) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield " ".join((model.__doc__ or "").split())
    yield ""
    yield "| key | type | default | meaning | allowed |"
    yield "|---|---|---|---|---|"
    inner: list[tuple[str, type[Settings]]] = []
    above: list[tuple[str, type[Settings]]] = []
    for name, field in model.model_fields.items():
        annotation = field.annotation
        if not (isinstance(annotation, type) and issubclass(annotation, Settings)):
            if (place, name) != ("", NOT_IN_FILE):
                yield _row(name, field)
            continue
        full = f"{place}.{name}" if place else name
        (above if (full, annotation) in seen else inner).append((full, annotation))
        seen.add((full, annotation))
    if above:
        yield ""
        yield f"{', '.join(f'`{name}`' for name, _ in above)}: as above."
    for name, section in inner:
        yield ""
        yield from _section(f"`{name}`", section, seen, name)


def _row(name: str, field: FieldInfo) -> str:
    default = "required" if field.is_required() else f"`{_default(field)}`"
    allowed = "; ".join(dict.fromkeys(_allowed(field.annotation, field.metadata)))
    meaning = " ".join((field.description or "").split())
    cells = (f"`{name}`", _type(field.annotation), default, meaning, allowed)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    return "{}" if value == {} else shown(value)


def _type(annotation: Any) -> str:
    origin = get_origin(annotation)
    if origin is Literal:
        return "text"
    if origin in {Union, types.UnionType}:
        return _type(get_args(annotation)[0])
    if hasattr(annotation, "__metadata__"):
        return _type(get_args(annotation)[0])
    if origin is tuple:
        return f"array of {_type(get_args(annotation)[0])}s"
    return _TYPES[origin or annotation]


def _allowed(annotation: Any, metadata: Any = ()) -> Iterator[str]:
    """Yield what the rules of a field and of its elements allow, outermost first."""
    if get_origin(annotation) is Literal:
        yield "one of " + ", ".join(f"`{shown(choice)}`" for choice in get_args(annotation))
        return
    rules = (*metadata, *getattr(annotation, "__metadata__", ()))
    yield from (rule.allowed for rule in rules if isinstance(rule, Rule))
    for part in get_args(annotation):
        yield from _allowed(part)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":  # pragma: no cover - the tests call main
    main()
