"""Forwards the plugin's calls to AWS, from one address for each service, and records every call and its answer.

The plugin signs its requests for this address, so the recorder signs each one again for AWS, with the session's credentials.
"""

import http.server
import json
import threading
import time

import botocore.auth
import botocore.awsrequest
import botocore.httpsession

import services

# Headers of a single connection, and headers that the new signature or the HTTP client sets again.
NOT_PASSED_ON = {"host", "authorization", "connection", "content-length", "x-amz-date", "x-amz-security-token",
                 "x-amz-content-sha256", "accept-encoding", "transfer-encoding", "amz-sdk-invocation-id"}


class Recorder:
    def __init__(self, targets, credentials, region, masks):
        self.targets, self.credentials, self.region, self.masks = targets, credentials, region, masks
        self.calls, self.lock, self.began = [], threading.Lock(), time.monotonic()
        self.http = botocore.httpsession.URLLib3Session()
        self.servers = {}

    def __enter__(self):
        for service in services.NAMES:
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(self, service))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.servers[service] = server
        return self

    def __exit__(self, *_):
        for server in self.servers.values():
            server.shutdown()
            server.server_close()

    def url(self, service):
        return f"http://127.0.0.1:{self.servers[service].server_port}"

    def pass_on(self, service, method, target, headers, body):
        """Sends a request to AWS and records it. Returns AWS's answer."""
        at = time.monotonic() - self.began
        kept = {name: value for name, value in headers.items() if name not in NOT_PASSED_ON}
        request = botocore.awsrequest.AWSRequest(method, self.targets[service] + target, kept, body)
        botocore.auth.SigV4Auth(self.credentials.get_frozen_credentials(), service, self.region).add_auth(request)
        answer = self.http.send(request.prepare())
        name = services.operation(service, method, target, headers, body.decode())
        if name:
            said = services.answer(service, name, answer.status_code, dict(answer.headers), answer.text)
            self.keep({
                "at": round(at, 3), "took": round(time.monotonic() - self.began - at, 3), "service": service, "operation": name,
                "method": method, "target": self.masks.text(target), "body": self.masks.body(body.decode()),
                "headers": {key: kept[key] for key in ("content-type", "x-amz-target") if key in kept},
                "status": answer.status_code, "answer": self.masks.answer(service, said),
            })
        return answer

    def keep(self, call):
        with self.lock:
            self.calls.append(call)

    def written(self, about):
        with self.lock:
            calls = sorted(self.calls, key=lambda call: call["at"])
        return json.dumps({"about": about, "calls": calls}, indent=1) + "\n"


def handler(recorder, service):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = recorder.pass_on(service, self.command, self.path, headers, body)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in ("connection", "content-length", "transfer-encoding", "content-encoding", "date", "server"):
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, *_):
            pass

    return Handler
