"""Rows are compared by their keys, while both databases are written to."""

import pytest

from shared.rehearsal.replication import tables, validation
from tests.rehearsal.replication.scene import FILL, Scene


@pytest.fixture
def copied(both):
    """Two databases with the same rows, and nothing between them."""
    found = Scene(both)
    with found.target.connect() as connection:
        connection.execute(FILL.split(";")[0])
    return found


def compared(found, drained=lambda: True):
    with found.source.connect() as ours, found.target.connect() as theirs:
        table = tables.of(ours)["public", "things"]
        return validation.compare(ours, theirs, table, drained)


def test_the_same_rows_are_valid(copied):
    assert compared(copied) == validation.Verdict(state="Validated")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE things SET said = 'other' WHERE id = 17",
        "DELETE FROM things WHERE id = 17",
        "UPDATE things SET amount = NULL WHERE id = 17",
    ],
)
def test_a_row_that_differs_is_found_by_its_key(copied, statement):
    with copied.target.connect() as connection:
        connection.execute(statement)
    found = compared(copied)
    assert (found.state, found.failed, found.details) == ("Mismatched records", 1, "keys: (17)")


def test_what_has_not_arrived_yet_is_pending(copied):
    copied.write("INSERT INTO things VALUES (1000, 'new', 1)")
    found = compared(copied, drained=lambda: False)
    assert (found.state, found.pending, found.failed) == ("Pending records", 1, 0)


def test_what_arrives_in_time_is_valid(copied):
    copied.write("INSERT INTO things VALUES (1000, 'new', 1)")
    looks = []

    def drained():
        looks.append(1)
        if len(looks) == 3:
            with copied.target.connect() as connection:
                connection.execute("INSERT INTO things VALUES (1000, 'new', 1)")
        return True

    assert compared(copied, drained).state == "Validated"


def test_what_is_written_between_two_looks_is_no_difference(copied):
    copied.write("UPDATE things SET said = 'now' WHERE id = 3")

    def drained():
        for end in (copied.source, copied.target):
            with end.connect() as connection:
                connection.execute("UPDATE things SET said = said || '.' WHERE id = 3")
                connection.execute("UPDATE things SET said = 'same' WHERE id = 3")
        return True

    assert compared(copied, drained).state == "Validated"
