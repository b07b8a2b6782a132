"""The emulator's table of operations matches botocore's service models."""

import importlib.util
import pathlib


def test_shapes_are_current():
    script = pathlib.Path(__file__).parents[1] / "aws-emulator" / "shapes.py"
    spec = importlib.util.spec_from_file_location("shapes", script)
    shapes = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shapes)
    assert shapes.PATH.read_text() == shapes.render(), "run tests/aws-emulator/shapes.py"
