"""Follows committed requests through the control cluster, by Argo CD's applications and ACK's conditions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from kubernetes import client, config, dynamic
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic.exceptions import DynamicApiError, ResourceNotFoundError
from urllib3.exceptions import HTTPError

from strangler.errors import StranglerError, UpstreamError
from strangler_deploy.control_plane.provisioning.argo import progress, unhealthy
from strangler_deploy.control_plane.provisioning.git import Repository
from strangler_deploy.control_plane.store.store import Store, StoreError
from strangler_deploy.control_plane.tenants.requests import Asked, followed, open_requests
from strangler_deploy.control_plane.tenants.stages import State

_APPLICATIONS = ("argoproj.io", "v1alpha1", "applications")


class Cluster(Protocol):
    """What is asked of the control cluster."""

    def applications(self, tenant: str) -> Sequence[Mapping[str, Any]]:
        """The tenant's Argo CD applications."""

    def resource(self, group: str, version: str, kind: str, namespace: str, name: str) -> Mapping[str, Any] | None:
        """One object; None if it is not there."""


class KubernetesCluster:
    """The cluster of the current context, or the one that we run in."""

    def __init__(self, api: client.ApiClient) -> None:
        """``api`` is a configured client."""
        self._api = api
        self._dynamic: dynamic.DynamicClient | None = None

    @classmethod
    def of_context(cls) -> KubernetesCluster:
        """By the kubeconfig, or else the service account.

        Raises:
            StranglerError: there is neither.
        """
        try:
            config.load_config()  # type: ignore[no-untyped-call]
        except config.ConfigException as error:
            raise StranglerError("no cluster to follow", hint="set KUBECONFIG, or leave out --follow") from error
        return cls(client.ApiClient())

    def applications(self, tenant: str) -> Sequence[Mapping[str, Any]]:
        """The tenant's Argo CD applications, of all namespaces.

        Raises:
            UpstreamError: the cluster does not answer.
        """
        try:
            found: Any = client.CustomObjectsApi(self._api).list_cluster_custom_object(
                *_APPLICATIONS, label_selector=f"saas/tenant={tenant}", _request_timeout=10
            )
        except (ApiException, HTTPError) as error:
            raise UpstreamError(f"the control cluster does not answer: {_told(error)}") from error
        items: list[Mapping[str, Any]] = found.get("items", [])
        return sorted(items, key=lambda item: str(item["metadata"]["name"]))

    def resource(self, group: str, version: str, kind: str, namespace: str, name: str) -> Mapping[str, Any] | None:
        """One object; None if it or its kind is not there."""
        try:
            self._dynamic = self._dynamic or dynamic.DynamicClient(self._api)  # type: ignore[no-untyped-call]
            kinds = self._dynamic.resources.get(api_version=f"{group}/{version}", kind=kind)
            found: Mapping[str, Any] = kinds.get(name=name, namespace=namespace or None).to_dict()
        except (DynamicApiError, ResourceNotFoundError, ApiException, HTTPError):
            return None
        return found


def _told(error: Exception) -> str:
    return str(getattr(error, "reason", None) or error)[:200]


class Follower:
    """The second worker: what is committed is watched until it is ready."""

    def __init__(self, store: Store, repository: Repository, cluster: Cluster, now: Callable[[], datetime]) -> None:
        """Nothing is asked yet."""
        self._store, self._repository, self._cluster, self._now = store, repository, cluster, now
        self._ended = threading.Event()
        self.on_change: Callable[[], None] = lambda: None

    @classmethod
    def of_context(cls, store: Store, repository: Repository, now: Callable[[], datetime]) -> Follower:
        """A follower of the current context's cluster."""
        return cls(store, repository, KubernetesCluster.of_context(), now)

    def end(self) -> None:
        """Let ``run`` return."""
        self._ended.set()

    def run(self, every: float = 5.0) -> None:
        """Look every few seconds until ended."""
        while not self._ended.wait(every):
            try:
                self.look()
            except StoreError:
                continue

    def look(self) -> None:
        """Bring every request that is under way up to date."""
        with self._store.read() as connection:
            asked = [*open_requests(connection, State.COMMITTED), *open_requests(connection, State.APPLIED)]
        for one in asked:
            state, reason = self._progress(one)
            with self._store.write() as connection:
                followed(connection, one, state, reason, self._now())
            self.on_change()

    def _progress(self, asked: Asked) -> tuple[State, str]:
        try:
            applications = self._cluster.applications(asked.tenant)
            found = [self._cluster.resource(*place) for place in unhealthy(applications)]
        except UpstreamError as error:
            return asked.state, error.message
        resources = [resource for resource in found if resource is not None]
        return progress(applications, resources, lambda revision: self._repository.contains(asked.commit, revision))
