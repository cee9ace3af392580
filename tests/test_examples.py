"""docs/examples: files of the shape that their readers want, whose commands exist."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kubernetes_validate
import pytest
import yaml
from tap_kit.connections.__main__ import remove, run, write

if TYPE_CHECKING:
    import click

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "docs/examples"
CONNECTIONS = {"run": run, "remove": remove}
RUNNER = "-m tap_kit.connections "


def workflow() -> dict[str, Any]:
    """The workflow, in which `on` is a word and no boolean."""
    content: dict[str, Any] = yaml.load((EXAMPLES / "load.yml").read_text(), Loader=yaml.BaseLoader)  # noqa: S506
    return content


def container() -> dict[str, str]:
    """The last instruction of each kind of the container file; of RUN all of them, in one line."""
    lines = (EXAMPLES / "Containerfile").read_text().replace("\\\n", "").splitlines()
    found = [line.split(" ", 1) for line in lines if line and not line.startswith("#")]
    return {**dict(found), "RUN": " && ".join(what for kind, what in found if kind == "RUN")}


def shell_lines(text: str) -> list[str]:
    """The commands in a text: of its code blocks, or of a workflow."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL) or [text]
    lines = (line.split("#")[0].split(" && ") for block in blocks for line in block.replace("\\\n", "").splitlines())
    return [command.strip() for line in lines for command in line]


def commands() -> list[str]:
    """Every command of the examples and of the pages that explain them."""
    found = [one for step in workflow()["jobs"]["load"]["steps"] for one in shell_lines(step.get("run", ""))]
    found.append(shlex.join(json.loads(container()["ENTRYPOINT"]) + json.loads(container()["CMD"])))
    pages = [ROOT / "README.md", *ROOT.glob("docs/*.md")]
    return found + [one for page in pages for one in shell_lines(page.read_text())]


def parsed(command: click.Command, arguments: list[str]) -> None:
    """Fails where the command would say that it is used wrong."""
    if not (set(arguments) & {"--help"}):
        command.make_context("command", list(arguments))


def test_the_commands_of_connections_are_used_right() -> None:
    found = [shlex.split(command.partition(RUNNER)[2]) for command in commands() if RUNNER in command]
    assert {"run", "remove", "connections.yml"} <= {arguments[0] for arguments in found}
    for arguments in found:
        known = CONNECTIONS.get(arguments[0])
        parsed(known or write, arguments[1:] if known else arguments)


def test_the_commands_of_meltano_are_used_right() -> None:
    found = [command for command in commands() if re.match(r"(\w+=\S+ )*\.venv/bin/meltano ", command)]
    assert len(found) > 5
    meltano = Path(sys.executable).with_name("meltano")
    done = subprocess.run([meltano, "--help"], capture_output=True, text=True, check=True)
    known = set(re.findall(r"^  ([a-z]+)  ", done.stdout, re.MULTILINE))
    assert {"run", "invoke", "state"} <= known
    for command in found:
        words = shlex.split(command.partition("meltano ")[2])
        name = next(word for word in words if not word.startswith("--"))
        assert name in known, command
        for plugin, verb in re.findall(r"invoke (tap-\w+|target-\w+)(?:--\w+)?:(\w+)", command):
            (defined,) = yaml.safe_load((ROOT / plugin / "plugin.meltano.yml").read_text())["plugins"].values()
            assert verb in defined[0]["commands"], command


def test_the_commands_of_taps_and_targets_exist() -> None:
    words = [shlex.split(command) for command in commands() if re.match(r"(tap|target)-\w+ ", command)]
    assert len(words) > 4
    for name in {line[0] for line in words}:
        assert shutil.which(name, path=str(Path(sys.executable).parent)), name


def test_the_workflow_is_one_for_github() -> None:
    schema = ("--builtin-schema", "vendor.github-workflows")
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *schema, EXAMPLES / "load.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    (job,) = workflow()["jobs"].values()
    assert workflow()["permissions"] == {"contents": "read", "id-token": "write"}, "and nothing more"
    assert workflow()["concurrency"], "one run at a time"
    assert int(job["timeout-minutes"]) < 60, "less than the schedule's hour"


def test_the_manifests_are_ones_for_kubernetes() -> None:
    manifests = list(yaml.safe_load_all((EXAMPLES / "cronjob.yaml").read_text()))
    for manifest in manifests:
        kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)
    cron, claim = manifests
    pod = cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    (mount,) = pod["containers"][0]["volumeMounts"]
    assert mount["mountPath"] == f"{container()['WORKDIR']}/.local/tokens"
    assert "mkdir -p .local/tokens" in container()["RUN"]
    user = f"useradd --uid {pod['securityContext']['runAsUser']} --create-home"
    assert user in container()["RUN"], "Meltano ends with an error where it cannot write below the home"


def test_the_job_is_one_for_cloud_run() -> None:
    """Of Kubernetes' shape from the container on (Google's docs, Cloud Run YAML Reference: Job)."""
    job = yaml.safe_load((EXAMPLES / "cloud-run-job.yaml").read_text())
    assert (job["apiVersion"], job["kind"]) == ("run.googleapis.com/v1", "Job")
    task = job["spec"]["template"]["spec"]["template"]["spec"]
    assert "volumes" not in task, "which would have no locks"
    assert task["timeoutSeconds"] < 3600
    task.pop("maxRetries"), task.pop("timeoutSeconds")
    container = task["containers"][0]
    container["name"] = "load"
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "load"}, "spec": task}
    kubernetes_validate.validate(pod, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.skipif(not (ROOT / ".uv/bin/uv").exists(), reason="uv is not that of `make setup`")
def test_what_the_image_installs_is_in_the_lock() -> None:
    """The line itself, but for what it would write; the workflow has the same."""
    (sync,) = re.findall(r"uv (sync [^&]+)", container()["RUN"])
    assert sync.replace(" --compile-bytecode --no-cache", "").strip() in (EXAMPLES / "load.yml").read_text()
    command = [ROOT / ".uv/bin/uv", *sync.split(), "--dry-run"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
