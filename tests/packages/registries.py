"""Servers on loopback in place of the registries and the code hosts of a company. Each one demands the credentials it is given."""

import base64
import contextlib
import http.server
import json
import ssl
import subprocess
import threading


@contextlib.contextmanager
def served(handler, certificate=None):
    """Serves over HTTP, or over HTTPS with a certificate. Yields host and port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def certificate(directory):
    """Creates a certificate for loopback. Returns the file with it and its key."""
    file = directory / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=loopback"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", file, "-out", directory / "public.pem"]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(file.read_text() + (directory / "public.pem").read_text())
    return file


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with what `answer` returns: bytes, a value to send as JSON, a URL to go to, or None for 404."""

    # Without it, curl waits a second before it sends a file.
    protocol_version = "HTTP/1.1"
    # What the client must send as `Authorization`.
    expected = None

    def do_GET(self):
        self.reply(self.answer(self.path, None))

    def do_PUT(self):
        self.reply(self.answer(self.path, self.rfile.read(int(self.headers["Content-Length"]))))

    do_POST = do_PUT

    def reply(self, answer):
        # Code hosts hide a private project from everyone else.
        if self.expected and self.headers["Authorization"] != self.expected or answer is None:
            self.send_error(404)
        elif isinstance(answer, str):
            self.send_response(302)
            self.send_header("Location", answer)
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/octet-stream" if isinstance(answer, bytes) else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_):
        pass


def github(organization, tag, tarball, token):
    """Returns a handler for the release of a private repository on GitHub."""

    class GitHub(Handler):
        expected = f"token {token}"

        def answer(self, path, _):
            release = f"/repos/{organization}/pulumi-private-step-functions/releases/tags/{tag}"
            asset = {"name": tarball.name, "url": f"https://{self.headers['Host']}/assets/1"}
            return {release: {"assets": [asset]}, "/assets/1": tarball.read_bytes()}.get(path)

    return GitHub


def gitlab(project, tag, tarball, token):
    """Returns a handler for the release of a private project on GitLab. Its files are in the generic package registry."""
    api = f"/api/v4/projects/{project}"
    package = f"{api}/packages/generic/private-step-functions/{tag}/{tarball.name}"

    class GitLab(Handler):
        expected = f"Bearer {token}"

        def answer(self, path, _):
            return {f"{api}/releases/{tag}/downloads/{tarball.name}": package, package: tarball.read_bytes()}.get(path)

    return GitLab


def files(directory, user, password):
    """Returns a handler for a file server that demands a user and a password."""

    class Files(Handler):
        expected = f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"

        def answer(self, path, _):
            file = directory / path.lstrip("/")
            return file.read_bytes() if file.is_file() else None

    return Files


def npm(published, token, upstream):
    """Returns a handler for a registry of npm that keeps packages in `published`, and sends clients elsewhere for all others."""

    class Npm(Handler):
        def answer(self, path, content):
            if content:
                assert self.headers["Authorization"] == f"Bearer {token}"
                document = json.loads(content)
                known = published.setdefault(document["name"], {"name": document["name"], "versions": {}, "dist-tags": {}})
                known["versions"] |= document["versions"]
                known["dist-tags"] |= document["dist-tags"]
                for name, attachment in document["_attachments"].items():
                    published[name] = base64.b64decode(attachment["data"])
                return {}
            name = path.lstrip("/").replace("%2f", "/")
            return published.get(name.split("/-/")[-1], upstream.rstrip("/") + path)

    return Npm


def pulumi_cloud(uploads, token):
    """Returns a handler for the calls of Pulumi Cloud that `pulumi package publish` makes."""

    class PulumiCloud(Handler):
        def answer(self, path, content):
            if path.startswith("/uploads/"):
                # The real ones are URLs with a signature.
                uploads[path.removeprefix("/uploads/")] = content
                return {}
            assert self.headers["Authorization"] == f"token {token}"
            uploads.setdefault("calls", []).append(f"{self.command} {path}")
            if path == "/api/user":
                return {"githubLogin": "somebody", "name": "Somebody", "email": "", "organizations": []}
            if path.endswith("/registry/packages/private/acme/private-step-functions/versions"):
                base = f"http://{self.headers['Host']}/uploads"
                kinds = ("schema", "index", "installationConfiguration")
                return {"operationID": "1", "uploadURLs": {kind: f"{base}/{kind}" for kind in kinds}}
            return {}

    return PulumiCloud
