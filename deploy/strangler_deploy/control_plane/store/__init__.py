"""What the control plane remembers: tables, their migrations, and transactions over SQLite or PostgreSQL."""
