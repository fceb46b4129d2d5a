"""Models: Bedrock and SageMaker in the same way as any other resource of a tenant."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.plan.platform import Data as Declared
from strangler_deploy.kinds.aws.resource import Owner, ack, named
from strangler_deploy.manifest import Data, Manifest


def inference_profile(name: str, aws_name: str, declared: Declared, owner: Owner) -> Manifest:
    """A tenant's own door to a model: its tag is what the bill tells tenants apart by."""
    source = f"arn:aws:bedrock:{owner.region}::foundation-model/{declared.model}"
    spec = {"inferenceProfileName": aws_name, "modelSource": {"copyFrom": source}, "tags": owner.tag_list}
    return ack("bedrock", "InferenceProfile", name, spec, owner, retain=declared.retain)


def agent(name: str, aws_name: str, declared: Declared, owner: Owner, *, role: str) -> Manifest:
    """An agent on a model."""
    spec: Data = {
        "agentName": aws_name,
        "agentResourceRoleRef": named(role),
        "foundationModel": declared.model,
        "idleSessionTTLInSeconds": 600,
        "instruction": "Answer with what the tenant's own data says; say so when it says nothing about the question.",
        "tags": dict(owner.tags),
    }
    return ack("bedrockagent", "Agent", name, spec, owner, retain=declared.retain)


def endpoint(name: str, aws_name: str, declared: Declared, owner: Owner, *, role: str) -> Iterator[Manifest]:
    """A model of the tenant's own on machines of its own: model, configuration, endpoint."""
    container: Data = {
        "image": declared.image or "",
        **({"modelDataURL": declared.artefact} if declared.artefact else {}),
    }
    model: Data = {
        "modelName": aws_name,
        "primaryContainer": container,
        "executionRoleARN": role,
        "enableNetworkIsolation": True,
        "tags": owner.tag_list,
    }
    variant = {
        "variantName": "main",
        "modelName": aws_name,
        "initialInstanceCount": 2 if declared.multi_zone else 1,
        "instanceType": declared.instance if declared.instance.startswith("ml.") else "ml.m5.large",
        "initialVariantWeight": 1,
    }
    configuration = {"endpointConfigName": aws_name, "productionVariants": [variant], "tags": owner.tag_list}
    served = {"endpointName": aws_name, "endpointConfigName": aws_name, "tags": owner.tag_list}
    for kind, spec in (("Model", model), ("EndpointConfig", configuration), ("Endpoint", served)):
        yield ack("sagemaker", kind, name, spec, owner, retain=False)
