"""What is deployed: manifests by Kubernetes' own schemas, and all of it by what the code really has."""

from __future__ import annotations

import importlib.metadata
import json
import math
import os
import re
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from psycopg2.extensions import make_dsn, parse_dsn
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.shared.utils.common import class_from_module_path

from assistant.report import main
from tests.conftest import ROOT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import kubernetes_validate

DEPLOY = ROOT / "deploy"
MANIFESTS = sorted(file for file in (DEPLOY / "kubernetes").glob("*.yaml") if file.name != "kustomization.yaml")
VERSION = "1.28"


def documents(file: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: file.stem)
def test_manifests_follow_kubernetes_schemas(file: Path) -> None:
    for document in documents(file):
        kubernetes_validate.validate(document, VERSION, strict=True)


def test_a_wrong_manifest_would_be_seen() -> None:
    (deployment,) = documents(DEPLOY / "kubernetes" / "deployment.yaml")
    deployment["spec"]["replicas"] = "two"
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, VERSION, strict=True)


def test_kustomization_names_all_manifests() -> None:
    (kustomization,) = documents(DEPLOY / "kubernetes" / "kustomization.yaml")
    assert set(kustomization["resources"]) == {file.name for file in MANIFESTS}
    assert (DEPLOY / "kubernetes" / "endpoints.yml").read_text() == (DEPLOY / "endpoints.shared.yml").read_text()


def test_the_pod_is_not_root_and_has_probes_and_limits() -> None:
    (deployment,) = documents(DEPLOY / "kubernetes" / "deployment.yaml")
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert {"requests", "limits"} <= set(container["resources"])
    guard = (ROOT / "assistant" / "server" / "guard.py").read_text(encoding="utf-8")
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert f'"{container[probe]["httpGet"]["path"]}"' in guard
        # It tells of database and Redis, too: while one is away no pod would come up, or all would be restarted.
        assert container[probe]["httpGet"]["path"] != "/health"
    # A pod without a model lives, and can only say that it is sorry.
    assert container["startupProbe"]["httpGet"]["path"] == "/health/model"


def test_figures_are_collected_with_the_token_from_the_pods_as_they_are_named() -> None:
    (deployment,) = documents(DEPLOY / "kubernetes" / "deployment.yaml")
    (kustomization,) = documents(DEPLOY / "kubernetes" / "kustomization.yaml")
    template = deployment["spec"]["template"]
    # Who scrapes by these sends no token, and /metrics answers nobody without one.
    assert not [name for name in template["metadata"].get("annotations", {}) if name.startswith("prometheus.io/")]
    (block,) = re.findall(r"```yaml\n(scrape_configs:.+?)```", (ROOT / "docs" / "scaling.md").read_text(encoding="utf-8"), re.DOTALL)
    (job,) = yaml.safe_load(block)["scrape_configs"]
    assert set(job["authorization"]) == {"credentials_file"}
    assert job["kubernetes_sd_configs"][0]["namespaces"]["names"] == [kustomization["namespace"]]
    label, port = (rule["regex"] for rule in job["relabel_configs"])
    assert (label, port) == (template["metadata"]["labels"]["app"], template["spec"]["containers"][0]["ports"][0]["name"])


@pytest.fixture(scope="module")
def compose_schema() -> jsonschema.Draft202012Validator:
    """The Compose specification's own schema."""
    (file,) = (file for file in importlib.metadata.files("check-jsonschema") or [] if file.name == "compose-spec.json")
    return jsonschema.Draft202012Validator(json.loads(file.read_text(encoding="utf-8")))


def test_compose_follows_its_schema(compose_schema: jsonschema.Draft202012Validator) -> None:
    (compose,) = documents(DEPLOY / "compose.yml")
    assert [f"{'.'.join(map(str, error.path))}: {error.message}" for error in compose_schema.iter_errors(compose)] == []


@pytest.mark.parametrize(("place", "wrong"), [("image", 7), ("healthcheck", {"tests": ["CMD"]}), ("ports", "5005"), ("imege", "redis")])
def test_a_wrong_compose_file_would_be_seen(compose_schema: jsonschema.Draft202012Validator, place: str, wrong: Any) -> None:
    (compose,) = documents(DEPLOY / "compose.yml")
    compose["services"]["redis"][place] = wrong
    assert not compose_schema.is_valid(compose)


