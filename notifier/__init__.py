"""Reminder mails and calendar feeds from an organisation's event files."""

import zoneinfo

__version__ = "0.1.0"

# Only the pinned tzdata counts: with the machine's own zone files, the same event would be at different instants on
# different machines (Debian's and PyPI's disagree about several zones).
zoneinfo.reset_tzpath(())
