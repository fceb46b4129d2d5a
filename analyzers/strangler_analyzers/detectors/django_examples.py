"""What is understood of Django's URLconfs, by example."""

from __future__ import annotations

from strangler_analyzers.detectors.kinds import Example

EXAMPLES = (
    Example(
        "a root URLconf that includes others",
        {
            "shop/settings.py": "ROOT_URLCONF = 'shop.urls'\n",
            "shop/urls.py": (
                "from django.urls import include, path\n\n"
                "urlpatterns = [path('orders/', include('shop.orders.urls'))]\n"
            ),
            "shop/orders/urls.py": (
                "from django.urls import path, re_path\nfrom . import views\n\napp_name = 'orders'\n"
                "urlpatterns = [\n    path('', views.OrderList.as_view(), name='list'),\n"
                "    re_path(r'^(?P<pk>\\d+)/$', views.show),\n    re_path(r'^old/.*', views.show),\n]\n"
            ),
            "shop/orders/views.py": (
                "from django.views.generic import ListView\n\n\nclass OrderList(ListView): ...\n\n\n"
                "def show(request, pk): ...\n"
            ),
        },
        (
            "GET /orders/ -> shop.orders.views:OrderList",
            "* /orders/old/{} -> shop.orders.views:show",
            "* /orders/{pk}/ -> shop.orders.views:show",
        ),
    ),
    Example(
        "what the settings say when nobody sets them",
        {
            "manage.py": "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
            "shop/settings.py": (
                "from split_settings.tools import include, optional\n\ninclude('parts/*.py', optional('local.py'))\n"
            ),
            "shop/parts/base.dist.py": (
                "import os\nimport environ\n\nenv = environ.Env(AUDIT=(bool, False))\nAUDIT = env('AUDIT')\n"
                "ROOT_URLCONF = 'shop.urls'\n"
                "SITE = os.getenv('SITE', 'http://localhost:8000/').rstrip('/')\n"
                "EXTRA = os.environ.get('EXTRA', 'no') == 'yes'\n"
            ),
            "other/urls.py": (
                "from django.urls import path\nfrom shop.urls import show\n\nurlpatterns = [path('x', show)]\n"
            ),
            "shop/urls.py": (
                "from functools import reduce\nfrom operator import add\nfrom urllib.parse import urlparse\n"
                "from django.conf import settings\nfrom django.urls import path\n\n\ndef show(request): ...\n\n\n"
                "prefix = ''\nif below := urlparse(settings.SITE).path.lstrip('/'):\n    prefix = f'{below}/'\n"
                "groups = [[path(f'{prefix}orders/', show)]]\n"
                "if settings.EXTRA or settings.AUDIT:\n    groups.append([path('extra/', show)])\n"
                "groups.append([path('%s/' % name, show) for name in ('bills', 'mails')])\n"
                "urlpatterns = reduce(add, groups)\n"
            ),
        },
        ("* /bills/ -> shop.urls:show", "* /mails/ -> shop.urls:show", "* /orders/ -> shop.urls:show"),
    ),
    Example(
        "a REST framework router",
        {
            "api/urls.py": (
                "from rest_framework.routers import DefaultRouter\nfrom api.views import OrderViewSet\n\n"
                "router = DefaultRouter()\nrouter.register('orders', OrderViewSet)\nurlpatterns = router.urls\n"
            ),
            "api/views.py": (
                "from functools import wraps\nfrom rest_framework import viewsets\n"
                "from rest_framework.decorators import action\n\n\n"
                "def logged(func):\n    @wraps(func)\n    def inner(self, *args):\n"
                "        return func(self, *args)\n    return inner\n\n\n"
                "class OrderViewSet(viewsets.ReadOnlyModelViewSet):\n    @action(detail=True, methods=['post'])\n"
                "    @logged\n    def cancel(self, request, pk=None): ...\n"
            ),
        },
        (
            "GET /orders/ -> api.views:OrderViewSet",
            "GET /orders/{pk}/ -> api.views:OrderViewSet",
            "POST /orders/{pk}/cancel/ -> api.views:OrderViewSet.cancel",
        ),
    ),
    Example(
        "routers below what a router has",
        {
            "api/urls.py": (
                "from django.urls import include, path\nfrom rest_framework.routers import APIRootView\n"
                "from rest_framework_extensions.routers import ExtendedDefaultRouter\n"
                "from rest_framework_nested.routers import NestedSimpleRouter\nfrom api.views import Lines, Orders\n"
                "\n\nclass Front(APIRootView): ...\n\n\nclass Router(ExtendedDefaultRouter):\n"
                "    APIRootView = Front\n\n\n"
                "router = Router()\norders = router.register('orders', Orders)\n"
                "orders.register('lines', Lines, 'lines', parents_query_lookups=['order__pk'])\n"
                "below = NestedSimpleRouter(router, 'orders', lookup='order')\nbelow.register('bills', Lines)\n"
                "urlpatterns = [path('', include(router.urls)), path('', include(below.urls))]\n"
            ),
            "api/views.py": (
                "from rest_framework import mixins, viewsets\nfrom rest_framework.decorators import action\n\n\n"
                "class Sent:\n    @action(detail=False)\n    def sent(self, request): ...\n\n\n"
                "class Orders(Sent, viewsets.GenericViewSet): ...\n\n\n"
                "class Lines(mixins.ListModelMixin, viewsets.GenericViewSet): ...\n"
            ),
        },
        (
            "GET / -> api.urls:Front",
            "GET /orders/sent/ -> api.views:Orders",
            "GET /orders/{order_pk}/bills/ -> api.views:Lines",
            "GET /orders/{parent_lookup_order__pk}/lines/ -> api.views:Lines",
        ),
    ),
    Example(
        "a router with templates of its own, and one that registers by itself",
        {
            "api/urls.py": (
                "from django.urls import include, path\n"
                "from rest_framework.routers import DynamicRoute, Route, SimpleRouter\nfrom api.views import Orders\n"
                "\n\nclass Pages(SimpleRouter):\n    routes = [\n"
                "        Route(r'^{prefix}/add/$', {'get': 'create', 'post': 'create'}, '{basename}_add', False, {}),\n"
                "        Route(r'^{prefix}/drop/$', {'post': 'bulk_destroy'}, '{basename}_drop', False, {}),\n"
                "        DynamicRoute(r'^{prefix}/{lookup}/-/{url_path}/$', '{basename}_{url_name}', True, {}),\n"
                "    ]\n\n"
                "    def register(self, prefix, viewset, basename=None):\n"
                "        self.registry.append((prefix, viewset, basename))\n\n\n"
                "pages = Pages()\npages.register('orders', Orders)\n"
                "urlpatterns = [path('shop/', include(pages.urls))]\n"
            ),
            "api/views.py": (
                "from rest_framework import mixins, viewsets\nfrom rest_framework.decorators import action\n\n\n"
                "class Base(mixins.CreateModelMixin, viewsets.GenericViewSet):\n"
                "    @action(detail=True)\n    def history(self, request, pk): ...\n\n"
                "    @action(detail=True)\n    def bills(self, request, pk): ...\n\n\n"
                "class Orders(Base):\n    bills = None\n"
            ),
        },
        (
            "GET,POST /shop/orders/add/ -> api.views:Orders",
            "GET /shop/orders/{pk}/-/history/ -> api.views:Orders",
        ),
    ),
    Example(
        "a router of the program's own, made after the framework's",
        {
            "api/routers.py": (
                "from django.urls import re_path\n\n\nclass Router:\n    def __init__(self, trailing_slash=True):\n"
                "        self.registry = []\n\n    def register(self, prefix, viewset):\n"
                "        self.registry.append((prefix, viewset))\n\n    def get_urls(self):\n"
                "        return [re_path(f'^{prefix}$', view.as_view()) for prefix, view in self.registry]\n\n"
                "    @property\n    def urls(self):\n        return self.get_urls()\n\n\n"
                "def detail_route(**options):\n    def decorator(func):\n        func.options = options\n"
                "        return func\n\n    return decorator\n"
            ),
            "api/urls.py": (
                "from django.urls import include, path\nfrom django.views import View\n"
                "from api.routers import Router, detail_route\n\n\nclass Orders(View):\n"
                "    def list(self, request): ...\n\n    @detail_route()\n"
                "    def cancel(self, request, pk): ...\n\n\n"
                "router = Router(trailing_slash=False)\nrouter.register('orders', Orders)\n"
                "urlpatterns = [path('api/', include(router.urls))]\n"
            ),
        },
        ("GET /api/orders -> api.urls:Orders", "* /api/orders/{pk}/cancel -> api.urls:Orders.cancel"),
    ),
    Example(
        "views kept in a registry by model, by decorators and at the start, and read back in URLconfs",
        {
            "shop/registry.py": (
                "from collections import defaultdict\n\n\nclass Registry(dict):\n    def __getitem__(self, key):\n"
                "        return super().__getitem__(key)\n\n\nregistry = Registry({'views': defaultdict(dict)})\n\n\n"
                "def view_of(model, path, detail=True):\n    def keep(view):\n"
                "        label, name = model._meta.label_lower.split('.')\n"
                "        if name not in registry['views'][label]:\n            registry['views'][label][name] = []\n"
                "        kept = {'view': view, 'path': path, 'detail': detail}\n"
                "        registry['views'][label][name].append(kept)\n        return view\n\n    return keep\n"
            ),
            "shop/models.py": (
                "from django.db import models\n\n\nclass Logged(models.Model):\n    class Meta:\n"
                "        abstract = True\n\n\nclass Order(Logged): ...\n\n\nclass Note(models.Model): ...\n"
            ),
            "shop/apps.py": (
                "from django.apps import AppConfig\n\n\nclass Shop(AppConfig):\n    name = 'shop'\n\n"
                "    def ready(self):\n        from shop.models import Logged\n"
                "        from shop.registry import view_of\n        from shop.views import Changes\n\n"
                "        for model in self.get_models():\n            if issubclass(model, Logged):\n"
                "                view_of(model, 'changes')(Changes)\n"
            ),
            "shop/views.py": (
                "from django.views import View\nfrom shop.models import Note, Order\n"
                "from shop.registry import view_of\n\n\nclass Changes(View): ...\n\n\n"
                "@view_of(Order, '', detail=False)\nclass Orders(View): ...\n\n\n"
                "@view_of(Order, '')\nclass OneOrder(View): ...\n\n\n@view_of(Note, '')\nclass OneNote(View): ...\n"
            ),
            "shop/urls.py": (
                "from django.urls import include, path\nfrom shop import views\n"
                "from shop.registry import registry\n\n\n"
                "def views_of(label, name, detail=True):\n    found = []\n"
                "    for kept in [one for one in registry['views'][label][name] if one['detail'] == detail]:\n"
                "        found.append(path(f\"{kept['path']}/\" if kept['path'] else '', kept['view'].as_view()))\n"
                "    return found\n\n\nurlpatterns = [\n"
                "    path('orders/', include(views_of('shop', 'order', detail=False))),\n"
                "    path('orders/<int:pk>/', include(views_of('shop', 'order'))),\n"
                "    path('notes/<int:pk>/', include(views_of('shop', 'note'))),\n]\n"
            ),
        },
        (
            "* /notes/{pk}/ -> shop.views:OneNote",
            "* /orders/ -> shop.views:Orders",
            "* /orders/{pk}/ -> shop.views:OneOrder",
            "* /orders/{pk}/changes/ -> shop.views:Changes",
        ),
    ),
    Example(
        "what a program adds to the administration",
        {
            "shop/admin.py": (
                "from django.contrib import admin\nfrom django.contrib.sites.models import Site\n"
                "from django.urls import path\nfrom shop.models import Order\n\n\n"
                "@admin.register(Order)\nclass OrderAdmin(admin.ModelAdmin):\n    def get_urls(self):\n"
                "        return [path('report/', self.admin_site.admin_view(self.report)), *super().get_urls()]\n\n"
                "    def report(self, request): ...\n\n"
                "    def change_view(self, request, object_id): ...\n\n\n"
                "class SiteAdmin(admin.ModelAdmin):\n    def add_view(self, request): ...\n\n\n"
                "admin.site.register(Site, SiteAdmin)\n"
            ),
            "shop/models.py": (
                "from django.db import models\n\n\nclass Order(models.Model): ...\n\n\n"
                "def prefix():\n    return Order.objects.get().prefix\n"
            ),
            "shop/urls.py": (
                "from django.contrib import admin\nfrom django.urls import include, path\n\n"
                "urlpatterns = [path('admin/', admin.site.urls), path('', include(('shop.pages', 'pages')))]\n"
            ),
            "shop/pages.py": (
                "from django.urls import path, re_path\nfrom shop.models import prefix\n\n\n"
                "def home(request): ...\n\n\n"
                "urlpatterns = [path('', home), re_path('^{}list/[a-z]+$'.format(prefix()), home)]\n"
            ),
        },
        (
            "* / -> shop.pages:home",
            "* /admin/shop/order/report/ -> shop.admin:OrderAdmin.report",
            "* /admin/shop/order/{object_id}/change/ -> shop.admin:OrderAdmin.change_view",
            "* /admin/sites/site/add/ -> shop.admin:SiteAdmin.add_view",
            "* /list/{} -> shop.pages:home",
            "route-prefix shop/pages.py:8",
        ),
    ),
)
