"""A real API server with etcd: what we render is taken by it, its admission agrees with ours, and apply converges.

STRANGLER_KUBE_APISERVER and STRANGLER_ETCD name the two programs; .ci/steps/71-deploy-verify provides them.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import ssl
import subprocess
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3
import yaml

from strangler.cli.main import main
from strangler_deploy.admission.vap import AdmissionPolicies
from strangler_deploy.documents import Document
from strangler_deploy.live.apply import Clock, apply
from strangler_deploy.live.changes import Action, changes
from strangler_deploy.live.cluster import Refused
from strangler_deploy.live.objects import Key, key_of
from strangler_deploy.live.server import LiveCluster
from tests.deploy.admission.conftest import documents as policies
from tests.deploy.admission.fixtures import NAMESPACE, every
from tests.deploy.estates import documents, plan, tenants
from tests.deploy.live.conftest import config_map, namespace

pytestmark = pytest.mark.real


def _free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def _program(variable: str) -> str:
    path = os.environ.get(variable, "")
    if not path:
        if os.environ.get("STRANGLER_REAL"):
            pytest.fail(f"{variable} names no program")
        pytest.skip(f"NOT RUN: {variable} names no program; .ci/steps/71-deploy-verify provides one")
    return path


def _ready(port: int, log: Path, server: subprocess.Popen[bytes]) -> None:
    context = ssl._create_unverified_context()
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=5)
            with contextlib.closing(connection):
                connection.request("GET", "/readyz", headers={"Authorization": "Bearer admin"})
                if connection.getresponse().status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.5)
    pytest.fail(log.read_text(errors="replace")[-3000:])


@pytest.fixture(scope="module")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    apiserver, etcd = _program("STRANGLER_KUBE_APISERVER"), _program("STRANGLER_ETCD")
    folder = tmp_path_factory.mktemp("apiserver")
    subprocess.run(["openssl", "genrsa", "-out", str(folder / "sa.key"), "2048"], check=True, capture_output=True)
    (folder / "tokens.csv").write_text('admin,admin,admin,"system:masters"\n')
    client, peer, port = _free_port(), _free_port(), _free_port()
    store = f"http://127.0.0.1:{client}"
    etcd_command = [etcd, "--data-dir", str(folder / "etcd"), "--listen-client-urls", store, "--log-level", "error"]
    etcd_command += ["--advertise-client-urls", store, "--listen-peer-urls", f"http://127.0.0.1:{peer}"]
    command = [apiserver, f"--etcd-servers={store}", f"--secure-port={port}", "--bind-address=127.0.0.1"]
    command += [f"--cert-dir={folder / 'certs'}", f"--token-auth-file={folder / 'tokens.csv'}"]
    command += ["--service-account-issuer=https://localhost", "--service-cluster-ip-range=10.0.0.0/24"]
    command += [f"--service-account-{k}={folder / 'sa.key'}" for k in ("key-file", "signing-key-file")]
    command += ["--authorization-mode=RBAC", "--disable-admission-plugins=ServiceAccount,ResourceQuota"]
    log = folder / "log"
    with log.open("wb") as out:
        started = [subprocess.Popen(each, stdout=out, stderr=out) for each in (etcd_command, command)]
        try:
            _ready(port, log, started[1])
            yield _kubeconfig(folder, port)
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait(30)


def _kubeconfig(folder: Path, port: int) -> Path:
    server = {"server": f"https://127.0.0.1:{port}", "insecure-skip-tls-verify": True}
    made = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "main", "cluster": server}],
        "users": [{"name": "admin", "user": {"token": "admin"}}],
        "contexts": [{"name": "main", "context": {"cluster": "main", "user": "admin"}}],
        "current-context": "main",
    }
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(made))
    return path


@pytest.fixture
def cluster(kubeconfig: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveCluster]:
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(kubeconfig))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
        made = LiveCluster("main")
        yield made
        made.close()


def _native(tree: list[Document]) -> list[Document]:
    """What an API server without CRDs knows."""
    groups = {"", "apps", "batch", "policy", "autoscaling", "networking.k8s.io", "scheduling.k8s.io", "storage.k8s.io"}
    groups |= {"rbac.authorization.k8s.io", "admissionregistration.k8s.io"}
    return [d for d in tree if d.group in groups]


def test_apply_changes_conflict_and_prune_as_in_memory(cluster: LiveCluster) -> None:
    first = [namespace("trial"), _in("trial", config_map("a", x="1")), _in("trial", config_map("old"))]
    list(apply(cluster, first, "trial"))
    assert {c.action for c in changes(cluster, first, "trial", prune=True)} == {Action.KEEP}
    second = [first[0], _in("trial", config_map("a", x="2"))]
    found = {c.key.name: c for c in changes(cluster, second, "trial", prune=True)}
    assert found["a"].fields == (("data.x", "1", "2"),)
    assert found["old"].action is Action.PRUNE
    list(apply(cluster, second, "trial", prune=True))
    assert cluster.get(key_of(first[2].data)) is None
    assert cluster.get(Key("v1", "Namespace", "", "trial")) is not None


def _in(place: str, document: Document) -> Document:
    metadata = {**document.metadata, "namespace": place}
    return Document(document.path, {**document.data, "metadata": metadata}, cluster="main")


def test_the_server_refuses_what_it_does_not_know(cluster: LiveCluster) -> None:
    bad = {"apiVersion": "example.com/v1", "kind": "Nothing", "metadata": {"name": "x"}}
    with pytest.raises(Refused, match="does not know kind Nothing"):
        cluster.apply(bad)
    odd = config_map("odd")
    with pytest.raises(Refused, match=r"unknown|field not declared"):
        cluster.apply({**odd.data, "metadata": {"name": "odd", "namespace": "default"}, "colour": "red"})


def test_everything_native_that_we_render_is_taken_and_a_second_apply_changes_nothing(cluster: LiveCluster) -> None:
    """No controller runs here, so that nothing becomes ready; objects go in wave by wave all the same."""
    tree = _native(documents(plan("bridge"), tenants("acme")))
    kinds = {d.kind for d in tree}
    assert {"Deployment", "NetworkPolicy", "ValidatingAdmissionPolicy", "ResourceQuota", "Role"} & kinds
    ordered = sorted(tree, key=lambda d: (d.kind != "Namespace", d.kind not in ("PriorityClass", "ServiceAccount")))
    for document in ordered:
        cluster.apply(document.data)
    again = [c for c in changes(cluster, ordered, "shop", prune=False) if c.action is not Action.CHANGE]
    assert [c for c in again if c.action not in (Action.KEEP,)] == []


def test_the_servers_admission_agrees_with_ours_on_every_fixture(cluster: LiveCluster) -> None:
    """ValidatingAdmissionPolicies in force: the API server refuses what our runner refuses, in the same words."""
    rendered = [d for d in policies() if d.group == "admissionregistration.k8s.io"]
    cluster.apply({**NAMESPACE, "metadata": {**NAMESPACE["metadata"], "name": "tenant-acme"}})
    for document in rendered:
        cluster.apply(document.data)
    ours = AdmissionPolicies(rendered)
    _wait_until_enforced(cluster)
    asked = 0
    for number, fixture in enumerate(every()):
        review = fixture.review
        is_plain = review.operation == "CREATE" and review.user.name.endswith("argocd-application-controller")
        if not is_plain or review.group not in ("", "apps", "batch") or review.namespace_name != "tenant-acme":
            continue
        assert review.object is not None
        expected = sorted({denial.policy for denial in ours.denials(review)})
        try:
            metadata = {**review.object["metadata"], "name": f"fixture-{number}"}
            cluster.apply({**review.object, "metadata": metadata}, dry_run=True)
            assert expected == [], fixture.name
        except Refused as error:
            if " is invalid: " in str(error):
                continue  # the server's own validation comes first, and does not like every broken pod
            assert expected, f"{fixture.name}: {error}"
            assert f"ValidatingAdmissionPolicy '{expected[0]}'" in str(error), fixture.name
        asked += 1
    assert asked >= 35


def _wait_until_enforced(cluster: LiveCluster) -> None:
    """Policies are in force some seconds after they are written: ask until one refuses."""
    refused = next(f for f in every() if f.refused_by == "no-static-keys")
    assert refused.review.object is not None
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            cluster.apply(refused.review.object, dry_run=True)
        except Refused:
            return
        time.sleep(0.5)
    pytest.fail("no policy is in force after a minute")


def test_an_apply_that_times_out_has_written_what_came_before(cluster: LiveCluster) -> None:
    ticks = iter(range(10_000))
    clock = Clock(lambda: float(next(ticks)), lambda _: None)
    tree = [d for d in _native(documents(plan("bridge"), tenants("acme"))) if d.kind in ("Namespace", "ServiceAccount")]
    steps = list(apply(cluster, tree, "shop", clock=clock))
    assert {step.what for step in steps} == {"applied"}


def test_the_commands_speak_to_the_cluster(
    cluster: LiveCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "strangler.yaml").write_text("version: 1\nmonolith: {name: empty, packages: [shop]}\n")
    assert main(["deploy", "diff", "--json", "--only", "Namespace", "--context", "main"]) in (0, 1)
    told = json.loads(capsys.readouterr().out)
    assert told["cluster"] == "main"
    assert main(["deploy", "apply", "--json", "--only", "Namespace", "--context", "main"]) == 0
    capsys.readouterr()
    assert main(["deploy", "status", "--json", "--only", "Namespace", "--context", "main"]) == 0
    assert {o["health"] for o in json.loads(capsys.readouterr().out)["objects"]} == {"ready"}
