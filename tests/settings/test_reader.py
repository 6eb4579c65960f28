import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.settings.reader import read


def complaints(text: str):
    document = read(text)
    return [(document.lines[found.places[0]], found.what, found.remedy) for found in document.mistakes]


def test_every_plain_value_is_read_as_it_is():
    document = read(
        'text = "a\\tb \\"c\\" \\\\ \\u00e9 \\U0001F600 \\q $${x} %%{y}"\n'
        "numbers = [1, -2, 1.5, -1.5]\n"
        "switches = [true, false, null]\n"
        'object = { word = 1, "quoted key" : 2, in = 3, true = 4 }\n'
        "empty = []\n"
    )
    assert document.mistakes == []
    assert document.data == {
        "text": 'a\tb "c" \\ é 😀 \\q ${x} %{y}',
        "numbers": (1, -2, 1.5, -1.5),
        "switches": (True, False, None),
        "object": {"word": 1, "quoted key": 2, "in": 3, "true": 4},
        "empty": (),
    }


def test_every_key_and_element_has_its_line():
    document = read('# comment\na = {\n  b = [\n    1,\n    2,\n  ]\n}\n/* more\n*/\nc = "x"\n')
    assert document.lines == {
        ("a",): 2,
        ("a", "b"): 3,
        ("a", "b", 0): 4,
        ("a", "b", 1): 5,
        ("c",): 10,
    }


def test_windows_line_ends_are_line_ends():
    document = read('a = 1\r\nb = "x"\r\n')
    assert document.data == {"a": 1, "b": "x"}
    assert document.lines[("b",)] == 2


PLAIN = "write a plain value: a text in double quotes, a number, true, false, [ ... ] or { ... }"


@pytest.mark.parametrize(
    ("value", "what", "remedy"),
    [
        ("eu-west-1", "a.b is the bare word eu-west-1", 'texts stand in quotes: "eu-west-1"'),
        ("max(1, 2)", "a.b is an expression", PLAIN),
        ("!true", "a.b is an expression", PLAIN),
        ("-true", "a.b is an expression", PLAIN),
        ('-"x"', "a.b is an expression", PLAIN),
        ("(1)", "a.b is an expression", PLAIN),
        ("var.x", "a.b is an expression", PLAIN),
        ("<<X\ny\nX", "a.b is an expression", PLAIN),
        ('"x${y}"', "a.b is a text with ${ } or %{ } in it", "write the text out; $${ gives ${"),
    ],
)
def test_what_is_not_a_plain_value_is_refused(value: str, what: str, remedy: str):
    assert complaints(f"a = {{\n  b = {value}\n}}\n") == [(2, what, remedy)]


def test_an_element_that_is_no_plain_value_makes_its_array_unreadable():
    document = read("a = [1, x, y]\n")
    assert document.unreadable == {("a",)}
    assert len(document.mistakes) == 2


def test_a_key_that_is_there_twice_keeps_the_first_value():
    assert complaints("a = 1\nb = { c = 1, c = 2 }\na = 2\na {\n}\n") == [
        (2, "b.c is there twice", "keep one; the first is in line 2"),
        (3, "a is there twice", "keep one; the first is in line 1"),
        (4, "a is there twice", "keep one; the first is in line 1"),
    ]
    assert read("a = 1\na = 2\n").data == {"a": 1}


def test_a_block_is_read_and_told_to_be_written_with_an_equals_sign():
    document = read('state {\n  bucket = "x"\n}\n')
    assert document.data == {"state": {"bucket": "x"}}
    assert complaints("state {\n}\n") == [
        (1, "state is written as a block", "write it with =: state = { ... }")
    ]


def test_a_key_that_is_computed_is_refused():
    assert complaints('a = {\n  (b) = 1\n  "${c}" = 2\n}\n') == [
        (2, "a.key in line 2 is an expression", "write the key as a word or in quotes"),
        (3, "a.key in line 3 is a text with ${ } or %{ } in it", "write the text out; $${ gives ${"),
    ]


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40)


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True), TEXTS, max_size=6))
def test_any_text_comes_back_as_it_was_written(data: dict[str, str]):
    def quoted(text: str):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + escaped.replace("${", "$${").replace("%{", "%%{") + '"'

    reserved = {"if", "in", "for", "for_each", "else", "endif", "endfor", "null", "true", "false"}
    kept = {key: text for key, text in data.items() if key not in reserved and "}" not in text}
    lines = [f"{key} = {quoted(text)}" for key, text in kept.items() if "$$" not in text and "%%" not in text]
    document = read("\n".join(lines))
    for key, text in document.data.items():
        assert text == kept[key]
    assert len(document.data) == len(lines)
