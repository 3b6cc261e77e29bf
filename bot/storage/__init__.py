"""The only room with SQL: PostgreSQL, given or embedded, and everything kept in it."""
