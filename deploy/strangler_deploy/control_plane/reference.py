"""The reference page of the control plane: its endpoints come from the OpenAPI document, so that none is missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from strangler_deploy.control_plane.api.app import create_app
from strangler_deploy.control_plane.identity.tokens import Claims, Verifier
from strangler_deploy.control_plane.plane import Plane
from strangler_deploy.control_plane.tenants.stages import EVENTS

_TEXT = """\
# The control plane

`strangler control-plane run` serves the API by which tenants are brought in, changed, suspended and taken out. Each
request becomes **exactly one commit** in the GitOps repository, rendered and checked before it is made, or it is
refused with the rule that it breaks. Argo CD does the rest.

```
strangler control-plane run --repository git@git.example.com:acme/gitops.git
strangler control-plane token alice --role operator
curl -X POST http://127.0.0.1:8090/v1/tenants -H "Authorization: Bearer $TOKEN" \\
     -H 'Content-Type: application/json' -d '{"tenant": {"id": "acme", "tier": "standard"}}'
```

[A first hour](control-plane-first-hour.md) with it, command by command, needs nothing but a shell.

An empty repository begins with the plan (`strangler.yaml`) and what all tenants share; from then on the plan in git
counts. A tenant is its file `tenants/<id>.yaml` and its rendered folder, under `platform.delivery.path`.

## Where things are kept

`--state` holds the installation's key, a bare clone, and the SQLite database. `--database` (or `STRANGLER_DATABASE`)
takes `postgresql://USER:PASSWORD@HOST/NAME` instead; several replicas then may run, each with a `--state` of its own
and all with the same `--repository`: the branch decides who was first. The schema is migrated at every start.

`--key FILE` is the key of its own tokens (default: one in `--state`); replicas need the same one.

## On the control cluster

`platform.saas.control_plane` puts it there: `strangler deploy render` has its objects in `control/`, among the platform's
other services, and `strangler control-plane manifests` prints the same files alone, for the time before Argo CD follows
anything. They are a Deployment with its plan, a PostgreSQL instance, a role that may sign in to it and nothing else, the
right to look at Argo CD's applications and ACK's objects, network policies, and two Secrets from the store.

| by hand, once | what |
|---|---|
| image | `strangler build --own control-plane` (it has git, ssh and the authority of AWS's databases) |
| `PREFIX/PRODUCT/control-plane/key` in the secret store | `key.pem`: an Ed25519 private key; `strangler control-plane token … --key key.pem` signs with it |
| `PREFIX/PRODUCT/control-plane/git` | `credentials` for https (`https://USER:TOKEN@HOST`), or `ssh-privatekey` and `known_hosts` for ssh |
| the database's user | as its administrator: `CREATE USER control_plane; GRANT rds_iam TO control_plane; CREATE DATABASE control_plane OWNER control_plane` |
| the user pool's app client | ACK has no kind for it; its id is `audience`, with `tenant_claim: custom:tenant` and `role_claim: cognito:groups` |

With `--database-login aws-iam` there is no password: each connection is made with a token that AWS accepts for a quarter of
an hour, over TLS, trusting also the certificates in `STRANGLER_DATABASE_CA`. With `saas.identity` the platform's Cognito
pool is the issuer; `issuer` names another one. On a control cluster that is not of AWS, the store's entry
`PREFIX/PRODUCT/control-plane/database` has the database's `url`.

## A request, from start to end

`pending → committed → applied → ready`, or `failed` with a reason and findings. The request is a row in the outbox
before it is answered. Its commit carries `Strangler-Request: <installation>/<number>`; after a kill, a rejected push
or a lost answer the branch is read before anything is built, so that no request is committed twice and none is lost.
Requests are met in their order; one that has to wait (repository away, disk full) says why, and those behind it wait
too. `applied` and `ready` are followed in the cluster (`--follow`): Argo CD's applications with the label
`saas/tenant`, and the conditions of ACK's objects, whose message is the reason. With `--review` each request gets a
branch of its own, `strangler/request-N-TENANT`, for somebody to merge.

A change is a merge patch over what the file in git says at that moment, so that edits by hand are kept. The id of a
tenant that has left is never given again. Offboarding takes the file and the folder out of git; what becomes of the
data is declared there (`retain`), and is kept by default.

## Who may what

Tokens are JWTs of the installation's own key, or of `--issuer` (OpenID Connect Discovery; asymmetric signatures
only). They need `exp`, `aud`, `sub`, the role claim and, for a tenant's people, the tenant claim.

