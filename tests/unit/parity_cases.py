"""The options with which both renderings are compared: every switch, pairs of them, every option, and hostile values."""

import functools

from ansible_collections.todoapp.stack.plugins.module_utils.options import merge
from parity import manifests, options, roles, shared

BASE = {
    "todo_secrets": {"postgres_password": "one", "jwt_key": "two", "chatbot_key": "three"},
    "backend_image": {"repository": "registry.test/backend", "tag": "abc"},
}
OPENSHIFT = ("route.openshift.io/v1", "security.openshift.io/v1")

# Every switch, the other way round than by default.
SWITCHES = {
    "backend_autoscaling.enabled": {"backend_autoscaling": {"enabled": True}},
    "postgres_enabled": {"postgres_enabled": False, "todo_database": {"host": "db.test"}},
    "todo_existing_secret.enabled": {"todo_existing_secret": {"enabled": True, "name": "ours"}},
    "todo_ingress.enabled": {"todo_ingress": {"enabled": True, "host": "todo.test"}},
    "todo_ingress.tls.enabled": {"todo_ingress": {"tls": {"enabled": True}}, "frontend_cookie_secure": True},
    "todo_network_policy.enabled": {"todo_network_policy": {"enabled": False}},
    "todo_registry.username": {"todo_registry": {"host": "registry.test:5000", "username": "me", "password": "secret"}},
}

INGRESS = merge(SWITCHES["todo_ingress.enabled"], SWITCHES["todo_ingress.tls.enabled"])
# What does something only beside something else.
BESIDE = {
    "backend_autoscaling": SWITCHES["backend_autoscaling.enabled"],
    "todo_database.ca": {"backend_database_sslmode": "verify-full", "todo_database": {"ca": "PEM"}},
    "todo_existing_secret": SWITCHES["todo_existing_secret.enabled"],
    "todo_ingress": INGRESS,
    "todo_network_policy.ingress_namespace": INGRESS,
    "todo_registry": SWITCHES["todo_registry.username"],
}

# What says nothing to a cluster.
ELSEWHERE = {
    "todo_target", "todo_components", "todo_publish_address", "todo_state_dir", "todo_generate_secrets", "todo_delete_data",
    "todo_release", "todo_keep_releases", "todo_gate_seconds", "todo_min_free_mb", "todo_dist_dir", "todo_chart_dir", "todo_chart_repository", "todo_report", "todo_base_image",
    "todo_kubeconfig", "todo_context", "todo_front_door", "todo_front_door_ca", "todo_registry.insecure",
    "backend_published_port", "chatbot_published_port", "frontend_published_port",
}  # fmt: skip

HOSTILE = {
    "numbers": {
        "todo_name": "1000000",
        "backend_replicas": 100,
        "backend_token_lifetime": 1000000,
        "backend_image": {"repository": "yes", "tag": "1e6"},
        "backend_resources": {"limits": {"cpu": "1000000", "memory": "1e3"}, "requests": {"cpu": "0x10"}},
        "backend_annotations": {"1": "1e6", "yes": "1000000"},
        "backend_node_selector": {"1e6": "0x10"},
        "backend_tolerations": [{"key": "1e6", "tolerationSeconds": 1000000}],
        "postgres_user": "1e3",
        "postgres_database": "0777",
        "postgres_storage_class": "1000000",
        "ollama_models": ["1e6", "0x10"],
        "todo_database": {"host": "1000000", "port": 65535},
        "todo_ingress": {"enabled": True, "host": "1e6", "class_name": "1", "annotations": {"1": "2"}},
        "todo_network_policy": {"ingress_namespace": "1000000"},
        "todo_secrets": {"postgres_password": "1000000", "jwt_key": "1e6", "chatbot_key": "null"},
    },
    "words": {
        "postgres_user": "yes",
        "postgres_database": "null",
        "backend_image": {"repository": "~", "tag": "on"},
        "backend_annotations": {"yes": "no", "null": "~", "todoapp.stack/secrets": "mine"},
        "postgres_storage_class": "no",
        "todo_ingress": {
            "enabled": True,
            "host": "null",
            "annotations": {"cert-manager.io/cluster-issuer": "mine"},
            "tls": {"cert_manager_issuer": "yes"},
        },
        "todo_secrets": {"postgres_password": "yes", "jwt_key": "~", "chatbot_key": "on"},
    },
    "code": {
        "postgres_user": "{{ .Values }}",
        "postgres_database": "}}{{ fail `x` }}",
        "backend_image": {"repository": "{{", "tag": "}}"},
        "backend_resources": {"limits": {"memory": "{{"}},
        "backend_trusted_proxies": "$HOME $(id) `id` %d %%",
        "backend_annotations": {"{{ .Values }}": "{{", "<&>": "%s"},
        "ollama_models": ["{{ .Values }}", "a b", ""],
        "todo_image_pull_secrets": ["{{", "<&>"],
        "todo_registry": {"host": "{{:1", "username": "<&>", "password": "\u2028'é😀"},
        "todo_database": {"ca": "{{ .Values }}\n%d\n"},
        "backend_database_sslmode": "verify-full",
        "todo_secrets": {"postgres_password": "{{", "jwt_key": "<&>", "chatbot_key": "%s"},
    },
    "text": {
        "postgres_user": "\"'\\\n\t: - # \u2028\ufeffé😀",
        "postgres_database": "",
        "backend_trusted_proxies": "",
        "backend_annotations": {"é😀": "\u2028\n", "": ""},
        "ollama_models": ["é😀", "<&>"],
        "todo_ingress": {"enabled": True, "host": "", "annotations": {"a": ""}},
        "todo_secrets": {"postgres_password": "", "jwt_key": 'say "hi" \u2028 é', "chatbot_key": "\n\t😀"},
    },
}


