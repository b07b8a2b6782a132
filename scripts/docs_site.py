"""Builds the docs site from the pages of this repository.

Usage: docs_site.py build    writes it to build/site, and fails for a link that leads nowhere
       docs_site.py serve    builds it, and serves it on this machine at http://127.0.0.1:8000 (PORT=... for another port)

The pages stay where GitHub shows them. This script copies them to build/docs with the same relative paths, so that their links
hold. For each other file that a page links to, such as a program, it writes a page that shows the file.
"""

import functools
import http.server
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES, SITE = ROOT / "build" / "docs", ROOT / "build" / "site"
PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "examples/README.md"]
# The page for the Pulumi Registry: it has the Registry's own markup, and repeats README.md.
ELSEWHERE = ROOT / "docs" / "_index.md"
# Whoever searches for the words of a message wants this page.
FIRST_FOUND = ROOT / "docs" / "troubleshooting.md"
# What a file is called in a fence, where its suffix is not the name.
LANGUAGES = {"py": "python", "ts": "typescript", "yml": "yaml", "cs": "csharp", "rs": "rust", "tf": "hcl", "": "text"}
LINK = re.compile(r"(?<=\]\()([^)\s#]+)(#[^)\s]*)?(?=\))")
FENCE = re.compile(r"(?ms)^(`{3,}).*?^\1$")


def pages():
    written = [page for page in sorted((ROOT / "docs").rglob("*.md")) if page != ELSEWHERE]
    return [*(ROOT / name for name in PAGES), *sorted((ROOT / "examples").glob("*/README.md")), *written]


def assemble():
    shutil.rmtree(SOURCES, ignore_errors=True)
    listed = set()
    for page in pages():
        text = outside_of_code(page.read_text(), lambda text: adapted(text, page, listed))
        boost = "---\nsearch:\n  boost: 4\n---\n\n" if page == FIRST_FOUND else ""
        write(page.relative_to(ROOT), boost + text)
    for file in listed:
        write(shown(file), listing(file))
    for picture in (ROOT / "docs" / "picture").glob("*.svg"):
        write(picture.relative_to(ROOT), picture.read_text())
    write("site.css", (ROOT / "tools" / "docs" / "site.css").read_text())


def write(name, text):
    target = SOURCES / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


def outside_of_code(text, change):
    """Changes the text of a page, but not what is in its code blocks."""
    parts, end = [], 0
    for code in FENCE.finditer(text):
        parts += [change(text[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*parts, change(text[end:])])


def adapted(text, page, listed):
    # Python-Markdown leaves the inside of an HTML element as it is, unless the element asks for more.
    text = text.replace("<details>", '<details markdown="1">')
    return LINK.sub(lambda link: target(link, page, listed), text)


def target(link, page, listed):
    """Returns where a link leads on the site. Adds files that need a page to `listed`."""
    name, heading = link[1], link[2] or ""
    file = (page.parent / name).resolve()
    if "://" in name or not file.is_relative_to(ROOT):
        return link[0]
    if file == ELSEWHERE:
        file = ROOT / "README.md"
    elif file.is_dir():
        file = file / "README.md"
    elif file.is_file() and file.suffix not in (".md", ".svg"):
        listed.add(file)
        file = ROOT / shown(file)
    return os.path.relpath(file, page.parent) + heading


def shown(file):
    # MkDocs leaves out what begins with a dot.
    return pathlib.Path("source") / re.sub(r"(^|/)\.", r"\1", f"{file.relative_to(ROOT)}.md")


def listing(file):
    suffix = file.suffix.removeprefix(".")
    fence = "`````"
    return f"# {file.relative_to(ROOT)}\n\n{fence}{LANGUAGES.get(suffix, suffix)}\n{file.read_text().rstrip()}\n{fence}\n"


def build():
    assemble()
    return generate()


def generate():
    # Material tells of its authors' next tool in each build.
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    # Not `--quiet`: it also keeps `--strict` from counting the warnings.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--clean", "--config-file"]
    return subprocess.run([*command, ROOT / "tools" / "docs" / "mkdocs.yml"], env=quiet).returncode


def serve():
    # On loopback alone: the site is for the person at this machine.
    address = ("127.0.0.1", int(os.environ.get("PORT", "8000")))
    with http.server.ThreadingHTTPServer(address, functools.partial(http.server.SimpleHTTPRequestHandler, directory=SITE)) as server:
        print(f"http://{address[0]}:{server.server_port}/ (Ctrl-C ends it)")
        server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1:] not in (["build"], ["serve"]):
        sys.exit(__doc__)
    failed = build()
    if failed or sys.argv[1] == "build":
        sys.exit(failed)
    try:
        serve()
    except KeyboardInterrupt:
        pass
