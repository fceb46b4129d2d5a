"""Usage events, daily rollups and quotas."""
