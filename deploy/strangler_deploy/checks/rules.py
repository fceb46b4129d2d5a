"""Every rule of ``strangler deploy check`` with its reason: what ``--explain`` prints."""

from __future__ import annotations

from collections.abc import Mapping

from strangler.errors import StranglerError
from strangler_deploy.checks.explanation import Explanation
from strangler_deploy.checks.proofs import PROOFS

__all__ = ["RULES", "Explanation", "explain"]

_ALL = (
    Explanation(
        "DEPLOY-YAML",
        "A file of the tree holds one Kubernetes object as YAML.",
        "Argo CD stops at a file it cannot read, and then brings nothing of that folder.",
        "Render the tree again; nothing in it is written by hand.",
    ),
    Explanation(
        "DEPLOY-SCHEMA",
        "Every object fits the schema of its kind: types, required fields, patterns, enumerations, sizes.",
        "The API server refuses it otherwise, in the middle of a rollout.",
        "The finding names the field, and the line of the plan it comes from.",
    ),
    Explanation(
        "DEPLOY-FIELD",
        "No object has a field that its kind does not know.",
        "A lax API server drops such a field silently: blockPublicAcls for blockPublicACLs leaves a bucket open. A "
        "warning only where the stored schema is known to be older than the API.",
        "Correct the name, or give --crds a folder with newer schemas.",
    ),
    Explanation(
        "DEPLOY-UNCHECKED",
        "A kind without a schema here is named, not passed silently.",
        "Native kinds are always checked; custom kinds need their CRDs.",
        "Give their folder with --crds DIR.",
    ),
    Explanation(
        "DEPLOY-REFERENCE",
        "Whatever an object names is in the same cluster: service accounts, gateways, classes, roles, projects.",
        "Pods hang, routes lead nowhere and identities are refused, each without an error at apply time.",
        "Declare what is missing, or correct the name in the plan.",
    ),
    Explanation(
        "DEPLOY-TWICE",
        "No two files hold the same object of the same cluster.",
        "Two Argo CD applications would take it from each other in turns.",
        "Rename one of the two in the plan.",
    ),
    Explanation(
        "DEPLOY-SECRET",
        "No file holds a secret: AWS keys, private keys, tokens, passwords.",
        "Git never forgets. Pods get AWS permissions by Pod Identity and other secrets by External Secrets.",
        "Remove it from the plan, make it void where it was issued, and name it under secrets: instead.",
    ),
    Explanation(
        "DEPLOY-IMAGE",
        "Every image is named by digest.",
        "A tag can be moved: what was tested is then not what runs, and a rollback brings back something else.",
        "Set digest: of the workload to what strangler build printed, or put @sha256:… behind the image.",
    ),
    Explanation(
        "DEPLOY-MONOLITH",
        "Pods can reach the monolith, the fallback of every route.",
        "Without it a path that no service has taken over leads nowhere; a loopback address is the pod's own.",
        "Set platform.monolith: {host: …, port: …} to its address as the clusters see it.",
    ),
    Explanation(
        "DEPLOY-ROUTE",
        "A gateway can carry out every route: it goes by path and method alone, and where a tenant is known by path, "
        "it ends in /** or has no placeholder.",
        "Without its other conditions a route takes requests that are the monolith's, without its limits it lets all "
        "through. And the tenant's prefix can be taken off prefixes and whole paths, not off patterns.",
        "Let a facade split the traffic (platform.facade.mode: facade): it carries out all the plan says. Where "
        "tenants are known by path, end the route with /**, or tell them apart by host (tenants_by: host).",
    ),
    Explanation(
        "DEPLOY-TENANT",
        "A tenant names tiers, clusters and services that the plan has, and a silo is nobody else's.",
        "Nothing can be rendered for it otherwise.",
        "Correct the tenant's file, or declare what it names in the plan.",
    ),
    Explanation(
        "DEPLOY-STALE",
        "The tree is what the plan renders today.",
        "What was edited by hand is lost with the next render, and what the plan says is not what runs.",
        "Render it again: strangler deploy render -o DIR.",
    ),
    Explanation(
        "DEPLOY-CEILING",
        "What is declared fits into the ceilings of AWS and Kubernetes.",
        "100 target groups per load balancer and 5,000 Pod Identity associations per cluster cannot be passed by any "
        "setting; the controller stops in the middle.",
        "Spread tenants over more clusters (platform.clusters) or load balancers (gateways: {…: {shards: N}}).",
    ),
)

RULES: Mapping[str, Explanation] = {explanation.rule: explanation for explanation in (*_ALL, *PROOFS)}


def explain(rule: str) -> Explanation:
    """Why there is a rule.

    Raises:
        StranglerError: there is none of this name.
    """
    if rule not in RULES:
        raise StranglerError(f"there is no rule {rule}", hint=f"rules: {', '.join(sorted(RULES))}")
    return RULES[rule]
