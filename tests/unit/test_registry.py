"""Asking a registry for digests, on a real local HTTP server that plays each kind of login."""

import base64
import hashlib
import json
import stat
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import registry, registry_login
from ansible_collections.todoapp.stack.plugins.module_utils.registry import RegistryError

MANIFEST = b'{"schemaVersion": 2}'
DIGEST = f"sha256:{hashlib.sha256(MANIFEST).hexdigest()}"
BASIC = "Basic " + base64.b64encode(b"me:open").decode()


class Server(ThreadingHTTPServer):
    """A registry with one image, todo-app/backend:abc. `login` says how it wants to be asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.login = "none"
        self.status = 200
        self.header = True
        self.asked: list[tuple[str, str, str]] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        if self.path.startswith("/token"):
            self.token()
        else:
            self.answer()

    def token(self) -> None:
        self.server.asked.append(("GET", self.path, self.headers.get("Authorization", "")))
        if self.server.login == "token" and self.headers.get("Authorization") != BASIC:
            self.send(401)
        else:
            self.send(200, json.dumps({"access_token": "t0ken"}).encode())

    def answer(self) -> None:
        given = self.headers.get("Authorization", "")
        self.server.asked.append((self.command, self.path, given))
        challenge = f'Bearer realm="http://{self.server.host}/token",service="here",scope="repository:x:pull"'
        if self.server.login == "basic" and given != BASIC:
            self.send(401, **{"WWW-Authenticate": 'Basic realm="here"'})
        elif self.server.login in ("token", "anonymous") and given != "Bearer t0ken":
            self.send(401, **{"WWW-Authenticate": challenge})
        elif self.server.login == "odd":
            self.send(401, **{"WWW-Authenticate": "Negotiate"})
        elif self.server.status != 200:
            self.send(self.server.status)
        elif "manifest.v2+json" not in self.headers["Accept"]:
            self.send(406)
        elif self.path == "/v2/todo-app/backend/manifests/abc":
            self.send(200, MANIFEST, **({"Docker-Content-Digest": DIGEST} if self.server.header else {}))
        else:
            self.send(404)

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(autouse=True)
def client(tmp_path, monkeypatch) -> Path:
    """A docker client's configuration that knows nobody."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    return tmp_path


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def ask(server: Server) -> Callable[..., str | None]:
    def question(image: str = "todo-app/backend:abc", **credentials: str) -> str | None:
        return registry.digest(f"{server.host}/{image}", {"host": server.host, **credentials})

    return question


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("localhost:5000/todo-app/backend:abc", ("localhost:5000", "todo-app/backend", "abc")),
        ("localhost/backend:abc", ("localhost", "backend", "abc")),
        ("registry.example.com/a/b/c", ("registry.example.com", "a/b/c", "latest")),
        ("registry.example.com/a:1@sha256:00", ("registry.example.com", "a", "sha256:00")),
        ("todo-app/backend:abc", ("", "todo-app/backend", "abc")),
        ("debian:trixie-slim", ("", "debian", "trixie-slim")),
    ],
)
def test_a_reference_has_three_parts(reference, parts):
    assert registry.split(reference) == parts


def test_without_a_login(server, ask):
    assert ask() == DIGEST
    assert server.asked == [("HEAD", "/v2/todo-app/backend/manifests/abc", "")]


def test_an_image_that_is_not_there_is_none(ask):
    assert ask("todo-app/backend:other") is None


def test_a_missing_header_is_made_up_for(server, ask):
    server.header = False
    assert ask() == DIGEST


def test_basic(server, ask):
    server.login = "basic"
    assert ask(username="me", password="open") == DIGEST
    assert [authorization for _, _, authorization in server.asked] == ["", BASIC]


def test_a_token(server, ask):
    server.login = "token"
    assert ask(username="me", password="open") == DIGEST
    _, path, authorization = server.asked[1]
    assert authorization == BASIC
    assert "service=here" in path
    assert "scope=repository%3Ax%3Apull" in path


def test_an_anonymous_token(server, ask):
    server.login = "anonymous"
    assert ask() == DIGEST


@pytest.mark.parametrize("login", ["basic", "token"])
def test_wrong_credentials_are_named(server, ask, login):
    server.login = login
    with pytest.raises(RegistryError, match="refuses the user me and his password") as caught:
        ask(username="me", password="wrong-one")
    assert "todo_registry.password" in str(caught.value.diagnosis["next_step"])
    assert "wrong-one" not in str(caught.value.diagnosis)


@pytest.mark.parametrize("login", ["basic", "token"])
def test_a_login_that_lacks_is_named(server, ask, login):
    server.login = login
    with pytest.raises(RegistryError, match="wants a login"):
        ask()


