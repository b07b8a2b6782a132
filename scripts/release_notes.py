"""Prints the section of CHANGELOG.md about one version, for the release's page. Fails if there is none, or an empty one.

Usage: release_notes.py VERSION [--links URL]     URL of the repository's files at this version; links to files begin with it
"""

import argparse
import pathlib
import re
import sys

CHANGELOG = pathlib.Path(__file__).resolve().parent.parent / "CHANGELOG.md"


def section(changelog, version):
    """Returns the text below the heading `## VERSION`, or `## VERSION (DATE)`, up to the next heading of that level."""
    heading = rf"^## {re.escape(version)}(?: \([^)\n]*\))?\n"
    found = re.search(rf"{heading}(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


def with_links(notes, url):
    """Makes links to files of the repository absolute, because the release's page is not in the repository."""
    return re.sub(r"\]\((?![a-z]+:)(?!#)([^)]+)\)", lambda link: f"]({url.rstrip('/')}/{link[1]})", notes)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("version")
    arguments.add_argument("--links", metavar="URL")
    options = arguments.parse_args()
    notes = section(CHANGELOG.read_text(), options.version)
    if not notes:
        sys.exit(f"CHANGELOG.md says nothing about {options.version}: add a section `## {options.version}`")
    print(with_links(notes, options.links) if options.links else notes)


if __name__ == "__main__":
    main()
