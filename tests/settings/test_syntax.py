import pytest

from shared.settings import syntax
from shared.settings.reader import read

VALUE = "a value is expected: a text in double quotes, a number, true, false, [ ... ] or { ... }"
QUOTE = 'texts begin and end with a double quote: key = "value"'


@pytest.mark.parametrize(
    ("text", "line", "what", "remedy"),
    [
        ("a = {\n b = 1\n", 1, "the { that begins here is never closed", "close it with }"),
        ("a = [1,\n", 1, "the [ that begins here is never closed", "close it with ]"),
        (
            "a = {\n b = [1\n}\n",
            3,
            "this } closes nothing; the [ of line 2 is still open",
            "give every bracket its partner",
        ),
        ("a = 1\n  }\n", 2, "this } closes nothing", "give every bracket its partner"),
        ('a = 1\nb = "x\n', 2, "the text that begins here has no closing quote on its line", QUOTE),
        ("a = 'x'\n", 1, "'x' stands in single quotes", 'texts stand in double quotes: key = "value"'),
        ("a = @\n", 1, "'@' is not expected here", VALUE),
        ("a = \n", 1, "the line ends too early", VALUE),
        ("a: 1\n", 1, "':' is not expected here", 'a key is followed by "=" and its value: key = "value"'),
        ("a = [1 2]\n", 1, "'2' is not expected here", "values in [ ] have a comma between them"),
        ("a = 1,\nb = 2\n", 1, "',' is not expected here", "every line is: key = value"),
        ("a = [1,\n@,2]\n", 2, "'@,2]' is not expected here", VALUE),
        ("a = 1\n}{\n", 2, "this } closes nothing", "give every bracket its partner"),
    ],
)
def test_broken_hcl_is_told_by_line_and_in_plain_words(text: str, line: int, what: str, remedy: str):
    fault = syntax.parse(text)[1][0]
    assert (fault.line, fault.what, fault.remedy) == (line, what, remedy)


def test_every_broken_line_is_found_and_the_others_are_read():
    document = read("a = @\nb = 1 # {\nc = 'x'\nd = [\n  2, // [\n]\n")
    assert document.data == {"b": 1, "d": (2,)}
    assert [document.lines[found.places[0]] for found in document.mistakes] == [1, 3]
    assert not document.whole


def test_nothing_is_guessed_after_a_bracket_without_a_partner():
    tree, faults = syntax.parse("a = @\nb = {\n")
    assert tree is None
    assert [fault.line for fault in faults] == [1, 2]


def test_a_fault_that_leaving_its_line_out_does_not_mend_is_reported_once():
    tree, faults = syntax.parse("a = (\n\nb = @ )\nc = )")
    assert tree is None or len(faults) == len({fault.line for fault in faults})


def test_an_unreadable_file_has_no_data():
    document = read("a = {\n")
    assert document.data == {}
    assert len(document.mistakes) == 1
