"""What the resolution is told about frameworks while it runs."""

from __future__ import annotations

from strangler_analyzers.data import django_registry, subjects, transactions
from strangler_analyzers.detectors import django_apps, django_settings
from strangler_analyzers.resolve.library import Knowledge

KNOWLEDGE = Knowledge(
    results=(django_apps.result, django_registry.result, django_registry.user_model, subjects.result),
    elements=(subjects.element,),
    fields=(subjects.field,),
    class_members=(subjects.class_member,),
    attributes=(django_settings.setting, django_registry.attribute),
    transactions=(transactions.kind_of,),
    starts=(django_apps.started,),
)