| role | may |
|---|---|
| `operator` | everything, for every tenant |
| `administrator` | see the own tenant, its usage, invoices, users and audit; invite and remove users |
| `member` | see the own tenant, its usage, invoices and users |
| `meter` | report usage |

What belongs to another tenant is answered as if it did not exist. Every request is in the audit before it is
answered; its entries are chained by digests, and `GET /v1/audit/chain` says whether the chain holds.

## What all endpoints share

Refusals are `application/problem+json` with `title`, `detail`, `hint` and all `errors`. Lists have `items` and `next`;
ask on with `?cursor=`. `Idempotency-Key` makes asking again safe: the answer is the same, with
`Idempotent-Replayed: true`. What can be changed has an `ETag`; a change needs it as `If-Match` (428 without, 412 if
somebody was faster). A body has at most 8 MiB.

## Usage and invoices

A usage event is told apart by `(source, id)`: send it until it is answered, in any order, it counts once. The same id
with other content does not count and is listed in `conflicts`. Quantities are whole units; a day is a day in UTC.

The facade reports by itself, where its plan says so: each request that was served (answered below 500, and not 429) counts
for its tenant, under its route's service or `monolith`, with the metric `requests`.

```yaml
facade:
  sticky: {tenant: "host:shop.example.com"}     # or claim:tenant; who is a tenant
  usage: {url: "https://control-plane.example.com", token_env: STRANGLER_USAGE_TOKEN, every: 10s}
```

The token is one of the role `meter`. What is not answered is told again; while the control plane is away, the facade keeps a
row for each tenant, service and day in `usage.sqlite3`, in its state directory. `usage` is read at the facade's start.

An invoice has the monthly fee and one line for each metric, in decimals, rounded half up once per line; the total is
the sum of the lines. A month can be billed when it has ended; billing it again writes only what is missing. Events
that come later are on the next invoice, at the prices of their month. `GET /v1/invoices/NUMBER/proof` rates the month
again from the single events. `GET /v1/tenants/ID/charges` says what a month comes to by now. Who has left pays no fee from
the month after on, only what came late. There is no card data here.

## Events

In the words of the SaaS Builder Toolkit: {events}.

## Endpoints

The whole is in `/openapi.json`; `/` is a page for operators, `/metrics` is for Prometheus.

| endpoint | what it does | answers |
|---|---|---|
{endpoints}
"""


def control_plane_reference() -> str:
    """The page."""
    events = sorted({name for names in EVENTS.values() for name in names})
    more = ["billingSuccess", "tenantUserCreated", "tenantUserDeleted"]
    told = ", ".join(f"`{name}`" for name in sorted([*events, *more]))
    return _TEXT.replace("{events}", told).replace("{endpoints}", "\n".join(_endpoints()))


def _endpoints() -> Iterator[str]:
    for path, item in sorted(_document()["paths"].items()):
        for method, operation in item.items():
            said = " ".join(operation.get("description", "").split())
            yield f"| `{method.upper()} {path}` | {said} | {', '.join(sorted(operation['responses']))} |"


def _document() -> dict[str, Any]:
    """The OpenAPI document, which needs no store and no key."""
    plane = Plane(None, Verifier([], Claims()), lambda: datetime.now(UTC))  # type: ignore[arg-type]
    return create_app(plane).openapi()
