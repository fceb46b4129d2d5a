"""What Alembic runs: our connection, our transaction."""

from __future__ import annotations

from alembic import context

from strangler_deploy.control_plane.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
