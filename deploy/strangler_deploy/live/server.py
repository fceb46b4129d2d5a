"""A real API server, through the Kubernetes client; imported only when one is needed, for it is slow to import."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kubernetes import client, config, dynamic
from kubernetes.client import ApiException
from kubernetes.dynamic.exceptions import ResourceNotFoundError
from kubernetes.dynamic.resource import ResourceList
from urllib3.exceptions import HTTPError

from strangler.errors import StranglerError, UpstreamError
from strangler_deploy.live.cluster import Conflict, Refused
from strangler_deploy.live.objects import MANAGER, OWNER, Key, Object, key_of


class LiveCluster:
    """An API server, by a context of the kubeconfig (None: the current one) or from inside the cluster."""

    def __init__(self, context: str | None = None) -> None:
        self._context = context or "current"
        self._resources: dict[tuple[str, str], Any] = {}
        with self._reached():
            self._api: Any = _api_client(context)
            self._client: Any = dynamic.DynamicClient(self._api)  # type: ignore[no-untyped-call]

    def get(self, key: Key) -> Object | None:
        """The object; None also where its kind is not known."""
        with self._reached():
            try:
                found: Object = self._resource(key).get(name=key.name, namespace=key.namespace or None).to_dict()
            except ResourceNotFoundError:
                return None
            except ApiException as error:
                if error.status == 404:
                    return None
                raise Refused(_message(error)) from error
        return found

    def apply(self, data: Object, *, dry_run: bool = False, force: bool = False) -> Object:
        """Server-side apply under our own manager."""
        key = key_of(data)
        options: dict[str, Any] = {"dry_run": "All"} if dry_run else {}
        options |= {"field_manager": MANAGER, "force_conflicts": force, "namespace": key.namespace or None}
        with self._reached():
            try:
                made = self._resource(key).server_side_apply(body=dict(data), name=key.name, **options)
            except ResourceNotFoundError as error:
                raise Refused(f"the cluster does not know kind {key.kind} of {key.api}") from error
            except ApiException as error:
                kind = Conflict if error.status == 409 else Refused
                raise kind(_message(error)) from error
        applied: Object = made.to_dict()
        return applied

    def owned(self, product: str) -> Iterator[Object]:
        """Every object with our label, of every kind that can be listed."""
        with self._reached():
            for resource in self._listable():
                found = resource.get(label_selector=f"{OWNER}={product}").to_dict()
                for item in found.get("items") or ():
                    yield {**item, "apiVersion": resource.group_version, "kind": resource.kind}

    def delete(self, key: Key) -> None:
        """Delete the object, and in the background what it owns."""
        options: dict[str, Any] = {"body": {"propagationPolicy": "Background"}, "namespace": key.namespace or None}
        with self._reached():
            try:
                self._resource(key).delete(name=key.name, **options)
            except ApiException as error:
                if error.status != 404:
                    raise Refused(_message(error)) from error

    def close(self) -> None:
        """Let go of the connections."""
        self._api.rest_client.pool_manager.clear()
        self._api.close()

    def _resource(self, key: Key) -> Any:
        kind = (key.api, key.kind)
        if kind not in self._resources:
            self._resources[kind] = self._client.resources.get(api_version=key.api, kind=key.kind)
        return self._resources[kind]

    def _listable(self) -> Iterator[Any]:
        """Every kind that can be listed and deleted, each in the version that its group prefers."""
        seen: set[tuple[str, str]] = set()
        for resource in self._client.resources.search():
            if isinstance(resource, ResourceList):
                continue
            name = (str(resource.group), str(resource.kind))
            if name not in seen and {"list", "delete"} <= set(resource.verbs or ()) and resource.preferred:
                seen.add(name)
                yield resource

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """What goes wrong on the way there, in words."""
        try:
            yield
        except config.ConfigException as error:
            hint = "name one with --context, or run it inside the cluster"
            raise StranglerError(f"there is no way to the cluster: {error}", hint=hint) from error
        except HTTPError as error:
            raise UpstreamError(f"the API server of context '{self._context}' does not answer: {error}") from error


def _api_client(context: str | None) -> client.ApiClient:
    configuration = client.Configuration()
    try:
        config.load_kube_config(context=context, client_configuration=configuration)  # type: ignore[no-untyped-call]
    except config.ConfigException:
        if context is not None:
            raise
        config.load_incluster_config(client_configuration=configuration)  # type: ignore[no-untyped-call]
    return client.ApiClient(configuration)


def _message(error: ApiException) -> str:
    try:
        told: Mapping[str, Any] = json.loads(str(error.body))
    except ValueError:
        return f"{error.status} {error.reason}"
    return str(told.get("message") or error.reason)
