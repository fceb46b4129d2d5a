"""Plan and tenants → manifests and their checks. Nothing here builds YAML from text templates."""
