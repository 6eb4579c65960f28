"""Writes the generated parts of `docs/policy.md`: `python -m shared.policy.page`.

The rest of the page is written by hand; a part stands between two comments that name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shared.policy import exceptions
from shared.policy.registry import EVERYWHERE, checks
from shared.workspace import here

PAGE = here().root / "docs" / "policy.md"
_DECISIONS = "docs/decisions/"


def page(text: str) -> str:
    """Return the page with its parts as the code and the exceptions' file say now.

    Raises ValueError when the page has no place for a part.
    """
    for name, lines in (("checks", _checks()), ("exceptions", _exceptions())):
        begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
        if text.count(begin) != 1 or text.count(end) != 1:
            raise ValueError(f"{PAGE.name} has no place for the {name}")
        before, rest = text.split(begin)
        text = f"{before}{begin}\n{chr(10).join(lines)}\n\n{end}{rest.split(end)[1]}"
    return text


def _checks() -> Iterator[str]:
    yield "| id | what must hold | systems | why, and where that is written |"
    yield "|---|---|---|---|"
    for each in checks():
        yield _row(each.id, each.title, _systems(each.systems), each.why)


def _exceptions() -> Iterator[str]:
    yield "| | check | where | systems | why | by |"
    yield "|---|---|---|---|---|---|"
    for each in exceptions.load():
        places = ", ".join(f"`{place}`" for place in each.places)
        about = f"{places}: {each.wrong}" if each.wrong else places
        profile = f"; `{each.protection}` only" if each.protection else ""
        where = _systems(each.systems) + profile
        yield _row(str(each.number), each.check, about, where, each.reason, _link(each.by))


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _systems(systems: Iterable[str]) -> str:
    named = tuple(systems)
    return "all" if set(named) == set(EVERYWHERE) else ", ".join(named)


def _link(by: str) -> str:
    """Return a link to what decided it: a decision's page, or the table of requirements."""
    if not by.startswith(_DECISIONS):
        return f"[{by}](requirements.md)"
    number = by.removeprefix(_DECISIONS)
    (found,) = (PAGE.parent / "decisions").glob(f"{number}-*.md")
    return f"[{number}](decisions/{found.name})"


def main() -> None:
    """Write the page's parts anew."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":  # pragma: no cover - the tests call main
    main()
