"""The journey keeps the run's lock, and leaves no account behind when it has lost it."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import journey
from ansible_collections.todoapp.stack.plugins.module_utils.state import Locked, State, holder, this_host
from ansible_collections.todoapp.stack.plugins.modules import journey as module

ME = (this_host(), os.getpid())


class Door(BaseHTTPRequestHandler):
    """A front door with just enough behind it to sign up; every list is empty, so that the journey ends there."""

    def _answer(self, status, body):
        content = body.encode()
        self.server.asked.append(f"{self.command} {self.path}")
        self.server.met(self)
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        self._answer(200, "<html>" if self.path == "/login" else '{"items": [], "email": "somebody"}')

    def do_POST(self):
        self._answer(201, "{}")

    def do_DELETE(self):
        self._answer(204, "")

    def log_message(self, *args):
        """Nothing on the terminal."""


@pytest.fixture
def door():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.asked, server.met, server.daemon_threads = [], lambda _: None, True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def walk(door, state, **more):
    params = {name: spec.get("default") for name, spec in module.SPEC.items()}
    params |= {"front_door": f"http://127.0.0.1:{door.server_port}", "state_dir": str(state.path), **more}
    params |= {"front_door_ca": "", "model": False, "holder_host": ME[0], "holder_pid": ME[1]}
    return module.act(params)


def test_it_renews_the_lock_before_each_request(door, tmp_path):
    state = State(str(tmp_path))
    state.lock(holder(*ME), "deploy")
    number = state.begin({}, "")
    file = state.path / "lock"
    ends = []

    def met(_):
        ends.append(json.loads(file.read_text())["expires"])
        file.write_text(json.dumps(json.loads(file.read_text()) | {"expires": 0}))  # a whole lease long

    door.met = met
    with pytest.raises(module.JourneyFailed, match="names another user"):
        walk(door, state, release=number)
    assert len(ends) == 4
    assert all(ends)


def test_a_lock_that_was_lost_ends_it_and_the_account_goes_all_the_same(door, tmp_path):
    state = State(str(tmp_path))
    state.lock(holder(*ME), "deploy")
    number = state.begin({}, "")

    def met(request):
        if request.path == "/api/auth/signup":
            state.unlock(holder(*ME))

    door.met = met
    with pytest.raises(Locked, match="this run has lost its lock"):
        walk(door, state, release=number)
    assert door.asked == ["GET /login", "POST /api/auth/signup", "DELETE /api/auth/me"]


def test_without_a_release_there_is_no_lock_to_renew(door, tmp_path):
    with pytest.raises(module.JourneyFailed):
        walk(door, State(str(tmp_path)))
    rows, failure = journey.travel(f"http://127.0.0.1:{door.server_port}", model=False)
    assert failure
    assert [row["step"] for row in rows] == ["page", "signup", "token", "clean up"]
