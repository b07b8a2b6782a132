"""Colors and shapes that the pictures have in common."""

from xml.sax.saxutils import escape

# Of each color: what it is for, in light and in dark mode.
COLORS = {
    "page": ("#ffffff", "#0d1117"),
    "vpc": ("#f3f6fa", "#161d27"),
    "box": ("#ffffff", "#21262d"),
    "line": ("#6b7684", "#8b95a3"),
    "text": ("#1c2128", "#e9eef4"),
    "note": ("#4a5560", "#b4bfcb"),
    "inbound": ("#0b62c4", "#6cb2ff"),
    "outbound": ("#b14a00", "#ffab5e"),
    "guard": ("#1a7f4b", "#56d695"),
}

# What has which color.
PAINT = [
    ("text", "fill", "text"),
    (".note", "fill", "note"),
    (".inbound-text, #inbound path", "fill", "inbound"),
    (".outbound-text, #outbound path", "fill", "outbound"),
    (".guard-text", "fill", "guard"),
    (".page", "fill", "page"),
    (".vpc", "fill", "vpc"),
    (".box", "fill", "box"),
    (".vpc, .box", "stroke", "line"),
    (".guard", "stroke", "guard"),
    (".inbound", "stroke", "inbound"),
    (".outbound", "stroke", "outbound"),
]
FONTS = [
    "text { font-family: 'Segoe UI', Helvetica, Arial, sans-serif; font-size: 13px }",
    ".heading { font-size: 16px; font-weight: 600 }",
    ".title, .direction { font-size: 14px; font-weight: 600 }",
    ".guard { fill: none; stroke-width: 1.5; stroke-dasharray: 5 4 }",
    ".inbound, .outbound { fill: none; stroke-width: 2.5 }",
]


def style():
    light, dark = ("\n".join(colors(mode)) for mode in (0, 1))
    return "\n".join(["<style>", *FONTS, light, f"@media (prefers-color-scheme: dark) {{\n{dark}\n}}", "</style>"])


def colors(mode):
    """Yields the rules of a mode. They have values, not variables, which many programs other than browsers do not know."""
    for selector, property, color in PAINT:
        yield f"{selector} {{ {property}: {COLORS[color][mode]} }}"


def markers():
    """Returns the heads of the arrows."""
    shape = 'viewBox="0 0 10 10" refX="9" refY="5" markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto"'
    heads = (f'<marker id="{name}" {shape}><path d="M0 0L10 5L0 10z"/></marker>' for name in ("inbound", "outbound"))
    return f"<defs>{''.join(heads)}</defs>"


def rectangle(x, y, width, height, kind, radius=8):
    """Draws a rectangle around its middle."""
    corner = f'x="{x - width / 2:g}" y="{y - height / 2:g}"'
    return f'<rect class="{kind}" {corner} width="{width:g}" height="{height:g}" rx="{radius}"/>'


def text(x, y, kind, anchor, lines):
    start = f'<text class="{kind}" text-anchor="{anchor}" x="{x:g}"'
    return "\n".join(f'{start} y="{y + 17 * row:g}">{escape(line)}</text>' for row, line in enumerate(lines))


def box(x, y, title, lines, wide, tall):
    """Draws a box around its middle, with half its width and height."""
    top = y + 5 - 9 * len(lines)
    words = [text(x, top, "title", "middle", [title]), text(x, top + 19, "note", "middle", lines)]
    return "\n".join([rectangle(x, y, 2 * wide, 2 * tall, "box"), *words])


def arrow(direction, start, end):
    path = "L".join(f"{x:g} {y:g}" for x, y in (start, end))
    return f'<path class="{direction}" d="M{path}" marker-end="url(#{direction})"/>'
