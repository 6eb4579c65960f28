"""From an environment's name to its settings, or to everything that is wrong with its file."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from pydantic import ValidationError

from shared.errors import Problem, UserError
from shared.settings import messages, systems
from shared.settings.document import Document, Mistake, Place, shown
from shared.settings.facts import Facts
from shared.settings.systems import Platform

FOLDER = Path(__file__).resolve().parents[2] / "environments"
"""Where the environment files are."""
ENDING = ".tfvars"
_SUFFIX: Place = ("environment_suffix",)
_SYSTEM: Place = ("system",)
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def names() -> list[str]:
    """Return the names of the environments, sorted."""
    return sorted(path.stem for path in FOLDER.glob(f"*{ENDING}"))


def load(path_or_name: str | Path, *, suffix: str | None = None) -> Platform:
    """Return the settings of an environment: a name from `names()`, or the path of a .tfvars file.

    `suffix` takes the place of the file's `environment_suffix`. Raises UserError for an environment
    that does not exist, and for everything that is wrong in its file at once.
    """
    path = file_of(path_or_name)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UserError(Problem(where=short(path), what=f"it cannot be read: {error.strerror}")) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UserError(
            Problem(
                where=f"{short(path)}:{line}",
                what=f"byte {error.object[error.start]:#04x} is not UTF-8",
                remedy="save the file as UTF-8",
            )
        ) from error
    return parse(text, path, suffix=suffix)


def parse(text: str, path: Path, *, suffix: str | None = None) -> Platform:
    """Return the settings in the text of the file at `path`; UserError with every mistake otherwise."""
    # lark and its grammar take longer to import than everything else here
    from shared.settings.reader import read

    document = read(text)
    if suffix is not None:
        document.data["environment_suffix"] = suffix
        document.unreadable.discard(_SUFFIX)
        document.mistakes = [found for found in document.mistakes if _SUFFIX not in found.places]
    result, mistakes = _validate(document, path.stem)
    if result is not None and not mistakes:
        return result
    overridden = {_SUFFIX} if suffix is not None else set()
    placed = sorted(
        (_problem(found, document, path, overridden) for found in mistakes), key=lambda pair: pair[0]
    )
    raise UserError([problem for _, problem in placed])


def _validate(document: Document, name: str) -> tuple[Platform | None, list[Mistake]]:
    mistakes = list(document.mistakes)
    wrong: set[Place] = set(document.unreadable)
    result = None
    if not _NAME.fullmatch(name):
        what = f"the file's name, {shown(name)}, is no name of an environment"
        mistakes.append(Mistake(places=(), what=what, remedy="lower-case letters, digits and inner hyphens"))
    data = {**document.data, messages.NOT_IN_FILE: name}
    if messages.NOT_IN_FILE in document.data:
        what = f"name is {shown(document.data[messages.NOT_IN_FILE])}, and it is not a setting"
        mistakes.append(
            Mistake(places=(("name",),), what=what, remedy="the file's name is the environment's")
        )
    system = systems.of(document.data)
    try:
        result = system.model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            place: Place = tuple(detail["loc"])
            if detail["type"] == "missing" and (not document.whole or place in document.unreadable):
                continue
            wrong.add(place)
            mistakes.append(
                _unknown_system(document)
                if (place, detail["type"]) == (_SYSTEM, "literal_error")
                else messages.mistake(detail, system.model)
            )
    facts = Facts(system.model, document.data, wrong=wrong, defaults=document.whole)
    for rule in system.rules:
        mistakes += rule(facts)
    return result, mistakes


def _unknown_system(document: Document) -> Mistake:
    """Return the mistake with every system, not only the one that the other keys were taken for."""
    known = ", ".join(shown(name) for name in systems.SYSTEMS)
    return Mistake(
        places=(_SYSTEM,),
        what=f"system is {shown(document.data['system'])}, which is not supported",
        remedy=f"allowed: {known}",
    )


def _problem(found: Mistake, document: Document, path: Path, overridden: set[Place]) -> tuple[int, Problem]:
    where, line = short(path), 0
    for place in found.places:
        if place in overridden:
            where = "--suffix"
            break
        if place in document.lines:
            line = document.lines[place]
            where = f"{where}:{line}"
            break
    return line, Problem(where=where, what=found.what, remedy=found.remedy)


def file_of(path_or_name: str | Path) -> Path:
    """Return the file of an environment; raises UserError when there is none."""
    if isinstance(path_or_name, Path) or "/" in path_or_name or path_or_name.endswith(ENDING):
        path = Path(path_or_name)
        if path.is_file():
            return path
        raise UserError(f"there is no file {path}", remedy=_existing(path.stem))
    path = FOLDER / f"{path_or_name}{ENDING}"
    if path_or_name in names():
        return path
    raise UserError(f"there is no environment {path_or_name!r}", remedy=_existing(path_or_name))


def _existing(name: str) -> str:
    known = names()
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"{hint}environments: {', '.join(known) or 'none'} (files in {short(FOLDER)})"


def short(path: Path) -> str:
    """Return the path from the working directory when it is below it."""
    absolute, here = path.absolute(), Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)
