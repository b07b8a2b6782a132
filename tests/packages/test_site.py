"""The docs site builds strictly: each link leads somewhere, and each page is in the navigation."""

import importlib
import re
import subprocess
import sys

from languages import ROOT

SCRIPT = ROOT / "scripts" / "docs_site.py"
PAGES = sorted((ROOT / "docs").rglob("*.md"))


def test_it_builds():
    built = subprocess.run([sys.executable, SCRIPT, "build"], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    site = ROOT / "build" / "site"
    for page in PAGES:
        if page.name != "_index.md":
            assert (site / page.relative_to(ROOT).with_suffix(".html")).is_file()
    # The search has the pages, and a page loads nothing from elsewhere.
    assert "executionRolePolicy" in (site / "search" / "search_index.json").read_text()
    assert re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(?:https?:)?//[^"]+"', (site / "index.html").read_text()) == []


def test_a_broken_link_fails(capfd, monkeypatch):
    """A link to no page and one to no heading are refused, so the strict build is one."""
    monkeypatch.syspath_prepend(SCRIPT.parent)
    docs_site = importlib.import_module("docs_site")
    docs_site.assemble()
    with (docs_site.SOURCES / "docs" / "cost.md").open("a") as page:
        page.write("\n[nothing](nothing.md) [no heading](limits.md#no-such-heading)\n")
    assert docs_site.generate() != 0
    said = capfd.readouterr().err
    assert "nothing.md" in said and "no-such-heading" in said


def test_every_trap_that_is_named_exists():
    """docs/handled.md names rows of docs/aws-behavior.md."""
    rows = set(re.findall(r"(?m)^\| `([\w-]+)` \|", (ROOT / "docs" / "aws-behavior.md").read_text()))
    lines = re.findall(r"\(((?:`[\w-]+`(?:,\s+)?)+)\)", (ROOT / "docs" / "handled.md").read_text())
    named = {name for line in lines for name in re.findall(r"`([\w-]+)`", line)}
    assert len(named) > 30
    assert named - rows == set()
