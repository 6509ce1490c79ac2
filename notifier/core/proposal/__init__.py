"""A proposal for config.yaml from a site's files: documents in, groups with evidence for each choice out."""

from __future__ import annotations

from notifier.core.proposal.proposing import propose
from notifier.core.proposal.written import written

__all__ = ["propose", "written"]
