"""Reminder mails and calendar feeds from an organisation's event files."""

__version__ = "0.1.0"
