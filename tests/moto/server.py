"""Runs moto's server with one more filter, which the plugin needs to read an endpoint: AWS documents `vpc-endpoint-id` for
DescribeVpcEndpoints, and moto answers it with an internal error.

    server.py --host 127.0.0.1 --port 0      prints its URL on stderr
"""

import sys

from moto.ec2.models.vpcs import VPCEndPoint
from moto.server import main

known = VPCEndPoint.get_filter_value


def with_ids(endpoint, name, method=None):
    return endpoint.id if name == "vpc-endpoint-id" else known(endpoint, name, method)


VPCEndPoint.get_filter_value = with_ids

if __name__ == "__main__":
    main(sys.argv[1:])
