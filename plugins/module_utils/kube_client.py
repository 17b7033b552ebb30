"""The one adapter over the `kubernetes` package: objects in and out as plain maps, errors as sentences.

The package reads the kubeconfig and makes the connection (certificates, tokens, exec plugins, proxies); the requests
are our own, as its models lose fields that are newer than they are.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from ansible_collections.todoapp.stack.plugins.module_utils.diagnosis import Diagnosis
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError, did_you_mean
from ansible_collections.todoapp.stack.plugins.module_utils.kube_kinds import Kind, kind_of, kind_of_object

MANAGER = "todoapp.stack"
"""Our name as field manager. It never changes: what it owns is how we know what we made."""
CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0
THREADS = 8
_BUSY, _AWAY = {429}, {502, 503, 504}

T = TypeVar("T")
Objects = list[dict[str, Any]]


class KubeError(DeployError):
    """What the cluster, or the way to it, answered: a cause and the next step, and the API's Status where there is one."""

    def __init__(self, cause: str, next_step: str, status: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{cause}; next step: {next_step}", Diagnosis("cluster", cause, next_step).as_dict())
        self.cause, self.next_step = cause, next_step
        self.status = dict(status or {})

    @property
    def code(self) -> int:
        """The HTTP status, 0 when nobody answered."""
        return int(self.status.get("code") or 0)


class Missing(KubeError):
    """The object, its namespace or its kind does not exist."""


class Conflict(KubeError):
    """The object has changed since it was read, or is another one of the same name by now."""


class AlreadyExists(KubeError):
    """There is an object of that name."""


class Forbidden(KubeError):
    """The credentials are not allowed to do this."""


class Refused(KubeError):
    """The API understood and refused: invalid, over quota, or an admission rule's no. `fields` names what it did not like."""

    @property
    def fields(self) -> list[dict[str, str]]:
        """{field, message} for each cause that the API gives."""
        causes = (self.status.get("details") or {}).get("causes") or []
        return [{"field": cause.get("field", ""), "message": cause.get("message", "")} for cause in causes]


class Cluster:
    """A namespace of one cluster, reached by a context that is named.

    :param kubeconfig: the file's path, "" for the client's default (KUBECONFIG, ~/.kube/config).
    :param context: the context's name. Whatever is current is never used.
    :param namespace: the namespace of all namespaced objects.
    :param manager: the field manager that applies, and that what we applied belongs to.
    :raises KubeError: no kubeconfig, an unknown context (the known ones are listed), credentials that cannot be read.
    """

    def __init__(self, kubeconfig: str, context: str, namespace: str, manager: str = MANAGER) -> None:
        self.context, self.namespace, self.manager = context, namespace, manager
        self.warnings: list[str] = []
        """What the API warned of in its answers, each once."""
        self._connection = _Connection(kubeconfig, context)
        self._apis: set[str] | None = None
        self._lock = threading.Lock()

    # Objects

    def get(self, kind: str, name: str) -> dict[str, Any] | None:
        """The live object, None where there is none."""
        try:
            return self._ask("GET", kind_of(kind), name)
        except Missing:
            return None

    def list(self, kind: str, label_selector: str = "", *, field_selector: str = "") -> Objects:
        """The objects of a kind; none where the cluster does not know the kind. Each carries kind and apiVersion."""
        known = kind_of(kind)
        query = {"labelSelector": label_selector, "fieldSelector": field_selector}
        try:
            items = self._ask("GET", known, query=query).get("items") or []
        except Missing:
            return []
        return [{"apiVersion": known.api_version, "kind": known.name, **item} for item in items]

    def apply(self, obj: Mapping[str, Any], *, dry_run: bool = False, manager: str = "") -> dict[str, Any]:
        """Server-side apply; fields that others own become ours. Returns the object as it is (would be) then.

        :param manager: another field manager than the cluster's.
        :raises Refused: invalid, over quota, refused by an admission rule.
        :raises Missing: its namespace does not exist.
        """
        query = {"fieldManager": manager or self.manager, "force": "true", "fieldValidation": "Strict", **_dry(dry_run)}
        return self._ask("PATCH", kind_of_object(obj), obj["metadata"]["name"], query=query, body=obj)

    def create(self, obj: Mapping[str, Any], *, dry_run: bool = False, manager: str = MANAGER) -> dict[str, Any]:
        """Create an object. Raises AlreadyExists where there is one."""
        query = {"fieldManager": manager, "fieldValidation": "Strict", **_dry(dry_run)}
        return self._ask("POST", kind_of(obj["kind"]), query=query, body=obj)

    def replace(self, obj: Mapping[str, Any], *, manager: str = MANAGER) -> dict[str, Any]:
        """Replace an object. Raises Conflict when it carries a resourceVersion that is not the newest."""
        return self._ask(
            "PUT", kind_of(obj["kind"]), obj["metadata"]["name"], query={"fieldManager": manager}, body=obj
        )

    def delete(self, kind: str, name: str, *, uid: str | None = None, propagation: str = "Foreground") -> bool:
        """Delete an object; False when there was none.

        :param uid: delete only this very object. Raises Conflict when another has taken its name.
        """
        options: dict[str, Any] = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        if uid:
            options["preconditions"] = {"uid": uid}
        try:
            self._ask("DELETE", kind_of(kind), name, body=options)
        except Missing:
            return False
        return True

    # Looking closer

    def logs(self, pod: str, container: str, *, previous: bool = False, lines: int = 200) -> str:
        """A container's last lines, '' where there are none (it has not started, or has no previous run)."""
        query = {"container": container, "tailLines": str(lines), "previous": "true" if previous else ""}
        try:
            return self._connection.request("GET", kind_of("Pod").path(self.namespace, pod, "log"), query=query).text
        except (Missing, Refused):
            return ""

    def events(self, kind: str, name: str) -> Objects:
        """What the cluster noted about an object, oldest first."""
        found = self.list("Event", field_selector=f"involvedObject.kind={kind},involvedObject.name={name}")
        return sorted(found, key=_when)

    def version(self) -> str:
        """The API server's version, such as v1.36.3."""
        return str(self._connection.request("GET", "/version").json()["gitVersion"])

    def apis(self) -> set[str]:
        """The API versions that the cluster serves: `v1`, `apps/v1`, ... Asked for once."""
        with self._lock:
            if self._apis is None:
                groups = self._connection.request("GET", "/apis").json()["groups"]
                self._apis = {"v1", *(v["groupVersion"] for group in groups for v in group["versions"])}
            return self._apis

    def openshift(self) -> bool:
        """Whether this is an OpenShift: its API groups are there, and its own client finds a Route among them."""
        if not any(api.partition("/")[0].endswith(".openshift.io") for api in self.apis()):
            return False
        return self._connection.openshift_route()

    def rules(self) -> tuple[Objects, bool]:
        """What the credentials may do in the namespace (RBAC's rules), and whether that is all that can be said."""
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectRulesReview",
            "spec": {"namespace": self.namespace},
        }
        status = self._ask("POST", kind_of("SelfSubjectRulesReview"), body=review).get("status") or {}
        return status.get("resourceRules") or [], not status.get("incomplete", False)

    def allowed(self, verb: str, kind: str, part: str = "") -> bool:
        """Whether the credentials may do `verb` (get, list, create, patch, delete, ...) with objects of a kind.

        :param part: a part of it, such as `log`; "" for the object.
        """
        known = kind_of(kind)
        attributes = {"verb": verb, "resource": known.plural, "group": known.group, "subresource": part}
        if known.namespaced:
            attributes["namespace"] = self.namespace
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        }
        answer = self._ask("POST", kind_of("SelfSubjectAccessReview"), body=review)
        return bool((answer.get("status") or {}).get("allowed"))

    def together(self, work: Callable[[Any], T], items: Iterable[Any]) -> Sequence[T]:
        """`work` on each item at once (in THREADS threads), results in order. Raises the first error."""
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(work, items))

    def _ask(
        self,
        method: str,
        kind: Kind,
        name: str = "",
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        path = kind.path(self.namespace, name)
        answer = self._connection.request(method, path, query=query, body=body)
        for warning in answer.warnings:
            if warning not in self.warnings:
                self.warnings.append(warning)
        return answer.json()


class _Answer:
    """What came back: text, JSON, warnings."""

    def __init__(self, data: bytes, warnings: list[str]) -> None:
        self._data, self.warnings = data, warnings

    @property
    def text(self) -> str:
        return self._data.decode(errors="replace")

    def json(self) -> dict[str, Any]:
        try:
            value = json.loads(self._data)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise KubeError(
                f"what answers is no Kubernetes API: it says {self.text[:80]!r}",
                "look at the context's server in the kubeconfig, and at the proxy on the way to it",
            )
        return value


class _Connection:
    """The way to one API server, with the credentials of one context."""

    def __init__(self, kubeconfig: str, context: str) -> None:
        self._context = context
        self._client = _client(kubeconfig, context)
        self._configuration = self._client.configuration
        self._pool = self._client.rest_client.pool_manager
        self.server = str(self._configuration.host)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> _Answer:
        """Send one request. Raises the KubeError that the answer stands for."""
        import urllib3  # noqa: PLC0415 - comes with kubernetes, and is as slow to load

        given = {key: value for key, value in (query or {}).items() if value}
        url = f"{self.server}{path}{f'?{urlencode(given)}' if given else ''}"
        kind = "application/apply-patch+yaml" if method == "PATCH" else "application/json"  # JSON is YAML
        headers = {"Accept": "application/json", "Content-Type": kind, "User-Agent": MANAGER, **self._credentials()}
        # To repeat a POST or PUT that may have arrived could do it twice; the others say the same twice.
        safe = method in ("GET", "PATCH", "DELETE")
        retries = urllib3.Retry(
            total=4,
            connect=1,
            read=1 if safe else 0,
            redirect=False,
            status=3,
            status_forcelist=_BUSY | (_AWAY if safe else set()),
            allowed_methods=None,
            raise_on_status=False,
            # Else urllib3 repeats every 503 that carries it, for as long as it says.
            respect_retry_after_header=False,
            backoff_factor=0.2,
        )
        data = None if body is None else json.dumps(body).encode()
        try:
            answer = self._pool.request(
                method,
                url,
                body=data,
                headers=headers,
                retries=retries,
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            )
        except urllib3.exceptions.HTTPError as error:
            raise self._unreachable(error) from error
        if answer.status >= 300:
            raise _error(_status_of(answer.data, answer.status), method, path, self._context)
        return _Answer(answer.data, _warnings(answer.headers))

    def _credentials(self) -> dict[str, str]:
        """The headers that prove who asks; asking for them refreshes an exec plugin's token that ends."""
        return {
            str(setting["key"]): str(setting["value"])
            for setting in self._configuration.auth_settings().values()
            if setting["in"] == "header" and setting["value"]
        }

    def _unreachable(self, error: Exception) -> KubeError:
        reason = getattr(error, "reason", None) or error
        text = str(reason).partition(": ")[2] or str(reason)  # "<...Connection object at 0x7f...>: why"
        where = f"the context {self._context} leads to {self.server}"
        if "certificate" in text.lower():
            return KubeError(
                f"{where}, whose certificate is not trusted: {text}",
                "get the cluster's kubeconfig anew; its certificate authority belongs to another cluster",
            )
        return KubeError(
            f"{where}, where no Kubernetes API answers: {text}",
            f"is the cluster up, and can this host reach it? kubectl --context {self._context} version",
        )

    def openshift_route(self) -> bool:
        """Whether OpenShift's own client finds the kind Route."""
        try:
            from openshift.dynamic import DynamicClient  # noqa: PLC0415 - slow, and seldom needed
            from openshift.dynamic.exceptions import ResourceNotFoundError  # noqa: PLC0415
        except ImportError as error:
            raise _not_installed("openshift") from error
        try:
            DynamicClient(self._client).resources.get(api_version="route.openshift.io/v1", kind="Route")
        except ResourceNotFoundError:
            return False
        return True


def contexts_of(kubeconfig: str) -> list[str]:
    """The names of the contexts that a kubeconfig ("" for the default) knows; none where it cannot be read."""
    import yaml  # noqa: PLC0415 - comes with kubernetes, on hosts where nothing else needs it

    names: list[str] = []
    for file in _files(kubeconfig):
        try:
            content = yaml.safe_load(file.read_text()) or {}
            names += [str(entry["name"]) for entry in content.get("contexts") or []]
        except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError):
            continue
    return list(dict.fromkeys(names))


