import pytest

from regions import implementation_page
from regions.systems import SYSTEMS


@pytest.fixture(params=["synthesis", "recovery", "landing"])
def deployed(request):
    return request.getfixturevalue(request.param)


def test_every_system_has_a_page():
    assert set(implementation_page.PAGES) == set(SYSTEMS)


def test_the_page_is_up_to_date(deployed):
    wanted = implementation_page.page(deployed.manifest)
    written = implementation_page.FOLDER / implementation_page.PAGES[deployed.environment.system]
    assert written.read_text() == wanted, "run `python -m regions.implementation_page`"


def test_every_stack_has_its_section_and_every_resource_is_counted(deployed):
    text = implementation_page.page(deployed.manifest)
    assert text.count("\n## `") == len(deployed.manifest.stacks)
    assert f"{sum(1 for _ in deployed.resources())} resources." in text


def test_main_writes_them(tmp_path, monkeypatch, synthesis, recovery, landing):
    monkeypatch.setattr(implementation_page, "FOLDER", tmp_path)
    implementation_page.main()
    for made in (synthesis, recovery, landing):
        written = tmp_path / implementation_page.PAGES[made.environment.system]
        assert written.read_text() == implementation_page.page(made.manifest)
