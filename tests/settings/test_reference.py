from pathlib import Path

import pytest

from shared.settings import messages, reference
from shared.settings.document import dotted
from shared.settings.systems import SYSTEMS


def test_the_page_in_the_documents_is_up_to_date():
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), (
        "python -m shared.settings.reference"
    )


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_key_has_a_meaning_on_the_page(name: str):
    model = SYSTEMS[name].model
    for place in messages.keys(model):
        section = messages.model_at(model, place[:-1])
        assert section.model_fields[str(place[-1])].description, dotted(place)


def test_what_two_systems_have_in_common_stands_there_once():
    page = reference.page()
    assert page.count("## `domain`") == 2, "the third system's zone is named after its suffix"
    assert page.count("## `failover.probe`") == 1
    assert page.count("## `alarms`") == 3, "two thresholds' defaults are others, the third watches a database"
    assert "`state`, `domain`, `database`, `service`: as above." in page


def test_a_row_says_type_default_meaning_and_rule():
    page = reference.page()
    assert (
        "| `phases` | array of numbers | `[25, 50, 75, 100]` | Share of "
        "traffic in the target region after each "
        "phase, in per cent; rises to 100. | shares of traffic in per cent "
        "that rise to 100: [25, 50, 75, 100] |"
    ) in page
    assert "| `existing_primary_cluster_arn` | text | `null` |" in page
    assert "| `name` | text | required |" not in page


def test_the_page_is_written_where_the_documents_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reference, "PAGE", tmp_path / "settings.md")
    reference.main()
    assert (tmp_path / "settings.md").read_text(encoding="utf-8") == reference.page()
