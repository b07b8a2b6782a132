"""Draws docs/picture/directions.svg: both directions through the boundary of the VPC, and the security group of each hop.

Usage: draw.py            writes the picture
       draw.py --check    fails if that would change it

The picture has a background of its own and follows `prefers-color-scheme`, so it is readable on every page.
"""

import pathlib
import sys
from xml.sax.saxutils import escape

PICTURE = pathlib.Path(__file__).with_name("directions.svg")
WIDTH, HEIGHT = 1060, 550
TITLE = "AWS Step Functions, private in both directions"
DESCRIPTION = """
Inbound: a caller in the VPC connects to the network interfaces of the states and sync-states endpoints, and these lead to Step
Functions. Outbound: Step Functions uses an EventBridge connection, a VPC Lattice resource configuration and the resource gateway's
network interface in the VPC, which connects to the private API. A security group guards the endpoints, another one the gateway,
and a third one, which is yours, the private API.
""".replace("\n", " ").strip()

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

# Column and row of the middles of the boxes.
CALLER, INTERFACE, LATTICE, SERVICE = 142, 418, 712, 946
IN, OUT = 150, 400
# Half of a box's height and width, and of the width of what a security group surrounds.
TALL, WIDE, GUARDED = 42, 100, 114
# Boxes: middle, title, further lines.
BOXES = [
    (CALLER, IN, "Caller", ["Lambda, ECS, EC2, ...", "without internet access"]),
    (INTERFACE, IN, "Network interfaces", ["of the interface endpoints", "states, sync-states"]),
    (SERVICE, IN, "Step Functions", ["state machines"]),
    (SERVICE, OUT, "Connection", ["EventBridge", "holds the credentials"]),
    (LATTICE, OUT, "Resource configuration", ["VPC Lattice", "names the target"]),
    (INTERFACE, OUT, "Network interface", ["of the resource gateway", "VPC Lattice"]),
    (CALLER, OUT, "Private API", ["execute-api endpoint,", "load balancer, host"]),
]
# Security groups around a box: its middle, name, rules.
GUARDS = [
    (INTERFACE, IN, "Security group: endpoints", ["in: TCP 443 from the VPC", "out: no rule"]),
    (INTERFACE, OUT, "Security group: gateway", ["out: TCP 443 to the targets", "in: no rule by default"]),
    (CALLER, OUT, "Security group: yours", ["in: TCP 443 from the", "gateway's security group"]),
]
# Arrows: direction, start, end.
ARROWS = [
    ("inbound", (CALLER + WIDE, IN), (INTERFACE - WIDE, IN)),
    ("inbound", (INTERFACE + WIDE, IN), (SERVICE - WIDE, IN)),
    ("outbound", (SERVICE, IN + TALL), (SERVICE, OUT - TALL)),
    ("outbound", (SERVICE - WIDE, OUT), (LATTICE + WIDE, OUT)),
    ("outbound", (LATTICE - WIDE, OUT), (INTERFACE + WIDE, OUT)),
    ("outbound", (INTERFACE - WIDE, OUT), (CALLER + WIDE, OUT)),
]
# Texts: place, kind, anchor, lines.
VPC_WIDTH = 540
TEXTS = [
    (30, 40, "heading", "start", ["Your VPC"]),
    (WIDTH - 20, 40, "heading", "end", ["AWS services"]),
    (30, 74, "direction inbound-text", "start", ["Inbound: programs in the VPC start and watch executions"]),
    (30, 324, "direction outbound-text", "start", ["Outbound: state machines call private HTTPS APIs"]),
    # What is checked besides security groups.
    (702, IN - 10, "note", "middle", ["AWS PrivateLink"]),
    (702, IN + 24, "note", "middle", ["The endpoint policy limits", "what callers may do."]),
    (SERVICE - 16, IN + 112, "note", "end", ["The role of the state machine needs", "the policy executionRolePolicy."]),
]


def picture():
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'role="img" aria-labelledby="title description">',
        f'<title id="title">{escape(TITLE)}</title>',
        f'<desc id="description">{escape(DESCRIPTION)}</desc>',
        style(),
        markers(),
        rectangle(WIDTH / 2, HEIGHT / 2, WIDTH, HEIGHT, "page", radius=10),
        rectangle(12 + VPC_WIDTH / 2, HEIGHT / 2, VPC_WIDTH, HEIGHT - 24, "vpc"),
    ]
    parts += [text(*each) for each in TEXTS]
    parts += [guard(*each) for each in GUARDS]
    parts += [arrow(*each) for each in ARROWS]
    parts += [box(*each) for each in BOXES]
    return "\n".join([*parts, "</svg>"]) + "\n"


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


def box(x, y, title, lines):
    top = y + 5 - 9 * len(lines)
    words = [text(x, top, "title", "middle", [title]), text(x, top + 19, "note", "middle", lines)]
    return "\n".join([rectangle(x, y, 2 * WIDE, 2 * TALL, "box"), *words])


def guard(x, y, name, rules):
    height = 2 * TALL + 78
    words = [text(x, y + 63, "title guard-text", "middle", [name]), text(x, y + 81, "guard-text", "middle", rules)]
    return "\n".join([rectangle(x, y - TALL - 12 + height / 2, 2 * GUARDED, height, "guard"), *words])


def arrow(direction, start, end):
    path = "L".join(f"{x:g} {y:g}" for x, y in (start, end))
    return f'<path class="{direction}" d="M{path}" marker-end="url(#{direction})"/>'


def main(flags):
    stale = not PICTURE.exists() or PICTURE.read_text() != picture()
    if "--check" in flags and stale:
        sys.exit(f"{PICTURE.name} differs from what draw.py draws: run `make picture`")
    if stale:
        PICTURE.write_text(picture())


if __name__ == "__main__":
    main(sys.argv[1:])
