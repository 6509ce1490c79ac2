"""Migrations, run by `migrate`. A new one is a file in `versions/` and its number in `migrate.REVISIONS`."""
