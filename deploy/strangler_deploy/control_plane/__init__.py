"""The SaaS control plane: tenants from sign-up to isolated, metered and billed, through one API and one commit each.

What belongs here: who may ask for what (``identity``), what was asked (``tenants``), how it becomes one commit
(``provisioning``), what was used (``metering``) and what it costs (``billing``), all in one ``store``, behind one
``api`` and its ``page``. How manifests look and what must hold for them belongs to the rest of deploy.
"""
