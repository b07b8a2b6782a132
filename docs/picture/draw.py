"""Draws the pictures of the documentation, each from the module of its name: directions.py, guards.py.

Usage: draw.py            writes the pictures
       draw.py --check    fails if that would change one

A picture has a background of its own and follows `prefers-color-scheme`, so it is readable on every page.
"""

import pathlib
import sys
from xml.sax.saxutils import escape

import directions
import guards
from shapes import markers, rectangle, style

PICTURES = {pathlib.Path(source.__file__).with_suffix(".svg"): source for source in (directions, guards)}


def drawn(source):
    width, height = source.WIDTH, source.HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="title description">',
        f'<title id="title">{escape(source.TITLE)}</title>',
        f'<desc id="description">{escape(source.DESCRIPTION)}</desc>',
        style(),
        markers(),
        rectangle(width / 2, height / 2, width, height, "page", radius=10),
        *source.parts(),
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"


def main(flags):
    stale = [file for file, source in PICTURES.items() if not file.exists() or file.read_text() != drawn(source)]
    if "--check" in flags and stale:
        sys.exit(f"{', '.join(file.name for file in stale)} differ from what draw.py draws: run `make picture`")
    for file in stale:
        file.write_text(drawn(PICTURES[file]))


if __name__ == "__main__":
    main(sys.argv[1:])
