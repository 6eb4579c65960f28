"""`python -m shared.rehearsal.report FOLDER`: writes the page and the XML again, from `report.json`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from shared.commands.outcome import tell
from shared.errors import EXIT_USER_ERROR, UserError
from shared.rehearsal.report.files import read, write


def main(arguments: list[str]) -> int:
    """Write the files, say where they are, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m shared.rehearsal.report", description=__doc__)
    parser.add_argument("folder", type=Path, help="where a rehearsal wrote report.json")
    folder = parser.parse_args(arguments).folder
    try:
        written = write(read(folder), folder)
    except UserError as error:
        tell(error)
        return EXIT_USER_ERROR
    sys.stdout.writelines(f"{path}\n" for path in written)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
