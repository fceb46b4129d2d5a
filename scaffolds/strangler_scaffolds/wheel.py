"""This very Strangler as a wheel: what an image installs where no release is meant."""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import importlib.util
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

# What the parts that run in images of ours are made of; a package that is not installed is left out.
_PACKAGES = ("strangler", "strangler_analyzers", "strangler_facade", "strangler_deploy", "strangler_scaffolds")
_TAG = "py3-none-any"
# The oldest moment that a zip file can name: the same code is the same bytes.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def wheel_of_this() -> tuple[str, bytes]:
    """The name and the bytes of a wheel of the code that runs, with the requirements of the installed distribution."""
    version = importlib.metadata.version("strangler")
    info = f"strangler-{version}.dist-info"
    files = dict(_code())
    files[f"{info}/METADATA"] = _metadata("METADATA").encode()
    files[f"{info}/entry_points.txt"] = _metadata("entry_points.txt").encode()
    files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: strangler\nRoot-Is-Purelib: true\nTag: {_TAG}\n".encode()
    record = "".join(f"{path},{_digest(data)},{len(data)}\n" for path, data in sorted(files.items()))
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    return f"strangler-{version}-{_TAG}.whl", _zipped(files)


def installed_versions(extras: Iterable[str]) -> list[str]:
    """What Strangler needs with these extras and is installed here, each at its version."""
    wanted = set(extras)
    stated = [text for text in importlib.metadata.requires("strangler") or () if _extra_of(text) in wanted | {""}]
    names = {match.group() for text in stated if (match := re.match(r"[\w.-]+", text))}
    return sorted(f"{name}=={importlib.metadata.version(name)}" for name in names if _is_here(name))


def _extra_of(requirement: str) -> str:
    extra = re.search(r"""extra == ['"]([^'"]+)""", requirement)
    return extra[1] if extra else ""


def _is_here(distribution: str) -> bool:
    return any(importlib.metadata.distributions(name=distribution))


def _metadata(name: str) -> str:
    return importlib.metadata.distribution("strangler").read_text(name) or ""


def _code() -> Iterator[tuple[str, bytes]]:
    for package in _PACKAGES:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            continue
        folder = Path(spec.origin).parent
        for path in sorted(folder.rglob("*")):
            # What was compiled here is of this machine; the image compiles its own.
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".so":
                yield f"{package}/{path.relative_to(folder).as_posix()}", path.read_bytes()


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in sorted(files.items()):
            entry = zipfile.ZipInfo(path, _MOMENT)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, data)
    return packed.getvalue()
