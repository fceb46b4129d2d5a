"""The evaluator against packets: namespaces of the kernel as hosts, joined by a router that has our nftables rules."""

from __future__ import annotations

import ipaddress
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from strangler_deploy.network.endpoints import Pod
from strangler_deploy.network.nftables import ruleset
from strangler_deploy.network.reach import Flow, is_allowed
from strangler_deploy.network.world import World

from .conftest import MakeWorld, pod, policy
from .fixtures import random_policies

pytestmark = pytest.mark.real
PROBES = [("TCP", 8080), ("TCP", 8050), ("UDP", 53), ("UDP", 8080)]
_ROUTER = f"sg{os.getpid()}-r"
PROBE = Path(__file__).with_name("probe.py")


def _run(*command: str, text: str | None = None) -> str:
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def _missing() -> str:
    if os.geteuid() != 0:
        return "needs root for network namespaces"
    absent = [tool for tool in ("ip", "nft") if shutil.which(tool) is None]
    return f"needs {' and '.join(absent)}" if absent else ""


@pytest.fixture(scope="module")
def hosts() -> Iterator[list[str]]:
    """Nine hosts around a router; every pair is joined through it alone."""
    if not os.environ.get("STRANGLER_REAL"):
        pytest.skip("NOT RUN: packets need network namespaces; .ci/steps/71-deploy-verify sends them")
    reason = _missing()
    if reason:
        pytest.fail(reason)
    router, names = _ROUTER, [f"sg{os.getpid()}-{n}" for n in range(9)]
    servers: list[subprocess.Popen[str]] = []
    try:
        _run("ip", "netns", "add", router)
        _run("ip", "netns", "exec", router, "sysctl", "-qw", "net.ipv4.ip_forward=1")
        for number, name in enumerate(names):
            _join(router, name, number)
            servers.append(_serve(name))
        yield names
    finally:
        for server in servers:
            server.kill()
            server.communicate()
        for name in (router, *names):
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def _join(router: str, name: str, number: int) -> None:
    _run("ip", "netns", "add", name)
    _run("ip", "link", "add", f"sgr{number}", "netns", router, "type", "veth", "peer", "name", "eth0", "netns", name)
    _run("ip", "-n", router, "addr", "add", f"10.0.{number}.1/24", "dev", f"sgr{number}")
    _run("ip", "-n", router, "link", "set", f"sgr{number}", "up")
    _run("ip", "-n", name, "addr", "add", f"10.0.{number}.2/24", "dev", "eth0")
    _run("ip", "-n", name, "link", "set", "eth0", "up")
    _run("ip", "-n", name, "link", "set", "lo", "up")
    _run("ip", "-n", name, "route", "add", "default", "via", f"10.0.{number}.1")


def _serve(name: str) -> subprocess.Popen[str]:
    command = ["ip", "netns", "exec", name, sys.executable, str(PROBE), "serve", json.dumps(PROBES)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    assert server.stdout.readline() == "ready\n"
    return server


def _measured(hosts: list[str], world: World) -> dict[tuple[int, int, str, int], bool]:
    _run("ip", "netns", "exec", _ROUTER, "nft", "-f", "-", text="flush ruleset\n" + ruleset(world))
    questions = json.dumps([[f"10.0.{t}.2", protocol, port] for t in range(len(hosts)) for protocol, port in PROBES])
    command = [sys.executable, str(PROBE), "ask", questions]
    asking = [
        subprocess.Popen(["ip", "netns", "exec", host, *command], stdout=subprocess.PIPE, text=True) for host in hosts
    ]
    found = {}
    for source, process in enumerate(asking):
        answers = json.loads(process.communicate()[0])
        keys = [(t, protocol, port) for t in range(len(hosts)) for protocol, port in PROBES]
        found.update({(source, *key): answer for key, answer in zip(keys, answers, strict=True) if key[0] != source})
    return found


def _expected(world: World) -> dict[tuple[int, int, str, int], bool]:
    pods = list(world.pods)
    return {
        (s, t, protocol, port): is_allowed(world, Flow(pods[s], pods[t], port, protocol))
        for s in range(len(pods))
        for t in range(len(pods))
        for protocol, port in PROBES
        if s != t
    }


def _pods(engines: list[str]) -> list[Pod]:
    return [
        pod(f"t{n // 3}", "abc"[n % 3], engine, f"10.0.{n}.2", role="xyz"[(n * 7 + n // 3) % 3])
        for n, engine in enumerate(engines)
    ]


def test_packets_pass_where_nothing_is_said(hosts: list[str], world: MakeWorld) -> None:
    measured = _measured(hosts, world(_pods(["vpc"] * 9)))
    assert all(measured.values())


@pytest.mark.parametrize("seed", range(12))
def test_packets_and_evaluator_agree(hosts: list[str], world: MakeWorld, seed: int) -> None:
    """Every ordered pair of nine pods, four ports: the kernel's answer is ours."""
    draw = random.Random(seed)
    made = world(_pods(["cilium" if seed % 3 == 2 else "vpc"] * 9), *random_policies(draw))
    assert _measured(hosts, made) == _expected(made)


def test_packets_of_three_tenants_stay_with_their_tenant(hosts: list[str], world: MakeWorld) -> None:
    deny = [policy(f"t{n}", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}) for n in range(3)]
    own = [
        policy(
            f"t{n}",
            {
                "podSelector": {},
                "ingress": [{"from": [{"podSelector": {}}]}],
                "egress": [{"to": [{"podSelector": {}}]}],
            },
        )
        for n in range(3)
    ]
    measured = _measured(hosts, world(_pods(["vpc"] * 9), *deny, *own))
    assert all(passed == (s // 3 == t // 3) for (s, t, _, _), passed in measured.items())


def test_the_hosts_have_the_addresses_of_the_pods() -> None:
    assert [ipaddress.ip_address(str(p.address)) for p in _pods(["vpc"] * 9)][-1] == ipaddress.ip_address("10.0.8.2")
