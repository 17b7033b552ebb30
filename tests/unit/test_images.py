"""Images: content tags, .dockerignore, the build plan, the build's command line, and failures explained."""

import os
import stat
import subprocess
import textwrap
import time
from pathlib import Path

import pytest
from ansible_collections.todoapp.stack.plugins.module_utils import image_build, images
from ansible_collections.todoapp.stack.plugins.module_utils.errors import DeployError, OptionError

ROOT = Path(__file__).resolve().parents[2]


def tree(root: Path, **files: str) -> Path:
    for name, text in {"Dockerfile": "FROM base\n", **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def seen(root: Path, ignore: str, *paths: str) -> list[str]:
    tree(root, **dict.fromkeys(paths, "x"))
    (root / ".dockerignore").write_text(textwrap.dedent(ignore))
    return [path for path, _ in images.context_files(root) if path not in ("Dockerfile", ".dockerignore")]


class TestContentTag:
    def test_is_the_same_for_the_same_content_elsewhere(self, tmp_path: Path) -> None:
        one, two = (tree(tmp_path / name, **{"src/a.py": "a", "b": "b"}) for name in ("one", "two"))
        os.utime(two / "b", (0, 0))
        (two / "b").chmod(0o600)  # a clone under another umask
        assert images.content_tag(one, {}, "debian") == images.content_tag(two, {}, "debian")
        assert len(images.content_tag(one)) == 12

    @pytest.mark.parametrize(
        "change",
        [
            lambda c: (c / "a").write_text("other"),
            lambda c: (c / "a").rename(c / "renamed"),
            lambda c: (c / "a").chmod(0o755),
            lambda c: (c / "new").write_text(""),
            lambda c: (c / "Dockerfile").write_text("FROM other\n"),
            lambda c: ((c / "a").unlink(), (c / "a").symlink_to("b")),
        ],
    )
    def test_changes_with_what_the_build_sees(self, tmp_path: Path, change) -> None:
        context = tree(tmp_path, a="a", b="b")
        before = images.content_tag(context)
        change(context)
        assert images.content_tag(context) != before

    def test_changes_with_build_arguments_and_base(self, tmp_path: Path) -> None:
        context = tree(tmp_path)
        tags = {images.content_tag(context, args, base) for args in ({}, {"A": "1"}) for base in ("x", "y")}
        assert len(tags) == 4

    def test_does_not_mistake_one_file_for_another(self, tmp_path: Path) -> None:
        one, two = tree(tmp_path / "one", a="bc"), tree(tmp_path / "two", ab="c")
        assert images.content_tag(one) != images.content_tag(two)

    def test_ignores_what_the_build_ignores(self, tmp_path: Path) -> None:
        context = tree(tmp_path, **{".dockerignore": "*.log\n", "a": "a"})
        before = images.content_tag(context)
        (context / "x.log").write_text("noise")
        assert images.content_tag(context) == before

    def test_needs_a_dockerfile(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError, match="has no Dockerfile"):
            images.content_tag(tmp_path)


class TestIgnore:
    @pytest.mark.parametrize(
        ("ignore", "kept"),
        [
            ("", ["a.py", "deep/node_modules/m.js", "node_modules/m.js", "src/a.log", "src/a.py"]),
            ("node_modules", ["a.py", "deep/node_modules/m.js", "src/a.log", "src/a.py"]),
            ("**/node_modules", ["a.py", "src/a.log", "src/a.py"]),
            ("*.py", ["deep/node_modules/m.js", "node_modules/m.js", "src/a.log", "src/a.py"]),
            ("**/*.py\n# node_modules", ["deep/node_modules/m.js", "node_modules/m.js", "src/a.log"]),
            ("*\n!src\n", ["src/a.log", "src/a.py"]),
            ("*\n!src\nsrc/*.log", ["src/a.py"]),
            ("*\n!src/a.?y", ["src/a.py"]),
            ("src/[ab].py\n/node_modules/\n./deep", ["a.py", "src/a.log"]),
            ("*\n!**/*.py", ["a.py", "src/a.py"]),
            ("!a.py\n*", []),
        ],
    )
    def test_means_what_docker_means(self, tmp_path: Path, ignore: str, kept: list[str]) -> None:
        paths = ("a.py", "src/a.py", "src/a.log", "node_modules/m.js", "deep/node_modules/m.js")
        assert seen(tmp_path, ignore, *paths) == kept

    def test_never_leaves_out_the_dockerfile(self, tmp_path: Path) -> None:
        tree(tmp_path, **{".dockerignore": "*"})
        assert images.context_files(tmp_path) == [("Dockerfile", "file")]

    def test_does_not_list_folders_that_are_left_out(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        tree(tmp_path, **{".dockerignore": "*\n!src\n", "node_modules/x/y": "", "src/a": ""})
        listed = []
        scan = os.scandir
        monkeypatch.setattr(os, "scandir", lambda path: listed.append(Path(path).name) or scan(path))
        images.context_files(tmp_path)
        assert set(listed) == {tmp_path.name, "src"}


class TestBuildPlan:
    def component(self, name: str, tag: str = "", digest: str = "") -> dict:
        return {"name": name, "image": {"repository": f"todo-app/{name}", "tag": tag, "digest": digest}}

    def test_builds_what_has_a_dockerfile_here(self, tmp_path: Path) -> None:
        tree(tmp_path / "backend")
        plan = images.build_plan([self.component("backend"), self.component("elsewhere")], tmp_path, "base:1")
        assert [(image["name"], image["repository"], image["tag"]) for image in plan] == [
            ("backend", "todo-app/backend", images.content_tag(tmp_path / "backend", {}, "base:1"))
        ]
        assert plan[0]["build_args"] == {"BASE_IMAGE": "base:1"}
        assert plan[0]["labels"]["org.opencontainers.image.version"] == plan[0]["tag"]

    def test_leaves_images_of_the_users_own(self, tmp_path: Path) -> None:
        for name in ("one", "two", "three"):
            tree(tmp_path / name)
        tag = images.content_tag(tmp_path / "three", {}, "base")
        components = [
            self.component("one", tag="1.0"),
            self.component("two", digest="sha256:0"),
            self.component("three", tag=tag),
        ]
        assert [image["name"] for image in images.build_plan(components, tmp_path, "base")] == ["three"]

    def test_can_be_restricted(self, tmp_path: Path) -> None:
        tree(tmp_path / "backend")
        tree(tmp_path / "frontend")
        components = [self.component("backend"), self.component("frontend"), self.component("far")]
        assert [i["name"] for i in images.build_plan(components, tmp_path, "b", ["frontend"])] == ["frontend"]
        with pytest.raises(OptionError, match="names bakend: there is no such component; did you mean backend"):
            images.build_plan(components, tmp_path, "b", ["bakend"])
        with pytest.raises(OptionError, match="names far: its image comes from elsewhere"):
            images.build_plan(components, tmp_path, "b", ["far"])

    def test_is_built_without_the_registry_and_pushed_with_it(self, tmp_path: Path) -> None:
        tree(tmp_path / "backend")
        component = self.component("backend")
        component["image"]["repository"] = "localhost:5000/todo-app/backend"
        plan = images.build_plan([component], tmp_path, "base", registry="localhost:5000")
        tag = images.content_tag(tmp_path / "backend", {}, "base")
        source = f"todo-app/backend:{tag}"
        assert images.push_plan(plan, "localhost:5000") == [
            {"name": "backend", "source": source, "target": f"localhost:5000/{source}"}
        ]
        assert images.push_plan(plan, "")[0]["target"] == source

    def test_the_report_names_the_newest_digest(self) -> None:
        pushes = [{"name": name, "source": name, "target": f"h/{name}"} for name in ("one", "two", "three")]
        answers = [
            {"digests": {"h/one": "sha256:1", "h/two": None}},
            {"digests": {"h/two": "sha256:2"}},
            {"skipped": True},
        ]
        assert images.with_digests(pushes, answers) == {
            "one": {"reference": "h/one", "digest": "sha256:1"},
            "two": {"reference": "h/two", "digest": "sha256:2"},
            "three": {"reference": "h/three", "digest": ""},
        }

    def test_labels_tell_the_commit_and_no_credentials(self, tmp_path: Path) -> None:
        def git(*arguments: str) -> None:
            subprocess.run(
                ["git", "-C", tmp_path, "-c", "user.name=n", "-c", "user.email=e", *arguments],
                check=True,
                capture_output=True,
            )

        context = tree(tmp_path / "svc")
        assert images.labels(context) == {"org.opencontainers.image.licenses": "Apache-2.0"}
        git("init", "--quiet")
        git("add", ".")
        git("commit", "--quiet", "--message", "m")
        git("remote", "add", "origin", "https://me:token@code.example/todo.git")
        found = images.labels(context)
        assert found["org.opencontainers.image.source"] == "https://code.example/todo.git"
        assert len(found["org.opencontainers.image.revision"]) == 40
        assert "T" in found["org.opencontainers.image.created"]
        (context / "Dockerfile").write_text("FROM other\n")
        assert images.labels(context)["org.opencontainers.image.revision"].endswith("-dirty")

    def test_is_quick_on_this_clone(self) -> None:
        contexts = [path.parent for path in (ROOT / "services").glob("*/Dockerfile")]
        assert contexts
        spent = []
        for _ in range(3):
            began = time.process_time()
            for context in contexts:
                images.content_tag(context, {}, "debian:trixie-slim")
            spent.append(time.process_time() - began)
        assert min(spent) < 0.1  # a deploy with nothing to do pays this


class TestBuilder:
    @pytest.fixture
    def clients(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        def make(version: str, *, buildx: bool) -> str:
            file = tmp_path / "docker"
            file.write_text(
                f'#!/bin/sh\ncase "$1" in buildx) {"echo buildx v0.38" if buildx else "exit 1"};; '
                f"--version) echo 'Docker version {version}, build 1';; esac\n"
            )
            file.chmod(file.stat().st_mode | stat.S_IXUSR)
            monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
            monkeypatch.setattr(image_build.os, "access", lambda path, mode: path == str(file))
            return str(file)

        return make

    def test_prefers_buildx(self, clients) -> None:
        client = clients("28.2.2", buildx=True)
        assert image_build.find_builder() == image_build.Builder((client, "buildx", "build", "--load"))

    def test_takes_the_buildkit_of_an_old_client(self, clients) -> None:
        client = clients("20.10.24+dfsg1", buildx=False)
        assert image_build.find_builder() == image_build.Builder((client, "build"), {"DOCKER_BUILDKIT": "1"})

    def test_says_what_to_install(self, clients) -> None:
        clients("28.2.2", buildx=False)
        with pytest.raises(DeployError, match="no docker client here can build with BuildKit") as error:
            image_build.find_builder()
        assert "install the buildx plugin" in error.value.diagnosis["next_step"]


IMAGE = {
    "name": "backend",
    "context": "/clone/services/backend",
    "repository": "todo-app/backend",
    "tag": "abc",
    "target": "test",
    "build_args": {"BASE_IMAGE": "debian:x"},
    "labels": {"title": "backend"},
}


def test_the_command_line_holds_no_proxy_address() -> None:
    environment = image_build.proxy_environment(
        {"http_proxy": "http://me:secret@proxy:1", "https_proxy": "", "no_proxy": ""}
    )
    command = image_build.build_command(
        image_build.Builder(("docker", "build")), IMAGE, "/ca.crt", environment, force=True
    )
    assert "secret@" not in " ".join(command)
    assert environment["HTTP_PROXY"] == "http://me:secret@proxy:1"
    assert command == [
        *("docker", "build", "--progress", "plain", "--tag", "todo-app/backend:abc", "--target", "test", "--no-cache"),
        *("--secret", "id=ca,src=/ca.crt", "--build-arg", "BASE_IMAGE=debian:x", "--build-arg", "HTTP_PROXY"),
        *("--build-arg", "http_proxy", "--label", "title=backend", "/clone/services/backend"),
    ]


def test_a_missing_ca_bundle_is_named() -> None:
    with pytest.raises(DeployError, match="build_ca_bundle names /nowhere, which does not exist"):
        image_build.ca_bundle("/nowhere")


# Recorded from Engine 20.10's BuildKit (the first three) and from buildx 0.38.
RUN_FAILS = """\
#4 [base 1/2] FROM docker.io/library/debian:trixie-slim
#4 sha256:d3301c27261ba9ea9600624ec9cc0853d5d69c4aeef354fec8676aab24d2e720
#4 CACHED

#6 [runtime 1/2] RUN echo hello && ls /nowhere
#6 sha256:9323eb48da148578b78eff4bff9891e1f318e70cb318957dc9616b2ee39b5a27
#6 0.410 hello
#6 0.413 ls: cannot access '/nowhere': No such file or directory
#6 ERROR: executor failed running [/bin/sh -c echo hello && ls /nowhere]: exit code: 2
------
 > [runtime 1/2] RUN echo hello && ls /nowhere:
------
executor failed running [/bin/sh -c echo hello && ls /nowhere]: exit code: 2
"""
NOT_A_DOCKERFILE = """\
#2 [internal] load .dockerignore
#2 transferring context: 2B done
#2 DONE 0.0s
failed to solve with frontend dockerfile.v0: failed to create LLB definition: dockerfile parse error line 1: unknown instruction: FORM
"""
NO_BASE = """\
#3 [internal] load metadata for docker.io/library/debian:nosuch
#3 ERROR: failed to do request: Head "https://registry/v2/library/debian/manifests/nosuch": dial tcp: lookup registry: no such host
------
 > [internal] load metadata for docker.io/library/debian:nosuch:
------
failed to solve with frontend dockerfile.v0: failed to create LLB definition: failed to do request: Head "https://registry/v2": no such host
"""


class TestExplain:
    def test_a_failed_instruction(self) -> None:
        assert image_build.explain("backend", RUN_FAILS) == {
            "component": "backend",
            "step": "RUN echo hello && ls /nowhere",
            "cause": "ls: cannot access '/nowhere': No such file or directory (exit code 2)",
            "log": ["hello", "ls: cannot access '/nowhere': No such file or directory"],
            "next_step": "look at the instruction `RUN echo hello` in services/backend/Dockerfile, mend it and build again",
        }

    def test_a_dockerfile_that_is_none(self) -> None:
        found = image_build.explain("backend", NOT_A_DOCKERFILE)
        assert found["cause"] == "dockerfile parse error line 1: unknown instruction: FORM"
        assert found["next_step"] == "look at services/backend/Dockerfile, mend it and build again"

    def test_a_missing_base_image(self) -> None:
        found = image_build.explain("backend", NO_BASE)
        assert found["step"] == ""
        assert "no such host" in found["cause"]
        assert found["next_step"].startswith("make the base image available")

    def test_names_the_instruction_without_its_mounts(self) -> None:
        output = "#6 [a 1/2] RUN --mount=type=secret,id=ca,target=/x make && go\n#6 ERROR: failed: exit code: 1\n"
        assert "`RUN make` in services/backend/Dockerfile" in image_build.explain("backend", output)["next_step"]

    def test_keeps_the_last_lines_only(self) -> None:
        noise = "".join(f"#6 1.{n} line {n}\n" for n in range(100))
        found = image_build.explain("backend", f"#6 [1/2] RUN make\n{noise}#6 ERROR: process failed: exit code: 1\n")
        assert found["log"] == [f"line {n}" for n in range(85, 100)]
        assert found["cause"] == "line 99 (exit code 1)"

    @pytest.mark.parametrize(
        ("line", "step"),
        [
            ("OSError: [Errno 28] No space left on device", "free space"),
            ("SSLError(CERTIFICATE_VERIFY_FAILED)", "set build_ca_bundle"),
            ("Temporary failure resolving 'packages.example.test'", "check that this host reaches"),
            ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "a package is not the one"),
        ],
    )
    def test_knows_the_way_out(self, line: str, step: str) -> None:
        found = image_build.explain("backend", f"#6 [1/2] RUN make\n#6 1.0 {line}\n#6 ERROR: failed: exit code: 1\n")
        assert found["next_step"].startswith(step)
