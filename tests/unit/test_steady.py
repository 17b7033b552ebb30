"""The load of bench/: sent at its rate, and every failure counted."""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import ROOT

sys.path.insert(0, str(ROOT / "bench"))

import steady


class Page(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fails: str = ""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.fails == "status" and self.path == "/":
            status = 502
        elif self.fails == "connection" and self.path == "/":
            self.close_connection = True
            return
        else:
            status = 201 if self.command == "POST" else 200
        self.send_response(status)
        self.send_header("Set-Cookie", "session=abc; HttpOnly")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the library's names

    def log_message(self, *args):
        pass


@pytest.fixture
def page():
    handler = type("Handler", (Page,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield handler, f"127.0.0.1:{server.server_port}"
        server.shutdown()


def run(address):
    visitor = steady.Visitor(address, "page.example")
    with steady.Load(visitor, 200) as load:
        load.wait_for(100)
        outcome = load.stop()
    visitor.leave()
    return outcome


def test_good_answers_are_no_failures_and_come_at_the_rate(page):
    outcome = run(page[1])
    assert outcome.sent >= 100
    assert not outcome.failures
    assert outcome.sent / outcome.seconds < 300


@pytest.mark.parametrize(("fails", "says"), [("status", "answered 502"), ("connection", "RemoteDisconnected")])
def test_each_failure_is_counted_with_its_reason(page, fails, says):
    page[0].fails = fails
    outcome = run(page[1])
    assert len(outcome.failures) == pytest.approx(outcome.sent / len(steady.STEPS), abs=2)
    assert all(says in failure for failure in outcome.failures)


def test_a_page_that_lets_nobody_in_is_named(page):
    page[0].do_POST = lambda self: self.send_error(503)
    with pytest.raises(SystemExit, match="answers a signup with 503"):
        steady.Visitor(page[1])
