"""The anchor of a cold scan: Hugo, making one calendar of the same files and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.bench.measures import Ran, ran

PROGRAM = shutil.which("hugo")
ABSENT = "Hugo is not installed (Debian: apt install hugo), so there is no comparison with it."
# Dates to come are drafts to Hugo unless it is told otherwise. No page is written: only listed.
_CONFIG = """\
baseURL = "https://www.example.org/"
title = "Example Commons"
contentDir = "{content}"
buildFuture = true
disableKinds = ["taxonomy", "term", "RSS", "sitemap", "robotsTXT", "404", "section"]
[outputs]
home = ["Calendar"]
[[cascade]]
[cascade._target]
kind = "page"
[cascade._build]
list = "always"
render = "never"
"""
_LAYOUT = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example.org//bench//EN
{{ range .Site.RegularPages -}}
BEGIN:VEVENT
UID:{{ .File.UniqueID }}@example.org
DTSTAMP:20261126T090000Z
DTSTART;VALUE=DATE:{{ .Date.Format "20060102" }}
SUMMARY:{{ .Title }}
DESCRIPTION:{{ .Summary | plainify }}
URL:{{ site.BaseURL }}events/{{ .File.ContentBaseName }}
END:VEVENT
{{ end -}}
END:VCALENDAR
"""


def calendar(site: Path, work: Path) -> tuple[Ran, int]:
    """Hugo's run over the events of a site, and how many entries its calendar has."""
    shutil.rmtree(work, ignore_errors=True)
    (work / "layouts").mkdir(parents=True)
    (work / "config.toml").write_text(_CONFIG.format(content=site / "_events"), encoding="utf-8")
    (work / "layouts/index.ics").write_text(_LAYOUT, encoding="utf-8")
    took = ran([PROGRAM or "hugo", "--quiet", "--destination", str(work / "public")], folder=work)
    written = (work / "public/index.ics").read_text(encoding="utf-8")
    return took, written.count("BEGIN:VEVENT")
