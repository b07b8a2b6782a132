"""Runs the Python example in the current directory without a language host: drive.py preview|up|destroy [flags]."""

import runpy
import sys

from pulumi import automation

stack = automation.select_stack(
    "test",
    project_name="private-orders",
    program=lambda: runpy.run_path("__main__.py"),
    opts=automation.LocalWorkspaceOptions(work_dir="."),
)
operation, *flags = sys.argv[1:]
options = {"expect_no_changes": True} if "--expect-no-changes" in flags else {}
getattr(stack, operation)(on_output=print, color="never", **options)
