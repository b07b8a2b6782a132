"""A published Linux plugin is static: it needs no C library and no dynamic linker of the user's machine."""

import os
import subprocess
import sys

import pytest

from conftest import PLATFORM
from languages import ROOT, run

STATIC = ROOT / "scripts" / "static.py"
MAIN = "package main\n\nfunc main() {}\n"

pytestmark = pytest.mark.skipif(not PLATFORM.startswith("linux-"), reason="other systems have no static programs")


@pytest.fixture
def built(tmp_path):
    """Returns a function that builds an empty program: static, or with a dynamic linker."""
    (tmp_path / "main.go").write_text(MAIN)

    def build(*flags):
        run("go", "build", *flags, "-o", "main", "main.go", cwd=tmp_path, env=os.environ | {"CGO_ENABLED": "0", "GOFLAGS": ""})
        return tmp_path / "main"

    return build


def checked(*command):
    finished = subprocess.run([sys.executable, *map(str, command)], capture_output=True, text=True)
    return finished.returncode, finished.stderr.strip()


def test_a_static_program_is_accepted(built):
    assert checked(STATIC, built()) == (0, "")


def test_a_dynamic_linker_is_refused(built):
    """This program needs a dynamic linker, and no library."""
    program = built("-buildmode=pie")
    code, said = checked(STATIC, program)
    assert code == 1 and said.startswith(f"{program} is not static: it needs /lib") and "shared" not in said


def test_libraries_are_refused(plugin):
    """A development build needs the C library of its machine, so it is never packed for users."""
    code, said = checked(STATIC, plugin)
    assert code == 1 and said.endswith(" shared libraries")


def test_a_dynamic_plugin_is_not_packed(plugin, tmp_path):
    out = tmp_path / "packages"
    code, said = checked(ROOT / "scripts" / "package.py", "--out", out, "--platform", f"{PLATFORM}={plugin}")
    assert code == 1 and "is not static" in said
    assert not out.exists()


def test_other_files_are_refused():
    code, said = checked(STATIC, STATIC)
    assert code == 1 and said.endswith("not a 64-bit ELF program")