def test_an_unknown_login_is_named(server, ask):
    server.login = "odd"
    with pytest.raises(RegistryError, match="of a kind that is not known here: Negotiate"):
        ask(username="me", password="open")


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(403, "does not let the user me read"), (429, "asked too often"), (500, "answers 500")],
)
def test_other_refusals_are_sentences(server, ask, status, sentence):
    server.status = status
    with pytest.raises(RegistryError, match=sentence):
        ask(username="me", password="open")


def test_credentials_go_to_their_own_host_only(server):
    server.login = "basic"
    with pytest.raises(RegistryError, match="wants a login"):
        registry.digest(
            f"{server.host}/todo-app/backend:abc", {"host": "other:1", "username": "me", "password": "open"}
        )
    assert {authorization for _, _, authorization in server.asked} == {""}


def test_nobody_there(server):
    server.shutdown()  # a thread that still waits on the socket would keep it open
    server.server_close()
    with pytest.raises(RegistryError, match=r"cannot be reached: .*refused") as caught:
        registry.digest(f"{server.host}/x:y", {})
    assert "todo_registry.host" in str(caught.value.diagnosis["next_step"])


def test_plain_http_where_tls_was_wanted(server, monkeypatch):
    monkeypatch.setattr(registry.Registry, "plain", False)
    with pytest.raises(RegistryError, match="speaks plain HTTP") as caught:
        registry.digest(f"{server.host}/x:y", {})
    assert "insecure-registries" in str(caught.value.diagnosis["next_step"])


@pytest.mark.parametrize(
    ("option", "plain"),
    [
        ({"host": "localhost:5000"}, True),
        ({"host": "127.0.0.1"}, True),
        ({"host": "[::1]:5000"}, True),
        ({"host": "localhost.example.com"}, False),
        ({"host": "registry.example.com"}, False),
        ({"host": "registry.example.com", "insecure": True}, True),
        ({"host": "registry.example.com", "insecure": False}, False),
    ],
)
def test_who_is_asked_by_plain_http(option, plain):
    assert registry.Registry.of(option).plain is plain


def test_a_password_never_leaves_in_clear_because_a_registry_says_so(monkeypatch):
    question = registry._Question(registry.Registry("registry.example.com", "me", "open"), "x")
    with pytest.raises(RegistryError, match="not encrypted"):
        question._met('Bearer realm="http://elsewhere/token"')


def test_a_reference_without_a_registry_is_refused():
    with pytest.raises(RegistryError, match="names no registry"):
        registry.digest("todo-app/backend:abc", {})


def test_all_at_once(server):
    names = [f"{server.host}/todo-app/backend:{tag}" for tag in ("abc", "other")]
    assert registry.digests(names, {}) == {names[0]: DIGEST, names[1]: None}
    assert registry.digests([], {}) == {}


@pytest.mark.parametrize("login", ["basic", "token"])
def test_the_client_s_own_login_counts_where_no_user_is_given(server, ask, client, login):
    server.login = login
    auths = {server.host: {"auth": BASIC.removeprefix("Basic ")}}
    (client / "config.json").write_text(json.dumps({"auths": auths}))
    assert ask() == DIGEST


@pytest.mark.parametrize("config", [{"credsStore": "test"}, {"credHelpers": {"HOST": "test"}}])
def test_a_credential_helper_is_asked(server, ask, client, monkeypatch, config):
    server.login = "basic"
    (client / "config.json").write_text(json.dumps(config).replace("HOST", server.host))
    helper = client / "docker-credential-test"
    helper.write_text(
        f"""#!/bin/sh
[ "$1 $(cat)" = "get {server.host}" ] || exit 1
echo '{{"Username": "me", "Secret": "open"}}'
"""
    )
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{client}:/usr/bin:/bin")
    assert ask() == DIGEST


@pytest.mark.parametrize(
    "text", ["", "no JSON", "{}", '{"auths": {"h": {"auth": "?"}}}', '{"credsStore": "is-not-there"}']
)
def test_a_client_without_a_login_has_none(client, text):
    (client / "config.json").write_text(text)
    assert registry_login.kept("h") == ("", "")


def test_a_login_for_one_run_is_the_user_s_alone_and_gone_afterwards(client):
    with registry_login.configuration("h:5000", "me", "open") as (option, folder):
        assert option == "--config"
        file = Path(folder) / "config.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(Path(folder).stat().st_mode) == 0o700
        assert json.loads(file.read_text()) == {"auths": {"h:5000": {"auth": BASIC.removeprefix("Basic ")}}}
    assert not Path(folder).exists()
    assert not list(client.iterdir())
    with registry_login.configuration("h:5000", "", "") as options:
        assert options == []


def test_the_password_is_in_no_repr():
    assert "open" not in repr(registry.Registry("h", "me", "open"))
