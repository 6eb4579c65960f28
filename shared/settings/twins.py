"""Two environment files that lead to the same states: a copy in which the suffix was not changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.errors import Problem, Refused
from shared.settings import loader

if TYPE_CHECKING:
    from pathlib import Path

#: What the place of the states is made of, beside the stack's own address.
_KEYS = (("system",), ("environment_suffix",), ("account_id",), ("state", "bucket"))


def refuse(path_or_name: str | Path, *, suffix: str | None = None) -> None:
    """Raise Refused when another file of the folder has the same states as this environment.

    Only environments of the folder are looked at, and files that cannot be read are passed over:
    nothing can be deployed from them either. `suffix` takes the place of the file's own.
    """
    path = loader.file_of(path_or_name)
    folder = loader.FOLDER
    if path.parent.resolve() != folder.resolve():
        return
    ours = _states(path)
    if ours is None:
        return
    ours |= {"environment_suffix": suffix} if suffix is not None else {}
    others = [other for other in sorted(folder.glob(f"*{loader.ENDING}")) if other.name != path.name]
    said = ", ".join(f'{name} = "{value}"' for name, value in ours.items())
    problems = [
        Problem(
            where=loader.short(path),
            what=f"it has the same states as {loader.short(other)}: {said}",
            remedy="give one of the two another environment_suffix, or remove the one that is not meant",
        )
        for other in others
        if _states(other) == ours
    ]
    if problems:
        raise Refused(problems)


def _states(path: Path) -> dict[str, str] | None:
    """Return what decides where an environment's states are; None when the file does not say it."""
    # lark and its grammar take longer to import than everything else here
    from shared.settings.reader import read

    try:
        document = read(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return None
    if document.mistakes:
        return None
    found = {".".join(keys): _value(document.data, keys) for keys in _KEYS}
    return {name: value for name, value in found.items() if value} if all(found.values()) else None


def _value(data: Any, keys: tuple[str, ...]) -> str | None:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, str) else None
