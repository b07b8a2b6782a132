"""Copies parts of the SDKs' READMEs into the pages of the Pulumi Registry: how to install, and the example in each language.
Copies the files of examples/tutorial into docs/tutorial.md.

Usage: pages.py            updates docs/_index.md, docs/installation-configuration.md and docs/tutorial.md
       pages.py --check    fails if that would change them
"""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SDK = ROOT / "sdk"
INDEX, INSTALLATION, TUTORIAL = (ROOT / "docs" / name for name in ("_index.md", "installation-configuration.md", "tutorial.md"))
# A file of examples/tutorial, or one of its parts, and the code block that shows it.
SHOWN = re.compile(r"(<!-- (\S+)(?: part (\d))? -->\n+```\w+\n)(.*?)(\n```$)", re.MULTILINE | re.DOTALL)
# The example's code block, the SDK's directory, what the page calls the language, and where people look the package up.
SDKS = [
    ("typescript", "nodejs", "Node.js (JavaScript, TypeScript)", "https://www.npmjs.com/package/"),
    ("python", "python", "Python", "https://pypi.org/project/"),
    ("go", "go", "Go", "https://pkg.go.dev/"),
    ("csharp", "dotnet", ".NET (C#)", "https://www.nuget.org/packages/"),
]


def current(page):
    text = page.read_text()
    if page == TUTORIAL:
        return SHOWN.sub(lambda match: match[1] + part(match[2], match[3]) + match[5], text)
    if page == INSTALLATION:
        text = replace(r"(?s)(?<=^The SDKs are ordinary packages\.\n\n).*?(?=\n\nYAML needs)", installation(), text)
    for fence, directory, _, _ in SDKS:
        readme = (SDK / directory / "README.md").read_text()
        for pattern in (rf"(?s)^```{fence}\n.*?^```$", r"^pulumi plugin install resource .*$"):
            text = replace(pattern, re.search(pattern, readme, re.MULTILINE)[0], text)
    return text


def part(name, number):
    """Returns a file of examples/tutorial, or one of its parts, each of which begins with a comment with its number."""
    text = (ROOT / "examples" / "tutorial" / name).read_text()
    parts = re.split(r"^(?=(?://|#) \d\. )", text, flags=re.MULTILINE) if number else [text]
    return parts[int(number or 0)].strip("\n")


def replace(pattern, new, text):
    return re.sub(pattern, lambda _: new, text, flags=re.MULTILINE)


def installation():
    """Says for each language how to add the SDK: the first commands of its README, and a link if it is published."""
    published = json.loads((ROOT / "publisher.json").read_text())["repository"]
    parts = []
    for _, directory, language, registry in SDKS:
        name = package(directory)
        link = f", [`{name}`]({registry}{name})" if published else ""
        commands = re.search(r"(?s)```sh\n.*?\n```", (SDK / directory / "README.md").read_text())[0]
        parts += [f"{language}{link}:", commands]
    return "\n\n".join(parts)


def package(directory):
    """Returns the name that the SDK has in its registry."""
    sdk = SDK / directory
    match directory:
        case "nodejs":
            return json.loads((sdk / "package.json").read_text())["name"]
        case "python":
            return re.search(r'^  name = "(.*)"$', (sdk / "pyproject.toml").read_text(), re.MULTILINE)[1]
        case "go":
            return (sdk / "go.mod").read_text().split(maxsplit=2)[1]
        case "dotnet":
            [project] = sdk.glob("*.csproj")
            return project.stem


def main(flags):
    stale = [page for page in (INDEX, INSTALLATION, TUTORIAL) if page.read_text() != current(page)]
    if "--check" in flags and stale:
        sys.exit(f"{', '.join(page.name for page in stale)} differ from the SDKs and examples/tutorial: run `make sdk`")
    for page in stale:
        page.write_text(current(page))


if __name__ == "__main__":
    main(sys.argv[1:])
