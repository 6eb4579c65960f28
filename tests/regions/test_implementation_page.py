from regions import implementation_page


def test_the_page_is_up_to_date(synthesis):
    wanted = implementation_page.page(synthesis.manifest)
    assert implementation_page.PAGE.read_text() == wanted, "run `python -m regions.implementation_page`"


def test_every_stack_has_its_section_and_every_resource_is_counted(synthesis):
    text = implementation_page.page(synthesis.manifest)
    assert text.count("\n## `") == len(synthesis.manifest.stacks)
    assert f"{sum(1 for _ in synthesis.resources())} resources." in text


def test_main_writes_it(tmp_path, monkeypatch, synthesis):
    monkeypatch.setattr(implementation_page, "PAGE", tmp_path / "page.md")
    implementation_page.main()
    assert (tmp_path / "page.md").read_text() == implementation_page.page(synthesis.manifest)
