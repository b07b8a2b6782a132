"""The two directions through the boundary of the VPC, and the security group of each hop."""

from shapes import arrow, box, rectangle, text

WIDTH, HEIGHT = 1060, 550
TITLE = "AWS Step Functions, private in both directions"
DESCRIPTION = """
Inbound: a caller in the VPC connects to the network interfaces of the states and sync-states endpoints, and these lead to Step
Functions. Outbound: Step Functions uses an EventBridge connection, a VPC Lattice resource configuration and the resource gateway's
network interface in the VPC, which connects to the private API. A security group guards the endpoints, another one the gateway,
and a third one, which is yours, the private API.
""".replace("\n", " ").strip()

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


def parts():
    yield rectangle(12 + VPC_WIDTH / 2, HEIGHT / 2, VPC_WIDTH, HEIGHT - 24, "vpc")
    yield from (text(*each) for each in TEXTS)
    yield from (guard(*each) for each in GUARDS)
    yield from (arrow(*each) for each in ARROWS)
    yield from (box(*each, WIDE, TALL) for each in BOXES)


def guard(x, y, name, rules):
    height = 2 * TALL + 78
    words = [text(x, y + 63, "title guard-text", "middle", [name]), text(x, y + 81, "guard-text", "middle", rules)]
    return "\n".join([rectangle(x, y - TALL - 12 + height / 2, 2 * GUARDED, height, "guard"), *words])
