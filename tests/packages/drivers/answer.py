"""Answers the call of a function with the plugin itself: answer.py PLUGIN TOKEN ARGUMENTS. Prints the answer as JSON."""

import json
import subprocess
import sys

import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

plugin, token, arguments = sys.argv[1:]
# The functions of the tutorial ask AWS nothing.
settings = {"region": "eu-west-1", "accessKey": "AKIATESTTESTTESTTEST", "secretKey": "none"}


def struct(members):
    return json_format.ParseDict(members, struct_pb2.Struct())


with subprocess.Popen([plugin], stdout=subprocess.PIPE, text=True) as running:
    try:
        with grpc.insecure_channel(f"127.0.0.1:{running.stdout.readline().strip()}") as channel:
            provider = provider_pb2_grpc.ResourceProviderStub(channel)
            provider.Configure(provider_pb2.ConfigureRequest(args=struct(settings), acceptSecrets=True, acceptResources=True))
            answer = provider.Invoke(provider_pb2.InvokeRequest(tok=token, args=struct(json.loads(arguments))))
    finally:
        running.kill()
print(json_format.MessageToJson(getattr(answer, "return")))