def test_compose_names_what_the_assistant_reads() -> None:
    (compose,) = documents(DEPLOY / "compose.yml")
    services = compose["services"]
    assert set(services) == {"assistant", "postgres", "redis"}
    assert set(services["assistant"]["depends_on"]) == {"postgres", "redis"}
    for service in services.values():
        assert service.get("healthcheck") or service.get("build")
        assert {"image", "build"} & set(service)
    wanted = set(re.findall(r"\$\{(\w+)\}", _live(DEPLOY / "endpoints.shared.yml")))
    assert wanted <= set(services["assistant"]["environment"])
    for mount in services["assistant"]["volumes"]:
        assert (DEPLOY / mount.split(":")[0]).exists()


def test_compose_opens_nothing_to_other_machines() -> None:
    # REST is open, and there is no TLS; Docker's own rules go before the host's firewall.
    (compose,) = documents(DEPLOY / "compose.yml")
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_compose_trusts_the_network_by_which_a_proxy_on_its_host_comes() -> None:
    (compose,) = documents(DEPLOY / "compose.yml")
    (pool,) = compose["networks"]["default"]["ipam"]["config"]
    assert compose["services"]["assistant"]["environment"]["TRUSTED_PROXIES"] == f"${{TRUSTED_PROXIES:-{pool['subnet']}}}"


@pytest.mark.parametrize("file", [ROOT / "endpoints.yml", DEPLOY / "endpoints.shared.yml"], ids=lambda file: file.name)
def test_endpoints_name_classes_that_exist(file: Path) -> None:
    (endpoints,) = documents(file)
    for store in ("tracker_store", "lock_store"):
        assert class_from_module_path(endpoints[store]["type"])
    # Rasa leaves a quoted ${NAME} as it is.
    assert not re.search(r"[\"']\$\{", _live(file))


def test_no_wait_for_the_shared_database_is_long() -> None:
    (endpoints,) = documents(DEPLOY / "endpoints.shared.yml")
    options = endpoints["tracker_store"]["query"]
    # As the driver takes them: it refuses a name that it does not know.
    assert parse_dsn(make_dsn(**options)) == options
    assert {"connect_timeout", "tcp_user_timeout", "keepalives_idle", "options"} <= set(options)
    assert "statement_timeout=" in options["options"]


