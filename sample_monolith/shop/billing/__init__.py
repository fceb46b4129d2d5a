"""Invoices, tax, proration, renewals and dunning."""
