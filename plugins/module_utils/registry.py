"""Ask an image registry which digest a tag stands for (OCI distribution API), and say why it does not answer.

With the standard library: the clients on PyPI bring requests, whose import alone costs more than all the questions.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from ansible_collections.todoapp.stack.plugins.module_utils import registry_login
from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError

# An index first: who pulls by its digest gets the image for his own processor.
MANIFESTS = (
    "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
)
TIMEOUT = 10
# A module's parameter that takes the option todo_registry. Only the password is kept from results: the rest stands in
# every image's name, which hiding the whole would make unreadable.
OPTION_SPEC: dict[str, Any] = {
    "type": "dict",
    "options": {
        "host": {"type": "str", "default": ""},
        "username": {"type": "str", "default": ""},
        "password": {"type": "str", "default": "", "no_log": True},
        "insecure": {"type": "bool", "default": False},
    },
}
_LOOPBACK = re.compile(r"(localhost|127(\.\d+){3}|\[::1\])(:\d+)?")
_CHALLENGE = re.compile(r'([a-zA-Z_]+)="([^"]*)"')


@dataclass(frozen=True)
class Registry:
    """Where images are, and who asks. The password is in no repr."""

    host: str
    username: str = ""
    password: str = field(default="", repr=False)
    insecure: bool = False

    @classmethod
    def of(cls, option: Mapping[str, Any]) -> Registry:
        """From the option todo_registry."""
        return cls(
            str(option.get("host") or ""),
            str(option.get("username") or ""),
            str(option.get("password") or ""),
            insecure=option.get("insecure") is True,
        )

    @property
    def plain(self) -> bool:
        """Whether it is asked by plain HTTP: on loopback (as Docker does), or where the option says so."""
        return self.insecure or bool(_LOOPBACK.fullmatch(self.host))


class RegistryError(DeployError):
    """The registry refused, or did not answer. The diagnosis says what to do."""

    def __init__(self, cause: str, next_step: str) -> None:
        super().__init__(cause, Diagnosis("registry", cause, next_step).as_dict())


def split(reference: str) -> tuple[str, str, str]:
    """A reference's (host, repository, tag or digest); the host is "" where none is named."""
    name, at, digest_ = reference.partition("@")
    host, slash, rest = name.partition("/")
    if not slash or not ("." in host or ":" in host or host == "localhost"):
        host, rest = "", name
    repository, colon, tag = rest.rpartition(":")
    if not colon:
        repository, tag = rest, "latest"
    return host, repository, digest_ if at else tag


def digest(reference: str, credentials: Mapping[str, Any]) -> str | None:
    """The digest (sha256:...) of what a reference stands for; None where the registry has no such image.

    :param reference: HOST/REPOSITORY:TAG.
    :param credentials: the option todo_registry, {host, username, password, insecure}. They are shown to its host only;
        another host, or one without a username, is asked with the docker client's own login where it has one.
    :raises RegistryError: it refuses the credentials, cannot be reached, speaks plain HTTP, or is no registry.
    """
    host, repository, tag = split(reference)
    if not host:
        raise RegistryError(
            f"{reference} names no registry", "set todo_registry.host to the registry that the images are pushed to"
        )
    given = Registry.of(credentials)
    registry = given if given.host == host else Registry(host)
    return _Question(registry, repository).digest(tag)


