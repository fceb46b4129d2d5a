from __future__ import annotations

from strangler_analyzers import Options, call_graph


def test_what_a_query_gives_is_an_object_of_its_model(write) -> None:
    root = write(
        {
            "shop/models.py": (
                "from django.db import models\n\n\nclass Order(models.Model):\n    def ship(self): ...\n"
            ),
            "shop/views.py": (
                "from shop.models import Order\n\n\ndef one():\n    Order.objects.filter(a=1).first().ship()\n\n\n"
                "def many():\n    for order in Order.objects.all():\n        order.ship()\n"
            ),
        }
    )
    graph = call_graph(root, Options(processes=1))
    assert "shop.models.Order.ship" in graph["shop.views.one"]
    assert "shop.models.Order.ship" in graph["shop.views.many"]
