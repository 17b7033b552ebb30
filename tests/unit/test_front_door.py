"""The way to the front door: names of this machine, certificates, and the probe."""

import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import front_door, journey

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, self.headers["Host"]))
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()

    def log_message(self, *args):
        """Nothing on the terminal."""


def serve(context=None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    server.asked, server.daemon_threads = [], True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return server


@pytest.fixture
def page():
    server = serve()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
         "-subj", "/CN=todo.localhost", "-addext", "subjectAltName=DNS:todo.localhost",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


@pytest.fixture
def secure(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server = serve(context)
    yield server
    server.shutdown()
    server.server_close()


def test_names_below_localhost_are_this_machine(page):
    port = page.server_port
    assert front_door.probe(f"http://todo.localhost:{port}/health/ready") == 200
    assert front_door.probe(f"http://todo.localhost:{port}/else?a=b") == 404
    assert page.asked == [("/health/ready", f"todo.localhost:{port}"), ("/else?a=b", f"todo.localhost:{port}")]


def test_a_certificate_is_checked_against_the_given_authority(secure, certificate):
    url = f"https://todo.localhost:{secure.server_port}/health/ready"
    assert front_door.probe(url) == 0
    assert front_door.probe(url, str(certificate / "cert.pem")) == 200


def test_the_journey_says_what_is_wrong_with_a_certificate(secure):
    visitor = journey.Visitor(f"https://todo.localhost:{secure.server_port}")
    with pytest.raises(
        OSError, match=r"its certificate is not trusted: .* \(todo_front_door_ca may name who signed it\)"
    ):
        visitor.ask("GET", "/")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://no-such-host.invalid/", "https://127.0.0.1:1/", "http://[::1]:1/"]
)
def test_nobody_answers(url):
    assert front_door.probe(url) == 0


def test_an_authority_that_is_no_file(page):
    assert front_door.probe(f"https://127.0.0.1:{page.server_port}/", "/no/such/file") == 0