def dotted(name, value):
    """{name.key: value} of every leaf of an option."""
    if isinstance(value, dict) and value:
        return {path: leaf for key, inner in value.items() for path, leaf in dotted(f"{name}.{key}", inner).items()}
    return {name: value}


def leaves():
    return {path: leaf for name, value in options(BASE).items() for path, leaf in dotted(name, value).items()}


def change(path, value):
    """What a user would give to set one option, or one key of it."""
    for key in reversed(path.split(".")):
        value = {key: value}
    return value


def beside(path):
    """What must be set for an option to do something."""
    return BESIDE.get(path) or BESIDE.get(path.partition(".")[0]) or {}


def another(path, value):
    """Some other value that the option takes."""
    specs = {**shared(), **{name: spec for role in roles() for name, spec in role.specs.items()}}
    name, *keys = path.split(".")
    spec = specs[name]
    for key in keys:
        spec = spec.get("options", {}).get(key, {})
    if spec.get("choices"):
        return next(choice for choice in spec["choices"] if choice != value)
    texts = spec.get("elements") != "dict"
    others = {
        bool: lambda: not value,
        int: lambda: value + 1,
        str: lambda: value + "x",
        list: lambda: ["one", "two"] if texts else [{"key": "one", "operator": "Exists"}],
        dict: lambda: {"key": "value"},
    }
    return others[type(value)]()


def perturbed():
    """Each option changed by itself: {path: options}."""
    cases = {}
    for path, value in leaves().items():
        name = path.partition(".")[0]
        if not {name, path} & ELSEWHERE and path not in SWITCHES:
            value_there = dotted(name, options(merge(BASE, beside(path)))[name]).get(path, value)
            cases[path] = merge(beside(path), change(path, another(path, value_there)))
    return cases


@functools.cache
def cases():
    """Everything that is compared: {name: (options, the cluster's APIs)}."""
    found = {"base": ({}, ()), "OpenShift": ({}, OPENSHIFT)}
    for number, (first, given) in enumerate(SWITCHES.items()):
        found[first] = (given, ())
        found[f"{first} on OpenShift"] = (given, OPENSHIFT)
        for second in list(SWITCHES)[number + 1 :]:
            found[f"{first} and {second}"] = (merge(given, SWITCHES[second]), ())
    found["all switches"] = (everything(), ())
    found["all switches on OpenShift"] = (everything(), OPENSHIFT)
    for name, given in HOSTILE.items():
        found[name] = (given, ())
        found[f"{name} on OpenShift"] = (given, OPENSHIFT)
    for path, given in perturbed().items():
        found[f"option {path}"] = (given, ())
        if path.startswith("todo_ingress."):
            found[f"option {path} on OpenShift"] = (given, OPENSHIFT)
    return {name: (merge(BASE, given), apis) for name, (given, apis) in found.items()}


@functools.cache
def expected():
    """What the manifests say in each case: {name: {kind and name: object}}. Only to be read."""
    return {name: manifests(given, apis) for name, (given, apis) in cases().items()}


def everything():
    given = {}
    for switch in SWITCHES.values():
        given = merge(given, switch)
    return given
