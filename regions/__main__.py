"""All apps of an environment's system in one process: `python -m regions --env NAME --out FOLDER`."""

from regions.app import main
from regions.systems import builds

main(builds)
