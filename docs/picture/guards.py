"""Who guards which hop, in both directions: security groups, policies, and the secret of the connection."""

from shapes import arrow, box, rectangle, text

WIDTH, HEIGHT = 1060, 670
TITLE = "Who guards which hop"
DESCRIPTION = """
Inbound: a security group decides who connects to the interface endpoint. The endpoint policy and the caller's own IAM policy decide what
the caller may do in Step Functions. Outbound: the policy of the state machine's role decides which URLs it may call, with which
connection. The connection's secret has the credentials. The resource configuration decides which target and ports the connection
reaches. Two security groups, of the gateway and of the target, decide whether the connection is let out and in. For a private API, the
policy of the execute-api endpoint and the resource policy of the API decide about the call, and the API checks the credentials.
""".replace("\n", " ").strip()

# Half of a box's width and height, and of a guard's width.
WIDE, TALL = 88, 38
IN, OUT = 128, 384
# Middles of the boxes of each direction, and of the guards between and below them.
CALLER, ENDPOINT, SERVICE = 150, 530, 910
MACHINE, CONNECTION, GATEWAY, TARGET, API = 110, 318, 530, 742, 950
BOXES = [
    (CALLER, IN, "Caller", ["in your VPC"]),
    (ENDPOINT, IN, "Interface endpoint", ["states, sync-states"]),
    (SERVICE, IN, "Step Functions", ["state machines"]),
    (MACHINE, OUT, "State machine", ["its role calls"]),
    (CONNECTION, OUT, "Connection", ["EventBridge"]),
    (GATEWAY, OUT, "Resource gateway", ["in your VPC"]),
    (TARGET, OUT, "Way to the API", ["execute-api endpoint", "or load balancer"]),
    (API, OUT, "Private API", ["API Gateway or yours"]),
]
# Arrows of each direction, from box to box.
ARROWS = [
    ("inbound", IN, [CALLER, ENDPOINT, SERVICE]),
    ("outbound", OUT, [MACHINE, CONNECTION, GATEWAY, TARGET, API]),
]
# Guards: where a line leads up to the hop, the middle, the top, the name, what each decides.
FIRST, SECOND = 66, 176
GUARDS = [
    ((CALLER + ENDPOINT) / 2, (CALLER + ENDPOINT) / 2, IN + FIRST, "Security group", ["of the endpoints:", "who connects, on TCP 443"]),
    (660, 612, IN + FIRST, "Endpoint policy", ["what may be done", "through the endpoint"]),
    (780, 828, IN + FIRST, "IAM policy", ["of the caller:", "what the caller may do"]),
    (214, 208, OUT + FIRST, "Role policy", ["executionRolePolicy: URLs", "and the connection"]),
    (CONNECTION, CONNECTION, OUT + SECOND, "Secret of the connection", ["API key, password or OAuth;", "the role must read it"]),
    (424, 428, OUT + FIRST, "Resource configuration", ["one target and its ports,", "shared with AWS RAM"]),
    (636, 640, OUT + FIRST, "Two security groups", ["gateway: TCP 443 out", "target: TCP 443 in"]),
    (846, 852, OUT + FIRST, "Endpoint policy", ["of execute-api:", "which APIs are called"]),
    (972, 940, OUT + SECOND, "Resource policy of the API", ["which VPC or endpoint calls;", "the API also checks the key"]),
]


def parts():
    yield text(30, 44, "heading", "start", [TITLE])
    yield text(30, 74, "direction inbound-text", "start", ["Inbound: programs in the VPC start and watch executions"])
    yield text(30, 330, "direction outbound-text", "start", ["Outbound: state machines call private HTTPS APIs"])
    for direction, row, middles in ARROWS:
        for start, end in zip(middles, middles[1:]):
            yield arrow(direction, (start + WIDE, row), (end - WIDE, row))
    yield from (box(*each, WIDE, TALL) for each in BOXES)
    yield from (guard(*each) for each in GUARDS)


def guard(hop, x, top, name, decides):
    row = IN if top < OUT else OUT
    # The second row is about boxes, and its names are longer.
    below = top - row == SECOND
    width, height = (220 if below else 204), 24 + 17 * (len(decides) + 1)
    start = row + (TALL if below else 4)
    words = [text(x, top + 24, "title guard-text", "middle", [name]), text(x, top + 43, "guard-text", "middle", decides)]
    line = f'<path class="guard" d="M{hop:g} {start:g}V{top:g}"/>'
    return "\n".join([line, rectangle(x, top + height / 2, width, height, "guard"), *words])
