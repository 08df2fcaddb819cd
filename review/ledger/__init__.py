"""The store: append-only facts and the files they rest on, in SQLite or PostgreSQL."""
