"""What renders pages: everything is escaped, and what no document may contain is taken out."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from shared.reporting import pages


def rendered(folder: Path, text: str, **values) -> str:
    (folder / "a.j2").write_text(text)
    return pages.environment(folder).get_template("a.j2").render(**values)


def test_texts_are_escaped_and_cleaned_and_drawings_are_left_alone(tmp_path: Path) -> None:
    made = rendered(tmp_path, "{{ a }}|{{ b }}|{{ c }}", a="<b>\x1b[31m&\x00", b=Markup("<svg/>"), c=3)

    assert made == "&lt;b&gt;&amp;\ufffd|<svg/>|3"


def test_the_shared_styles_and_filters_are_there(tmp_path: Path) -> None:
    made = rendered(tmp_path, '{{ 62 | duration }}{% include "page.css" %}')

    assert made.startswith("1 min 02 s:root")


def test_a_value_that_nobody_gave_is_a_defect(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError, match="nothing"):
        rendered(tmp_path, "{{ nothing }}")