def _files(kubeconfig: str) -> list[Path]:
    paths = (kubeconfig or os.environ.get("KUBECONFIG") or "~/.kube/config").split(os.pathsep)
    return [file for path in paths if path and (file := Path(path).expanduser()).is_file()]


def _client(kubeconfig: str, context: str) -> Any:
    """An ApiClient of the package for a context."""
    try:
        from kubernetes import client, config  # noqa: PLC0415 - slow to load: whoever imports this file need not pay
    except ImportError as error:
        raise _not_installed("kubernetes") from error
    place = kubeconfig or os.environ.get("KUBECONFIG") or "~/.kube/config"
    if not _files(kubeconfig):
        raise KubeError(
            f"there is no kubeconfig at {place}",
            "set todo_kubeconfig to the file that your cluster gave you (a local one: playbooks/cluster.yml)",
        )
    known = contexts_of(kubeconfig)
    listed = f"the contexts of {place} are: {', '.join(known) or '(none)'}"
    if not context:
        raise KubeError(f"todo_context names no context; {listed}", "set todo_context to the one that is meant")
    near = did_you_mean(context, known)
    if context not in known:
        raise KubeError(
            f"the context {context} is unknown ({listed}){near if near.startswith('; did') else ''}",
            "set todo_context to the one that is meant",
        )
    configuration = client.Configuration()
    configuration.connection_pool_maxsize = THREADS
    said = _Heard()
    logging.getLogger().addHandler(said)  # of a credential plugin that fails the package only logs
    try:
        config.load_kube_config(
            config_file=place, context=context, client_configuration=configuration, persist_config=False
        )
    except (config.ConfigException, OSError, ValueError) as error:
        raise KubeError(
            f"the context {context} in {place} cannot be used: {error}", "get the cluster's kubeconfig anew"
        ) from error
    finally:
        logging.getLogger().removeHandler(said)
    if said.errors:
        raise KubeError(
            f"the context {context} in {place} gets no credentials: {'; '.join(said.errors)}",
            "log in to the cluster again with the tool that made the kubeconfig; "
            f"kubectl --context {context} version shows whether that worked",
        )
    return client.ApiClient(configuration)