def _live(file: Path) -> str:
    return "\n".join(line for line in file.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#"))


def test_the_image_is_not_root_has_a_health_check_and_copies_what_exists() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    *_, last = re.split(r"^FROM ", text, flags=re.MULTILINE)
    assert re.search(r"^USER (?!root|0\b)", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
    assert "ADD http" not in text


def test_each_make_in_the_image_finds_what_it_needs(tmp_path: Path) -> None:
    # No engine runs here: what was copied so far is laid out, and make says what it would do.
    _, build, _ = re.split(r"^FROM ", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    for line in build.splitlines():
        if line.startswith("COPY "):
            *sources, target = line.split()[1:]
            for source in sources:
                place = tmp_path / target
                copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
                copy(ROOT / source, place / source if target == "./" else place)
        if line.startswith("RUN make "):
            command = ["make", "--dry-run", *line.split()[2:]]
            own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
            said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=own)
            assert said.returncode == 0, (line, said.stderr)


def test_the_dashboard_asks_for_figures_that_exist() -> None:
    from prometheus_client import REGISTRY

    import assistant.metrics  # noqa: F401 - registers them

    known = {f"{metric.name}{suffix}" for metric in REGISTRY.collect() for suffix in ("", "_total", "_bucket")}
    dashboard = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            assert set(re.findall(r"assistant_\w+", target["expr"])) <= known, panel["title"]


def test_the_image_leaves_out_what_only_making_it_needs() -> None:
    _, build, _ = re.split(r"^FROM ", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    after = build[build.rindex("RUN make ") :]
    assert {".tools", ".rasa"} <= set(" ".join(re.findall(r"^RUN rm -rf (.+)$", after, re.MULTILINE)).split())


def test_all_that_the_image_keeps_lies_in_its_volume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # The image's working folder is root's, and under compose and Kubernetes nobody can write there.
    _, _, last = re.split(r"^FROM ", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    (volume,) = re.findall(r"^VOLUME (\S+)$", last, re.MULTILINE)
    assert f"DATA_FOLDER={volume}" in last.split()
    assert f"chown 10001 {volume}" in last
    work, data = tmp_path / "work", tmp_path / "data"
    work.mkdir(mode=0o500)
    data.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.delenv("SESSION_KEY", raising=False)
    for name in ("TELEGRAM_TOKEN", "TELEGRAM_SECRET", "SLACK_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.setenv(name, "set")
    monkeypatch.setenv("DATA_FOLDER", str(data))
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    store: Any = TrackerStore.create(endpoints.tracker_store, Domain.empty())
    assert store.first_time("telegram:1")
    for channel, given in documents(ROOT / "credentials.yml")[0].items():
        class_from_module_path(channel).from_credentials(given).blueprint(None)
    main(["--endpoints", str(ROOT / "endpoints.yml")])
    assert "0 talks" in capsys.readouterr().out
    assert {"talks.db", "session.key"} <= {file.name for file in data.iterdir()}
    assert list(work.iterdir()) == []


def test_the_channels_settings_reach_them() -> None:
    sources = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "assistant" / "channels").rglob("*.py"))
    read = {
        name
        for name in re.findall(r'os\.environ\.get\(\s*"(\w+)"', sources)
        if not name.endswith("_API") and not name.startswith("SANIC")
    }
    assert {"TELEGRAM_TOKEN", "SLACK_SIGNING_SECRET", "ORIGINS"} <= read
    (compose,) = documents(DEPLOY / "compose.yml")
    assert read <= set(compose["services"]["assistant"]["environment"])
    (deployment,) = documents(DEPLOY / "kubernetes" / "deployment.yaml")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert {"secretRef": {"name": "assistant"}} in container["envFrom"]
    kustomization = (DEPLOY / "kubernetes" / "kustomization.yaml").read_text(encoding="utf-8")
    assert all(name in kustomization for name in read)
    # Without it each pod would make a key of its own, and not know the others' sessions.
    assert any(entry["name"] == "SESSION_KEY" and entry["valueFrom"]["secretKeyRef"] for entry in container["env"])


def test_the_sizing_goes_by_what_was_measured() -> None:
    performance, scaling = ((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("performance", "scaling"))
    measured = {
        name: float(re.findall(rf"^\| {name} \| ([\d.]+)", performance, re.MULTILINE)[0])
        for name in ("turns per second on one core", "resident memory, MB")
    }
    rate, share, each = map(float, re.search(r"([\d.]+) × ([\d.]+) += +([\d.]+) turns", scaling).groups())
    busiest, by, processes = map(float, re.search(r"([\d.]+) / ([\d.]+) += +(\d+) processes", scaling).groups())
    again, memory, whole = map(float, re.search(r"(\d+) × ([\d.]+) GB = ([\d.]+) GB", scaling).groups())
    assert rate == pytest.approx(measured["turns per second on one core"], rel=0.1)
    assert memory * 1000 == pytest.approx(measured["resident memory, MB"], rel=0.1)
    assert each == by == round(rate * share)
    assert processes == again == math.ceil(busiest / by)
    assert whole == pytest.approx(processes * memory, abs=0.05)
    # The autoscaler goes by the same share of a core; its target is a percentage of what a pod asks for.
    (deployment,) = documents(DEPLOY / "kubernetes" / "deployment.yaml")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    scaler = next(
        document for document in documents(DEPLOY / "kubernetes" / "scaling.yaml") if document["kind"] == "HorizontalPodAutoscaler"
    )
    target = scaler["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"]
    assert int(container["resources"]["requests"]["cpu"].removesuffix("m")) * target / 100 == share * 1000
    assert scaler["spec"]["maxReplicas"] > processes
