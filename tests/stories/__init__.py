"""Invented histories of sites, each with what a careful person would have sent: written down before it was ever replayed."""
