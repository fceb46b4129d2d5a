"""A request can say that it knows which data it leaves behind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; requests before it said nothing of the kind."""
    op.add_column("requests", sa.Column("leave_data", sa.Boolean(), nullable=False, server_default=sa.false()))
