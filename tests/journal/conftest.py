"""The models are read as the tests of the emulator read them."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "boto3"))