class _Heard(logging.Handler):
    """Keeps the errors that are logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.errors.append(record.getMessage())


def _not_installed(package: str) -> KubeError:
    return KubeError(
        f"the Python package {package} is not installed for {sys.executable}",
        f"install it there ({sys.executable} -m pip install {package}), or set ansible_python_interpreter to a Python that has it",
    )


def _dry(dry_run: bool) -> dict[str, str]:
    return {"dryRun": "All"} if dry_run else {}


def _when(event: Mapping[str, Any]) -> str:
    series = event.get("series") or {}
    times = (series.get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    return next((str(time) for time in times if time), str(event["metadata"].get("creationTimestamp") or ""))


def _warnings(headers: Any) -> list[str]:
    """The texts of the Warning headers: 299 - "text"."""
    lines = headers.getlist("Warning") if hasattr(headers, "getlist") else []
    return [line.partition('"')[2].rpartition('"')[0].replace('\\"', '"') for line in lines]


def _status_of(data: bytes, code: int) -> dict[str, Any]:
    """The API's Status; one made from the text where something else answers."""
    try:
        status = json.loads(data)
    except ValueError:
        status = None
    if not isinstance(status, dict) or status.get("kind") != "Status":
        text = " ".join(data.decode(errors="replace").split())[:200]
        return {"kind": "Status", "code": code, "reason": "", "message": text}
    return {**status, "code": status.get("code") or code}


