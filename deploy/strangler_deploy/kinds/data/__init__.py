"""Tenants' data, through ACK: kept when its object goes, encrypted, closed to the public, tagged with its tenant."""
