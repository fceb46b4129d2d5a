from __future__ import annotations

import pytest

from strangler_scaffolds.rewriting import Move, rewrite_imports
from strangler_scaffolds.sources import Text, decode

MODULES = frozenset({"shop", "shop.stock", "shop.stock.service", "shop.stock.models", "shop.orders"})
MOVE = Move({"shop.stock": "shop.c.stock", "shop.stock.service": "shop.c.stock.service"}, MODULES)


def rewritten(source: str, module: str = "shop.orders.views") -> str:
    return rewrite_imports(Text(source, "utf-8"), MOVE, module=module).content


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from shop.stock.service import level\n", "from shop.c.stock.service import level\n"),
        ("from shop.stock import service\n", "from shop.c.stock import service\n"),
        ("from shop.stock import service as s  # why\n", "from shop.c.stock import service as s  # why\n"),
        ("from shop.stock import models\n", "from shop.stock import models\n"),
        (
            "from shop.stock import models, service as s, NAME\n",
            "from shop.stock import models\nfrom shop.c.stock import service as s, NAME\n",
        ),
        ("import shop.stock.service as s\n", "import shop.c.stock.service as s\n"),
        (
            "import shop.stock.service\nshop.stock.service.level(shop.orders)\n",
            "import shop.c.stock.service\nshop.c.stock.service.level(shop.orders)\n",
        ),
        ("import os, shop.stock.service as s\n", "import os, shop.c.stock.service as s\n"),
        ("from ..stock.service import level\n", "from shop.c.stock.service import level\n"),
        ("from ..stock import service\n", "from shop.c.stock import service\n"),
        (
            "try:\n    from shop.stock.service import level\nexcept ImportError:\n    level = None\n",
            "try:\n    from shop.c.stock.service import level\nexcept ImportError:\n    level = None\n",
        ),
        (
            "def late():\n    from shop.stock import models, service\n    return 1\n",
            "def late():\n    from shop.stock import models\n    from shop.c.stock import service\n    return 1\n",
        ),
        (
            "if True: from shop.stock import models, service\n",
            "if True: from shop.stock import models; from shop.c.stock import service\n",
        ),
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop.stock.service import level\n",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop.stock.service import level\n",
        ),
        (
            "from shop.stock.service import (\n    level,  # how much\n    order,\n)\n",
            "from shop.c.stock.service import (\n    level,  # how much\n    order,\n)\n",
        ),
        (
            "from \\\n    shop.stock.service \\\n    import level\n",
            "from \\\n    shop.c.stock.service \\\n    import level\n",
        ),
        ("é = 1; from shop.stock.service import level\n", "é = 1; from shop.c.stock.service import level\n"),
        ("text = 'from shop.stock.service import level'\n", "text = 'from shop.stock.service import level'\n"),
        ("from shop.stock.service import *\n", "from shop.stock.service import *\n"),
        ("from shop.stock.service import level\r\n", "from shop.c.stock.service import level\r\n"),
        ("x = 1\rfrom shop.stock.service import level\r", "x = 1\rfrom shop.c.stock.service import level\r"),
        ("\x0cfrom shop.stock.service import level", "\x0cfrom shop.c.stock.service import level"),
    ],
)
def test_only_the_module_in_an_import_changes(before: str, after: str) -> None:
    assert rewritten(before) == after


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbffrom shop.stock.service import level\n",
        b"# -*- coding: latin-1 -*-\nname = '\xe9'\nfrom shop.stock.service import level\n",
    ],
)
def test_encoding_and_byte_order_mark_stay(data: bytes) -> None:
    done = rewrite_imports(decode(data, "m.py"), MOVE, module="shop.orders.views").data
    assert done == data.replace(b"from shop.stock.", b"from shop.c.stock.")


def test_a_file_without_such_a_name_is_not_even_parsed() -> None:
    assert not MOVE.touches(b"import os\nprint('unbalanced'\n")
    assert MOVE.touches(b"from shop.stock import service\n")
