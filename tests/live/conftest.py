import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "live"))


def pytest_addoption(parser):
    parser.addoption("--bin", type=lambda path: pathlib.Path(path).resolve(), default=ROOT / "target" / "debug")
