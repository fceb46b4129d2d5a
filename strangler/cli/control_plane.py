"""``strangler control-plane``: run the SaaS control plane, and let people in."""

from __future__ import annotations

from pathlib import Path

import click

import strangler_deploy as deploy
from strangler.cli.command import Session, command, group
from strangler.cli.options import Address
from strangler.cli.output import finding_fields
from strangler.files import write_tree
from strangler.model import Severity

_GROUP = group(
    "control-plane",
    "Run the SaaS control plane: tenants by API, each request one commit.",
    example="strangler control-plane run --repository git@git.example.com:acme/gitops.git",
)
_PATH = click.Path(path_type=Path)
_STATE = Path(".strangler/control-plane")
_ROLES = ("operator", "administrator", "member", "meter")


@command("run", parent=_GROUP, example="strangler control-plane run --repository ../gitops.git")
@click.option("--listen", default="127.0.0.1:8090", show_default=True, type=Address(), help="Where the API answers.")
@click.option("--state", type=_PATH, default=_STATE, show_default=True, metavar="DIR", help="Key, clone and database.")
@click.option("--database", envvar="STRANGLER_DATABASE", metavar="URL", help="PostgreSQL (default: SQLite in --state).")
@click.option(
    "--database-login",
    "login",
    type=click.Choice(("password", "aws-iam")),
    default="password",
    show_default=True,
    envvar="STRANGLER_DATABASE_LOGIN",
    help="How it signs in to PostgreSQL.",
)
@click.option("--key", type=_PATH, metavar="FILE", help="The key of its own tokens (default: one in --state).")
@click.option("--repository", metavar="URL", help="Where commits are pushed (default: a repository in --state).")
@click.option("--branch", default="main", show_default=True, metavar="NAME", help="The branch that Argo CD follows.")
@click.option("--review", is_flag=True, help="Make a branch for each request instead, for somebody to merge.")
@click.option("--issuer", metavar="URL", help="The OIDC issuer whose tokens count, beside local ones.")
@click.option("--audience", default="strangler-control-plane", show_default=True, help="Whom tokens must be for.")
@click.option("--tenant-claim", default="tenant", show_default=True, help="The claim that names a caller's tenant.")
@click.option("--role-claim", default="roles", show_default=True, help="The claim that names a caller's roles.")
@click.option("--follow", is_flag=True, help="Ask the current Kubernetes context how far Argo CD is.")
def run(session: Session, **settings: object) -> None:
    """Serve the API and its page until interrupted. Requests in the outbox survive any kill."""
    options = deploy.ControlPlaneOptions(plan=session.plan_path, **settings)  # type: ignore[arg-type]
    deploy.run_control_plane(options, lambda address: _ready(session, options, address))


def _ready(session: Session, options: deploy.ControlPlaneOptions, address: str) -> None:
    session.out.json({"listen": address, "state": str(options.state)})
    session.out.show(
        f"serving on http://{address}/; for a token: strangler control-plane token NAME --state {options.state}"
    )


@command("token", parent=_GROUP, example="strangler control-plane token alice --role operator")
@click.argument("name")
@click.option("--role", type=click.Choice(_ROLES), default="operator", show_default=True, help="What it allows.")
@click.option("--tenant", default="", help="The tenant of an administrator or member.")
@click.option("--state", type=_PATH, default=_STATE, show_default=True, metavar="DIR", help="Where the key is.")
@click.option("--key", type=_PATH, metavar="FILE", help="The key (default: the one in --state).")
def token(session: Session, name: str, role: str, tenant: str, state: Path, key: Path | None) -> None:
    """Make a token with the installation's own key, valid for a year. Print it once; it is kept nowhere."""
    options = deploy.ControlPlaneOptions(plan=session.plan_path, state=state, key=key)
    made = deploy.control_plane_token(options, name, role, tenant)
    session.out.json({"name": name, "role": role, "tenant": tenant, "token": made})
    session.out.show(made)


@command("manifests", parent=_GROUP, example="strangler control-plane manifests -o control-plane")
@click.option("-o", "--output", type=_PATH, metavar="DIR", help="Write one file per object (default: print them).")
def manifests(session: Session, output: Path | None) -> int:
    """The objects that run this control plane on the control cluster, as `deploy render` has them among all others.

    They are rendered from `platform.saas.control_plane` and checked with the cluster that they are for.
    """
    plan = session.plan()
    files = deploy.control_plane_manifests(plan)
    tree = deploy.render(plan, {})
    findings = [found for found in deploy.check(tree, plan, {}) if found.severity is not Severity.NOTE]
    session.out.json({"files": sorted(files), "findings": [finding_fields(finding) for finding in findings]})
    session.out.findings(findings)
    if output is not None:
        write_tree(output, files)
        session.out.show(f"wrote {len(files)} files to {output}")
    else:
        session.out.show("".join(f"---\n{text}" for text in files.values()).rstrip("\n"))
    return 1 if any(finding.severity is Severity.ERROR for finding in findings) else 0


command = _GROUP
