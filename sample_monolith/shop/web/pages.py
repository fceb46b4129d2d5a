"""The storefront: what everybody can see."""

from flask import redirect, render_template, url_for
from flask import session as cookie

from shop import clock, tenancy
from shop.catalogue import service as catalogue
from shop.metering import meters
from shop.web import blueprint


@blueprint.get("/")
def home():
    try:
        tenant = tenancy.current_tenant()
    except tenancy.TenantRequired:
        return render_template("stores.html", tenants=tenancy.all_tenants())
    return render_template("home.html", products=catalogue.products(tenant.id))


@blueprint.get("/stores/<slug>")
def enter_store(slug):
    tenancy.tenant_id_for(slug)
    cookie["storefront"] = slug
    return redirect(url_for("web.home"))


@blueprint.get("/plans")
def plans():
    tenant = tenancy.current_tenant()
    offers = [
        (plan, catalogue.price_in_force(plan, tenant.currency, clock.today()))
        for plan in catalogue.public_plans(tenant.id)
        if any(p.currency == tenant.currency for p in plan.prices)
    ]
    return render_template("plans.html", offers=offers, labels=meters.METERS)
