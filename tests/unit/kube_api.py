"""An API server that answers what a test tells it, with the kubeconfig that leads to it. Real HTTP, no Kubernetes."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import yaml


class Api:
    """`answers` maps "METHOD /path" (without the query) to (status, body), or to a list of them, one per request."""

    def __init__(self):
        self.answers, self.asked = {}, []
        self.url = ""

    def answer(self, key, asked):
        self.asked.append(asked)
        found = self.answers.get(key, (404, failure(404, "NotFound", f"{key} not found")))
        return found.pop(0) if isinstance(found, list) else found


def failure(code, reason, message, **details):
    """A Status as the API server sends it."""
    return {
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "code": code, "reason": reason, "message": message, "details": details,
    }  # fmt: skip


def kubeconfig(folder, server, *contexts, **user):
    """Write a kubeconfig whose contexts all lead to `server`; return its path."""
    file = folder / "kubeconfig"
    file.write_text(
        yaml.safe_dump(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "c", "cluster": {"server": server}}],
                "users": [{"name": "u", "user": user or {"token": "a-token"}}],
                "contexts": [{"name": name, "context": {"cluster": "c", "user": "u"}} for name in contexts],
            }
        )
    )
    return str(file)


@contextmanager
def serving():
    """Serve an Api on loopback."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            path, _, query = self.path.partition("?")
            status, content, *headers = api.answer(
                f"{self.command} {path}", {"query": query, "body": body, "headers": dict(self.headers)}
            )
            data = content.encode() if isinstance(content, str) else json.dumps(content).encode()
            self.send_response(status)
            for name, value in headers[0] if headers else []:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args):
            """Nothing on the terminal."""

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.handle_any)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
