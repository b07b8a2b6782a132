"""Makes the modules of `tests/boto3` importable."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "boto3"))
