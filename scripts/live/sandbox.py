"""Creates a VPC in an AWS account, and deletes it at the end, also after a failure."""

import time

import botocore.exceptions

BLOCK = "10.251.0.0/16"
TAG = {"Key": "Name", "Value": "private-step-functions-live"}
# In seconds. AWS deletes network interfaces minutes after the object that created them.
PATIENCE = 20 * 60


class Sandbox:
    def __init__(self, ec2, say, pause):
        self.ec2, self.say, self.pause = ec2, say, pause
        self.vpc, self.subnets = None, []

    def __enter__(self):
        try:
            self.make()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_):
        self.remove()

    def make(self):
        zones = self.ec2.describe_availability_zones(Filters=[{"Name": "opt-in-status", "Values": ["opt-in-not-required"]}])
        names = sorted(zone["ZoneName"] for zone in zones["AvailabilityZones"])[:2]
        tags = [{"ResourceType": "vpc", "Tags": [TAG]}]
        self.vpc = self.ec2.create_vpc(CidrBlock=BLOCK, TagSpecifications=tags)["Vpc"]["VpcId"]
        self.say(f"made VPC {self.vpc}")
        self.again(lambda: self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsSupport={"Value": True}), missing_is_done=False)
        self.again(lambda: self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True}), missing_is_done=False)
        self.zones = names
        for zone in names:
            self.add_subnet(zone)

    def add_subnet(self, zone=None):
        """Creates a subnet, in the first zone by default. Returns its id."""
        zone = zone or self.zones[0]
        tags = [{"ResourceType": "subnet", "Tags": [TAG]}]
        block = f"10.251.{len(self.subnets)}.0/24"
        made = self.ec2.create_subnet(VpcId=self.vpc, AvailabilityZone=zone, CidrBlock=block, TagSpecifications=tags)
        self.subnets.append(made["Subnet"]["SubnetId"])
        self.say(f"made subnet {self.subnets[-1]} in {zone}")
        return self.subnets[-1]

    def remove(self):
        """Deletes the subnets and the VPC, waiting until AWS has released them."""
        for subnet in list(self.subnets):
            self.again(lambda: self.ec2.delete_subnet(SubnetId=subnet))
            self.subnets.remove(subnet)
            self.say(f"deleted subnet {subnet}")
        if self.vpc:
            self.again(lambda: self.ec2.delete_vpc(VpcId=self.vpc))
            self.say(f"deleted VPC {self.vpc}")
            self.vpc = None

    def again(self, call, missing_is_done=True):
        """Repeats a call that AWS refuses because something still blocks it, or because AWS does not know an object yet."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return call()
            except botocore.exceptions.ClientError as error:
                code = error.response["Error"]["Code"]
                if code.endswith("NotFound") and missing_is_done:
                    return None
                if not (code == "DependencyViolation" or code.endswith("NotFound")) or time.monotonic() > deadline:
                    raise
            time.sleep(self.pause)
