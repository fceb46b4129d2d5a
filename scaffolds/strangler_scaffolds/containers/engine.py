"""The Docker engine, with its errors as ours."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import docker
import requests
from docker.errors import APIError, BuildError, DockerException

from strangler.errors import StranglerError, UpstreamError

# Every engine since 20.10 speaks it; naming a version means that nothing is asked before it is needed.
_API = "1.41"


@contextlib.contextmanager
def engine() -> Iterator[docker.DockerClient]:
    """A connection to the engine that the environment names (DOCKER_HOST), or the local one.

    Raises:
        UpstreamError: there is none.
        StranglerError: it refused what was asked.
    """
    try:
        client = docker.from_env(version=_API)
    except DockerException as error:
        raise UpstreamError(f"no Docker engine answers: {error}", hint="start it, or set DOCKER_HOST") from error
    try:
        client.ping()
        yield client
    except BuildError as error:
        raise StranglerError(f"the image could not be built: {error.msg}") from error
    except requests.exceptions.ConnectionError as error:
        raise UpstreamError(f"no Docker engine answers: {error}", hint="start it, or set DOCKER_HOST") from error
    except APIError as error:
        raise StranglerError(f"the Docker engine refused: {error.explanation or error}") from error
    finally:
        client.close()
