"""A German site: what is put off and called off stands in the text, and clocks change under its events."""

from __future__ import annotations

import unicodedata

from tests.stories.telling import CONFIG, LIST, Story

UNTIL = "2026-11-10 12:00"
SITE = CONFIG % (
    "Europe/Berlin",
    "de",
    """\
      - files: termine/*.md
        language: de
        fields:
          title: titel
          date: datum
          start: uhrzeit
          place: ort
          register: anmeldung
          category: art
""",
) + LIST.replace(
    "rules:\n", "rules:\n  tag: {kind: reminder, audiences: [list], when: {before: 24h}, only: {category: [fest]}}\n"
).replace("per_day: 5", 'per_day: 5, hours: {days: [mon, tue, wed, thu, fri, sat, sun], from: "08:00", until: "20:00"}')

TEXT = """\
---
titel: {titel}
datum: {datum}
uhrzeit: "{uhrzeit}"
ort: Altes Rathaus, Musterstadt
art: {art}
anmeldung: https://karten.example.com/{name}
---
{text}
"""
_OFFEN = "Wir freuen uns auf {titel} im alten Rathaus. Alle sind herzlich willkommen. Danach gibt es Tee."


def a_page(titel: str, datum: str, uhrzeit: str, name: str, *, art: str = "abend", text: str = "") -> str:
    said = f"{text}\n\n{_OFFEN}" if text else _OFFEN
    return TEXT.format(titel=titel, datum=datum, uhrzeit=uhrzeit, name=name, art=art, text=said.format(titel=titel))


def story() -> Story:
    told = Story(zone="Europe/Berlin")
    told.write("termine/vortrag.md", a_page("Vortrag", "2025-02-10", "19:00", "vortrag"))
    told.commit("2025-03-03 10:00")
    told.write("termine/nachtwanderung.md", a_page("Nachtwanderung", "2025-03-30", "03:30", "nacht"))
    told.write("termine/frühlingsfest.md", a_page("Frühlingsfest", "2025-03-30", "15:00", "fest", art="fest"))
    told.commit("2025-03-10 10:00")
    # Another system writes the same letter otherwise.
    told.move("termine/frühlingsfest.md", unicodedata.normalize("NFD", "termine/frühlingsfest.md"))
    told.commit("2025-03-12 10:00")
    lesung = "termine/lesung.md"
    told.write(lesung, a_page("Lesung", "2025-04-10", "19:30", "lesung"))
    told.commit("2025-03-17 10:00")
    told.edit(lesung, "Wir freuen", "**Die Lesung wird verschoben auf den 24. April 2025, 19.30 Uhr.**\n\nWir freuen")
    told.commit("2025-04-01 10:00")
    told.edit(lesung, "2025-04-10", "2025-04-24")
    told.commit("2025-04-03 10:00")
    told.write("termine/chorprobe.md", a_page("Chorprobe", "2025-05-08", "19:00", "chor"))
    told.commit("2025-04-14 10:00")
    told.edit("termine/chorprobe.md", "Wir freuen", "**Die Probe am 8. Mai entfällt leider.**\n\nWir freuen")
    told.commit("2025-05-05 10:00")
    regen = "Bei Regen fällt die Wanderung davor aus, das Fest nicht."
    told.write("termine/sommerfest.md", a_page("Sommerfest", "2025-06-12", "16:00", "sommer", text=regen))
    told.commit("2025-05-12 10:00")
    _autumn(told)
    return told


def _autumn(told: Story) -> None:
    told.write("termine/uhrenfest.md", a_page("Uhrenfest", "2025-10-26", "14:00", "uhren", art="fest"))
    told.write("termine/laternen.md", a_page("Laternenumzug", "2025-10-27", "17:00", "laternen"))
    told.commit("2025-10-06 10:00")
    for number, (day, put_up) in enumerate(MONTHLY):
        if number == 6:
            # The day on which the clocks change is put off by a day.
            told.edit("termine/stammtisch-5.md", "2026-03-29", "2026-03-30")
            told.commit("2026-03-20 10:00")
        if number == 10:
            told.edit("termine/stammtisch-9.md", "titel: Stammtisch", 'titel: "Stammtisch (entfällt)"')
            told.commit("2026-07-27 21:00")
        told.write(f"termine/stammtisch-{number}.md", a_page("Stammtisch", day, "20:00", f"stamm-{number}"))
        told.commit(f"{put_up} 10:00")
    # The same instant, written otherwise.
    told.edit("termine/stammtisch-12.md", 'uhrzeit: "20:00"', 'uhrzeit: "2026-10-25T20:00:00+01:00"')
    told.commit("2026-10-20 10:00")


MONTHLY = (
    ("2025-11-04", "2025-10-21"), ("2025-12-02", "2025-11-18"), ("2026-01-06", "2025-12-23"), ("2026-02-03", "2026-01-20"),
    ("2026-03-03", "2026-02-17"), ("2026-03-29", "2026-03-10"), ("2026-04-28", "2026-04-14"), ("2026-05-26", "2026-05-12"),
    ("2026-06-30", "2026-06-16"), ("2026-07-28", "2026-07-14"), ("2026-08-25", "2026-08-11"), ("2026-09-29", "2026-09-15"),
    ("2026-10-25", "2026-10-06"),
)  # fmt: skip

WANTED = """
2025-03-10 12:00 announcement Nachtwanderung
2025-03-10 12:00 announcement Frühlingsfest
2025-03-29 10:00 reminder Nachtwanderung
2025-03-29 10:00 reminder Frühlingsfest
2025-03-29 14:00 reminder Frühlingsfest
2025-03-17 12:00 announcement Lesung
2025-04-01 10:30 cancellation Lesung
2025-04-03 10:30 change Lesung
2025-04-23 10:00 reminder Lesung
2025-04-14 12:00 announcement Chorprobe
2025-05-05 10:30 cancellation Chorprobe
2025-05-12 12:00 announcement Sommerfest
2025-06-11 10:00 reminder Sommerfest
2025-10-06 12:00 announcement Uhrenfest
2025-10-06 12:00 announcement Laternenumzug
2025-10-25 10:00 reminder Uhrenfest
2025-10-25 15:00 reminder Uhrenfest
2025-10-26 10:00 reminder Laternenumzug
2025-11-03 10:00 reminder Stammtisch
2025-12-01 10:00 reminder Stammtisch
2026-01-05 10:00 reminder Stammtisch
2026-02-02 10:00 reminder Stammtisch
2026-03-02 10:00 reminder Stammtisch
2026-03-20 10:30 change Stammtisch
2026-03-29 10:00 reminder Stammtisch
2026-04-27 10:00 reminder Stammtisch
2026-05-25 10:00 reminder Stammtisch
2026-06-29 10:00 reminder Stammtisch
2026-07-27 10:00 reminder Stammtisch
2026-07-28 08:00 cancellation Stammtisch
2026-08-24 10:00 reminder Stammtisch
2026-09-28 10:00 reminder Stammtisch
2026-10-24 10:00 reminder Stammtisch
""" + "".join(f"{put_up} 12:00 announcement Stammtisch\n" for _, put_up in MONTHLY)
