"""Copies the resources of the examples into the pages of docs/tasks, so that a page shows what the tests run.

Usage: excerpts.py            writes each block that follows a comment like `<!-- resources of examples/inbound/yaml/Pulumi.yaml -->`
       excerpts.py --check    fails if that would change a page
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(?ms)(^<!-- resources of (\S+) -->\n```yaml\n).*?(?=^```$)")


def current(page):
    return BLOCK.sub(lambda block: block[1] + resources(ROOT / block[2]), page.read_text())


def resources(program):
    """Returns the lines of the program's resources, from the key on to the next one."""
    [section] = re.findall(r"(?ms)^(resources:\n.*?)\n*(?=^\S|\Z)", program.read_text())
    return section + "\n"


def main(flags):
    stale = [page for page in sorted((ROOT / "docs" / "tasks").glob("*.md")) if page.read_text() != current(page)]
    if "--check" in flags and stale:
        sys.exit(f"{', '.join(page.name for page in stale)} differ from the examples: run scripts/excerpts.py")
    for page in stale:
        page.write_text(current(page))


if __name__ == "__main__":
    main(sys.argv[1:])