_VERBS = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


def _error(status: Mapping[str, Any], method: str, path: str, context: str) -> KubeError:
    """The error that a Status stands for."""
    code, reason, message = int(status["code"]), str(status.get("reason") or ""), str(status.get("message") or "")
    details = status.get("details") or {}
    name = "/".join(str(part) for part in (details.get("kind"), details.get("name")) if part) or path
    said = message or f"HTTP {code}"
    if code == 401:
        return KubeError(
            f"the cluster does not accept the credentials of the context {context} (they may have expired)",
            "log in to the cluster again, or get its kubeconfig anew",
            status,
        )
    if code == 403 and " cannot " in said and "is forbidden: User" in said:
        return Forbidden(
            f"the credentials of the context {context} may not {_VERBS[method]} {name}: {said}",
            "let the cluster's administrator bind a role that allows it "
            f"(kubectl --context {context} auth can-i --list shows what is allowed)",
            status,
        )
    if code == 404:
        return Missing(f"{name} does not exist in the cluster: {said}", "deploy again", status)
    if code == 409 and reason == "AlreadyExists":
        return AlreadyExists(f"{name} exists already", "deploy again", status)
    if code == 409:
        return Conflict(f"{name} has changed meanwhile: {said}", "deploy again", status)
    if code == 413:
        return Refused(f"{name} is too large for the cluster: {said}", "make it smaller", status)
    if code in (429, 503):
        return KubeError(
            f"the API server is overloaded or not ready: {said}", "wait a moment, then deploy again", status
        )
    # A field that the schema does not know is answered with 500.
    if 400 <= code < 500 or "admission webhook" in said or "field not declared in schema" in said:
        return Refused(said, "change what it names, then deploy again", status)
    return KubeError(
        f"the API server failed at {_VERBS[method]} {name}: {said}", "look at the API server's log", status
    )
