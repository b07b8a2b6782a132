"""Building or installing from sdk/ leaves files there. Neither git nor the check of sdk/ sees them as a change."""

import subprocess

from languages import ROOT, run

# What `npm install`, `tsc`, `pip install`, `python -m build`, `go build` and `dotnet build` leave.
LEFT = [
    "nodejs/node_modules/.package-lock.json", "nodejs/package-lock.json", "nodejs/bin/index.js",
    "python/build/lib/pulumi_private_step_functions/__init__.py", "python/pulumi_private_step_functions.egg-info/PKG-INFO",
    "python/dist/pulumi_private_step_functions-0.1.0.tar.gz", "python/pulumi_private_step_functions/__pycache__/a.pyc",
    "dotnet/bin/Debug/a.dll", "dotnet/obj/project.assets.json",
]  # fmt: skip


def test_git_ignores_them():
    listed = run("git", "check-ignore", "--no-index", *[f"sdk/{name}" for name in LEFT], cwd=ROOT).splitlines()
    assert listed == [f"sdk/{name}" for name in LEFT]
    generated = [path for path in run("git", "ls-files", "sdk", cwd=ROOT).splitlines()]
    ignored = subprocess.run(["git", "check-ignore", "--no-index", *generated], cwd=ROOT, capture_output=True, text=True)
    assert ignored.stdout == ""


def test_the_check_of_sdk_ignores_them(plugin, tmp_path):
    sdk, script = tmp_path / "sdk", ROOT / "scripts" / "sdk.sh"
    run(script, plugin, sdk)
    for name in LEFT:
        (sdk / name).parent.mkdir(parents=True, exist_ok=True)
        (sdk / name).touch()
    run(script, "--check", plugin, sdk)
    (sdk / "nodejs" / "other.ts").touch()
    checked = subprocess.run([script, "--check", plugin, sdk], capture_output=True, text=True)
    assert checked.returncode == 1 and "Only in" in checked.stdout and "other.ts" in checked.stdout
