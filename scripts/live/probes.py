"""Tests AWS behavior that the example does not use, and on which AWS's documentation and recordings of AWS disagree.

Each probe creates its objects through the recorder, waits until their states are stable, and deletes them. A refusal by AWS is
a valid result.
"""

import time

import botocore.exceptions

# The time in seconds that AWS takes for the slowest operation.
PATIENCE = 15 * 60
BUSY = ("IN_PROGRESS", "CREATING", "UPDATING", "AUTHORIZING", "DEAUTHORIZING", "DELETING")
# No server has this name. One probe shows whether AWS notices that.
UNREACHABLE = "unreachable.example.com"
SECRET = "probe-hush"


class Probes:
    def __init__(self, session, recording, place, say, pause):
        client = lambda service: session.client(service, endpoint_url=recording.url(service))
        self.ec2, self.lattice, self.events = client("ec2"), client("vpc-lattice"), client("events")
        self.place, self.say, self.pause = place, say, pause
        self.undo = []

    def run(self):
        try:
            for probe in (self.two_subnets_of_a_zone, self.public_connection, self.unreachable_target):
                self.say(f"probe: {probe.__name__.replace('_', ' ')}")
                probe()
        finally:
            for remove in reversed(self.undo):
                self.asked(remove)

    def two_subnets_of_a_zone(self):
        """Shows whether AWS accepts a gateway in two subnets of a zone. AWS documents a refusal only for interface endpoints."""
        self.asked(self.lattice.create_resource_gateway, name="probe-one-zone", vpcIdentifier=self.place.vpc,
                   subnetIds=[self.place.subnets[0], self.place.add_subnet()])

    def public_connection(self):
        """Shows the states of a public connection during an update."""
        basic = lambda password: {"BasicAuthParameters": {"Username": "probe", "Password": password}}
        self.asked(self.events.create_connection, Name="probe-public", AuthorizationType="BASIC", AuthParameters=basic(f"{SECRET}-one"))
        self.asked(self.events.update_connection, Name="probe-public", AuthorizationType="BASIC", AuthParameters=basic(f"{SECRET}-two"))

    def unreachable_target(self):
        """Shows the final state of a private connection to an unreachable target, and the effect of changing its name."""
        gateway = self.asked(self.lattice.create_resource_gateway, name="probe", vpcIdentifier=self.place.vpc,
                             subnetIds=self.place.subnets[:2])
        target = lambda name: {"dnsResource": {"domainName": name, "ipAddressType": "IPV4"}}
        made = self.asked(self.lattice.create_resource_configuration, name="probe", type="SINGLE", protocol="TCP", portRanges=["443"],
                          resourceGatewayIdentifier=gateway["id"], resourceConfigurationDefinition=target(UNREACHABLE))
        through = {"ResourceParameters": {"ResourceConfigurationArn": made["arn"]}}
        key = {"ApiKeyAuthParameters": {"ApiKeyName": "x-probe", "ApiKeyValue": SECRET}}
        self.asked(self.events.create_connection, Name="probe-private", AuthorizationType="API_KEY", AuthParameters=key,
                   InvocationConnectivityParameters=through)
        self.asked(self.lattice.update_resource_configuration, resourceConfigurationIdentifier=made["id"],
                   resourceConfigurationDefinition=target("example.com"))

    def asked(self, call, **parameters):
        """Makes a call and waits until the object's state is stable. Returns the answer, or None if AWS refused the call."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = call(**parameters)
                break
            except botocore.exceptions.ClientError as error:
                code, text = error.response["Error"]["Code"], error.response["Error"]["Message"]
                # Repeat a delete, the only call without parameters: something may still block it.
                if parameters or "NotFound" in code or time.monotonic() > deadline:
                    self.say(f"{code}: {text}")
                    return None
            time.sleep(self.pause)
        self.settle(call.__name__, answer, parameters)
        return answer

    def settle(self, name, answer, parameters):
        look, remove = self.look_and_remove(name, answer, parameters)
        if look is None:
            return
        if name.startswith("create"):
            self.undo.append(remove)
        deadline = time.monotonic() + PATIENCE
        # Wait until the status is the same twice, because it may go back once.
        seen = []
        while time.monotonic() < deadline and not (len(seen) > 2 and seen[-1] == seen[-2] and not seen[-1].endswith(BUSY)):
            time.sleep(self.pause)
            try:
                shown = look()
                seen.append(shown.get("status") or shown.get("ConnectionState"))
            except botocore.exceptions.ClientError as error:
                # AWS may not show a new object yet. So an error is the final state only after a delete.
                seen.append(error.response["Error"]["Code"] if name.startswith("delete") else BUSY[0])

    def look_and_remove(self, name, answer, parameters):
        if name.endswith("connection"):
            one = {"Name": parameters["Name"]} if parameters else None
            look, remove = self.events.describe_connection, self.events.delete_connection
        elif name.endswith("resource_gateway"):
            one = {"resourceGatewayIdentifier": answer["id"]} if parameters else None
            look, remove = self.lattice.get_resource_gateway, self.lattice.delete_resource_gateway
        else:
            one = {"resourceConfigurationIdentifier": answer["id"]} if parameters else None
            look, remove = self.lattice.get_resource_configuration, self.lattice.delete_resource_configuration
        if one is None:
            return None, None
        return (lambda: look(**one)), named(remove, one)


def named(remove, one):
    """Returns the delete as a call without parameters, which `asked` repeats while something blocks it."""
    def call():
        return remove(**one)
    call.__name__ = remove.__name__
    return call
