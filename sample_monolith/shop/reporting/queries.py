"""Plain SQL over everybody's tables. Works on SQLite and PostgreSQL alike."""

from sqlalchemy import text

from shop.db import session

REVENUE_BY_MONTH = text(
    """
    SELECT substr(CAST(i.issued_on AS TEXT), 1, 7) AS month,
           COUNT(*) AS invoices,
           SUM(i.subtotal_cents) AS net_cents,
           SUM(i.tax_cents) AS tax_cents,
           SUM(i.paid_cents - i.refunded_cents) AS received_cents
      FROM invoices i
     WHERE i.tenant_id = :tenant_id AND i.status <> 'void'
     GROUP BY substr(CAST(i.issued_on AS TEXT), 1, 7)
     ORDER BY month
    """
)

# Yearly plans count with a twelfth; the cents are rounded once, over all of them.
RECURRING_REVENUE = text(
    """
    SELECT p.interval_months AS months,
           SUM(s.unit_price_cents * s.quantity) AS period_cents,
           COUNT(*) AS subscriptions
      FROM subscriptions s
      JOIN plans p ON p.id = s.plan_id
     WHERE s.tenant_id = :tenant_id AND s.status IN ('active', 'past_due')
     GROUP BY p.interval_months
    """
)

OPEN_INVOICES = text(
    """
    SELECT i.number, a.name AS account, i.due_on,
           i.total_cents - i.credit_cents - i.paid_cents AS due_cents
      FROM invoices i
      JOIN accounts a ON a.id = i.account_id
     WHERE i.tenant_id = :tenant_id AND i.status = 'open'
     ORDER BY i.due_on, i.number
    """
)

CUSTOMERS = text(
    """
    SELECT a.id, a.name, a.country,
           (SELECT COUNT(*) FROM users u WHERE u.account_id = a.id AND u.is_active) AS users,
           (SELECT COUNT(*) FROM subscriptions s
             WHERE s.account_id = a.id AND s.status IN ('active', 'past_due')) AS subscriptions,
           (SELECT COALESCE(SUM(p.amount_cents - p.refunded_cents), 0) FROM payments p
             WHERE p.account_id = a.id AND p.status = 'succeeded') AS received_cents
      FROM accounts a
     WHERE a.tenant_id = :tenant_id
     ORDER BY received_cents DESC, a.id
     LIMIT :limit
    """
)

PLAN_SALES = text(
    """
    SELECT p.code AS plan, pr.name AS product,
           SUM(l.quantity) AS seats, SUM(l.amount_cents) AS net_cents
      FROM order_lines l
      JOIN orders o ON o.id = l.order_id
      JOIN plans p ON p.id = l.plan_id
      JOIN products pr ON pr.id = p.product_id
     WHERE o.tenant_id = :tenant_id AND o.status = 'fulfilled'
     GROUP BY p.code, pr.name
     ORDER BY net_cents DESC, p.code
    """
)


def rows(query, **parameters) -> list[dict]:
    return [dict(row) for row in session.execute(query, parameters).mappings()]
