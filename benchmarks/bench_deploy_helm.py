"""Renders the same documents by ``strangler deploy render`` and by ``helm template`` of an equal chart.

The chart is made from our own output for one tenant: one template per document, over all tenants. Measured is how many
times faster ours is for a document. Needs ``helm`` on the path.

Usage: python benchmarks/bench_deploy_helm.py [--tenants 1000]. The limits are for a thousand: with few of them
our start weighs.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_deploy_render import plan_text
from figures import Figure, not_run, report, status

from strangler.plan import loads
from strangler.plan.platform import Tenant
from strangler_deploy import tenant_folder

_MARK = "customermark"
_FLOOR, _TARGET, _FULL = 3.0, 10.0, 1000


def _chart(root: Path, files: dict[str, str], tenants: list[str]) -> int:
    """Write the chart; the number of documents for each tenant."""
    (root / "templates").mkdir(parents=True)
    (root / "Chart.yaml").write_text("apiVersion: v2\nname: tenants\nversion: 0.1.0\n")
    (root / "values.yaml").write_text("tenants:\n" + "".join(f"- {tenant}\n" for tenant in tenants))
    documents = {path: text for path, text in files.items() if "\nkind: " in text and "kind: Kustom" not in text}
    for number, text in enumerate(documents.values()):
        escaped = text.replace("{{", "\0").replace("}}", "\1").replace("\0", '{{ "{{" }}').replace("\1", '{{ "}}" }}')
        body = escaped.replace(_MARK, "{{ . }}")
        (root / "templates" / f"{number:03}.yaml").write_text(
            "{{- range .Values.tenants }}\n---\n" + body + "{{- end }}\n"
        )
    return len(documents)


def _seconds(command: list[str], output: Path) -> tuple[float, float]:
    """Wall and processor seconds of a command."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with output.open("wb") as stream:
        subprocess.run(command, check=True, stdout=stream)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=_FULL)
    count = parser.parse_args().tenants
    helm = shutil.which("helm")
    if helm is None:
        not_run(
            "deploy", "a document against `helm template`: needs helm (.ci/steps/70-deploy shows where it comes from)"
        )
        return
    root = Path(tempfile.mkdtemp(prefix="bench-helm-"))
    try:
        _measure(root, helm, [f"customer{number:04}" for number in range(count)])
    finally:
        shutil.rmtree(root)


def _measure(root: Path, helm: str, tenants: list[str]) -> None:
    plan = loads(plan_text())
    each = _chart(root / "chart", tenant_folder(plan, Tenant(id=_MARK)), tenants)
    (root / "tenants").mkdir()
    (root / "strangler.yaml").write_text(plan_text())
    for tenant in tenants:
        (root / "tenants" / f"{tenant}.yaml").write_text(f"id: {tenant}\n")
    theirs = _seconds([helm, "template", "tenants", str(root / "chart")], root / "helm.yaml")
    rendered = (root / "helm.yaml").read_text().count("\napiVersion: ")
    assert rendered == each * len(tenants), (rendered, each * len(tenants))
    plan_file = str(root / "strangler.yaml")
    ours = _seconds([sys.executable, "-c", _TO_STDOUT, plan_file], root / "ours.yaml")
    made = (root / "ours.yaml").read_text().count("\napiVersion: ")
    command = [sys.executable, "-m", "strangler", "deploy", "render", "--quiet", "-o", str(root / "tree")]
    to_files = _seconds([*command, "--plan", plan_file], root / "ours.txt")
    written = sum(1 for _ in (root / "tree").rglob("*.yaml"))
    _print("helm template, to one stream", theirs, rendered)
    _print("ours, to one stream", ours, made)
    _print("ours, a file for each document", to_files, written)
    wall, processor = ((theirs[number] / rendered) / (ours[number] / made) for number in range(2))
    floor, target = (_FLOOR, _TARGET) if len(tenants) >= _FULL else (None, None)
    measure, peer = f"a document rendered, {len(tenants):,} tenants", "helm template"
    report(
        Figure("deploy", measure, wall, "x faster", peer, floor=floor, target=target, higher=True),
        Figure("deploy", f"{measure}, CPU", processor, "x faster", peer, higher=True),
    )


def _print(name: str, seconds: tuple[float, float], count: int) -> None:
    wall, processor = (value / count * 1e6 for value in seconds)
    print(f"{name:32} {count:6} documents, each {wall:6.0f} us wall, {processor:6.0f} us processor")


# The whole command: start, read plan and tenants, render, write.
_TO_STDOUT = """
import sys
from pathlib import Path
from strangler.plan import load, load_tenants
from strangler_deploy import render
plan = Path(sys.argv[1])
for path, text in render(load(plan), load_tenants(plan.parent / "tenants")).items():
    if "\\nkind: " in text and not path.endswith("kustomization.yaml"):
        sys.stdout.write("---\\n" + text)
"""


if __name__ == "__main__":
    main()
    sys.exit(status())
