from modules.failover_machine import reference
from tests.modules.failover_machine.example import STATES


def test_the_page_is_up_to_date():
    wanted = "run `python -m modules.failover_machine.reference`"
    assert reference.PAGE.read_text() == reference.page(), wanted


def test_every_state_has_a_row_that_says_how_it_is_left():
    rows = {line.split("`")[1]: line for line in reference.page().splitlines() if line.startswith("| `")}
    assert rows.keys() == STATES.keys()
    assert "`CheckpointStuck`" in rows["Promote"].split(" | ")[-1]
    assert "function `failover`: promote" in rows["Promote"]
    assert rows["Refused"].count("with the error `FailoverRefused`") == 1


def test_main_writes_it(tmp_path, monkeypatch):
    monkeypatch.setattr(reference, "PAGE", tmp_path / "page.md")
    reference.main()
    assert (tmp_path / "page.md").read_text() == reference.page()