def digests(references: Iterable[str], credentials: Mapping[str, Any]) -> dict[str, str | None]:
    """The digest of each reference, asked for all at once. Parameters and errors as in `digest`."""
    wanted = sorted(set(references))
    if not wanted:
        return {}
    with ThreadPoolExecutor(len(wanted)) as pool:
        return dict(zip(wanted, pool.map(lambda name: digest(name, credentials), wanted), strict=True))


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Any
    body: bytes


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a registry to its storage, but never from TLS to plain HTTP."""

    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: str) -> Any:
        if req.full_url.startswith("https:") and not newurl.startswith("https:"):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Question:
    """The requests about one repository; what the registry wants to see is learnt from its first answer."""

    def __init__(self, registry: Registry, repository: str) -> None:
        self.registry = registry
        self.repository = repository
        self.base = f"{'http' if registry.plain else 'https'}://{registry.host}"
        # A proxy cannot reach this machine's own loopback.
        proxies = [urllib.request.ProxyHandler({})] if _LOOPBACK.fullmatch(registry.host) else []
        self.opener = urllib.request.build_opener(_Redirects, *proxies)
        self.authorization = ""

    def digest(self, tag: str) -> str | None:
        url = f"{self.base}/v2/{self.repository}/manifests/{tag}"
        said = self._authorized("HEAD", url)
        if said is None:
            return None
        if name := said.headers.get("Docker-Content-Digest"):
            return str(name)
        whole = self._authorized("GET", url)  # old registries leave the header out of a HEAD
        return f"sha256:{hashlib.sha256(whole.body).hexdigest()}" if whole else None

    def _authorized(self, method: str, url: str) -> _Answer | None:
        """The answer, None for a 404; the registry's challenge is met once."""
        answer = self._ask(method, url, self.authorization)
        if answer.status == http.client.UNAUTHORIZED and not self.authorization:
            self.authorization = self._met(answer.headers.get("WWW-Authenticate", ""))
            answer = self._ask(method, url, self.authorization)
        if answer.status == http.client.NOT_FOUND:
            return None
        if answer.status >= http.client.BAD_REQUEST:
            raise self._refusal(answer.status, url)
        return answer

    def _met(self, challenge: str) -> str:
        """The Authorization header that a challenge asks for."""
        scheme, _, rest = challenge.partition(" ")
        if not self.registry.username:
            user, password = registry_login.kept(self.registry.host)
            self.registry = replace(self.registry, username=user, password=password)
        registry = self.registry
        pair = f"{registry.username}:{registry.password}".encode()
        basic = f"Basic {base64.b64encode(pair).decode()}" if registry.username else ""
        if scheme.lower() == "basic":
            if not basic:
                raise _login_wanted(registry.host)
            return basic
        given = dict(_CHALLENGE.findall(rest))
        realm = given.get("realm", "")
        if scheme.lower() != "bearer" or not realm:
            raise RegistryError(
                f"the registry {registry.host} wants a login of a kind that is not known here: {challenge[:100] or 'it names none'}",
                "use a registry with basic or token authentication",
            )
        # The registry says where the password goes; it must not say that it goes there in clear.
        if basic and urlsplit(realm).scheme != "https" and not registry.plain:
            raise RegistryError(
                f"the registry {registry.host} sends logins to {realm}, which is not encrypted",
                "use a registry whose token service speaks HTTPS",
            )
        scope = given.get("scope") or f"repository:{self.repository}:pull"
        query = urlencode({"service": given.get("service", ""), "scope": scope})
        url = f"{realm}{'&' if '?' in realm else '?'}{query}"
        answer = self._ask("GET", url, basic)
        if answer.status >= http.client.BAD_REQUEST:
            raise self._refusal(answer.status, url)
        try:
            token = json.loads(answer.body)
        except ValueError:
            token = {}
        bearer = token.get("token") or token.get("access_token")
        if not bearer:
            raise RegistryError(
                f"the token service of the registry {registry.host} gave no token", f"ask whoever runs {realm}"
            )
        return f"Bearer {bearer}"

    def _ask(self, method: str, url: str, authorization: str) -> _Answer:
        request = urllib.request.Request(url, method=method, headers={"Accept": MANIFESTS})  # noqa: S310 - http or https
        if authorization:
            request.add_unredirected_header("Authorization", authorization)  # storage elsewhere must not see it
        try:
            with self.opener.open(request, timeout=TIMEOUT) as response:
                return _Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return _Answer(error.code, error.headers, b"")
        except (OSError, http.client.HTTPException) as error:
            raise unreachable(self.registry.host, error) from None

    def _refusal(self, status: int, url: str) -> RegistryError:
        registry = self.registry
        if status == http.client.UNAUTHORIZED and not registry.username:
            return _login_wanted(registry.host)
        if status == http.client.UNAUTHORIZED:
            return RegistryError(
                f"the registry {registry.host} refuses the user {registry.username} and his password",
                "correct todo_registry.username and todo_registry.password",
            )
        if status == http.client.FORBIDDEN:
            who = f"the user {registry.username}" if registry.username else "who gives no user"
            return RegistryError(
                f"the registry {registry.host} does not let {who} read {self.repository}",
                "give that user the right to read and write the repository, or set another todo_registry.username",
            )
        if status == http.client.TOO_MANY_REQUESTS:
            return RegistryError(
                f"the registry {registry.host} has been asked too often from here", "wait, then try again"
            )
        return RegistryError(
            f"the registry {registry.host} answers {status}", f"look at the registry's own log; the question was {url}"
        )


def _login_wanted(host: str) -> RegistryError:
    return RegistryError(
        f"the registry {host} wants a login",
        "set todo_registry.username and todo_registry.password (from Ansible Vault or the environment), or docker login",
    )


def unreachable(host: str, error: Exception) -> RegistryError:
    """What a connection's failure means."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return RegistryError(
            f"the certificate of the registry {host} is not trusted here: {reason.verify_message}",
            "add the authority that signed it to this host's certificates, "
            f"and for Docker to /etc/docker/certs.d/{host}/ca.crt",
        )
    if isinstance(reason, ssl.SSLError):
        return RegistryError(
            f"the registry {host} speaks plain HTTP",
            "if the network between is yours, set todo_registry.insecure to true, and name the registry in "
            "insecure-registries of /etc/docker/daemon.json; else give it a certificate",
        )
    return RegistryError(
        f"the registry {host} cannot be reached: {reason}",
        "check todo_registry.host, and that the registry runs and is reached from this host",
    )
