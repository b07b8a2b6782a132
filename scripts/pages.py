"""Copies parts of the SDKs' READMEs into the pages of the Pulumi Registry: how to install, and the example in each language.

Usage: pages.py            updates docs/_index.md and docs/installation-configuration.md from the SDKs
       pages.py --check    fails if that would change them
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGES = [ROOT / "docs" / name for name in ("_index.md", "installation-configuration.md")]
# The example's code block, the SDK's directory, and the start of the command that installs the SDK.
SDKS = [
    ("typescript", "nodejs", "npm install "),
    ("python", "python", "pip install "),
    ("go", "go", "go get "),
    ("csharp", "dotnet", None),
]
PLUGIN = "pulumi plugin install resource "


def current(page):
    text = page.read_text()
    for fence, directory, install in SDKS:
        readme = (ROOT / "sdk" / directory / "README.md").read_text()
        text = replace(rf"(?s)^```{fence}\n.*?^```$", readme, text)
        for start in filter(None, [install, PLUGIN]):
            text = replace(rf"^{re.escape(start)}.*$", readme, text)
    return text


def replace(pattern, source, text):
    found = re.search(pattern, source, re.MULTILINE)[0]
    return re.sub(pattern, lambda _: found, text, flags=re.MULTILINE)


def main(flags):
    stale = [page for page in PAGES if page.read_text() != current(page)]
    if "--check" in flags and stale:
        sys.exit(f"{', '.join(page.name for page in stale)} differ from the SDKs: run `make sdk`")
    for page in stale:
        page.write_text(current(page))


if __name__ == "__main__":
    main(sys.argv[1:])
