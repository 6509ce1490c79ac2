"""A French village with the rules as they come: four mails about each event at most, one a day, and slips of every kind."""

from __future__ import annotations

from tests.stories.telling import CONFIG, Story

UNTIL = "2026-04-01 12:00"
SITE = (
    CONFIG
    % (
        "Europe/Paris",
        "fr",
        """\
      - files: content/**/*.md
        fields:
          title: titre
          place: lieu
          start: heure
          same: {path: '^(.+)\\.[a-z]{2}\\.md$'}
          language: {path: '\\.([a-z]{2})\\.md$'}
""",
    )
    + """\
audiences:
  list: {provider: letters}
rules:
  announce: {kind: announcement, audiences: [list]}
  week: {kind: reminder, audiences: [list], when: {before: 7d, at: "10:00"}}
  day: {kind: reminder, audiences: [list], when: {before: 1d, at: "10:00"}}
  hours: {kind: reminder, audiences: [list], when: {before: 2h}}
  change: {kind: change, audiences: [list]}
  cancel: {kind: cancellation, audiences: [list]}
ledger: {url: "sqlite:///notifier.db"}
"""
)

TEXT = """\
---
titre: {titre}
date: {date}
{more}
lieu: Salle des fêtes, Exempleville
access: open
register: https://billets.example.com/{name}
---
Venez nombreux, seuls ou en famille, avec vos amis et vos voisins, pour {titre} dans la salle des fêtes du village.
"""


def a_page(titre: str, date: str, heure: str = "18:00", *, more: str = "") -> str:
    said = more or f'heure: "{heure}"'
    return TEXT.format(titre=titre, date=date, more=said, name=titre.replace(" ", "-").lower())


def story() -> Story:
    told = Story(zone="Europe/Paris")
    told.write("content/voeux.md", a_page("Vœux", "2025-01-03"))
    told.commit("2025-01-06 10:00")
    told.write("content/loto.md", a_page("Loto", "2025-01-22", "19:00"))
    told.commit("2025-01-08 09:00")
    told.write("content/debat.md", a_page("Débat", "2025-02-06", "19:00"))
    told.commit("2025-02-06 09:00")
    told.write("content/apero.md", a_page("Apéro", "2025-02-13", "19:00"))
    told.commit("2025-02-13 17:30")
    told.write("content/brunch.md", a_page("Brunch", "2025-02-16", "11:00"))
    told.commit("2025-02-15 10:00")
    told.write("content/concert.md", a_page("Concert", "2025-03-20", "20:00"))
    told.write("content/atelier.md", a_page("Atelier", "2025-03-21"))
    told.commit("2025-03-03 09:00")
    marche = "content/marche.md"
    told.write(marche, a_page("Marche", "2025-04-05", more='heure: "10:00"\nrecurrence: "FREQ=WEEKLY;COUNT=4"'))
    told.commit("2025-03-24 09:00")
    told.edit(marche, 'COUNT=4"', 'COUNT=4"\nexdate: [2025-04-26]')
    told.commit("2025-04-14 09:00")
    festival = "content/festival.md"
    told.write(festival, a_page("Festival", "2025-06-13", more="end: 2025-06-15"))
    told.commit("2025-05-19 09:00")
    told.edit(festival, "end: 2025-06-15", "end: 2025-06-16")
    told.commit("2025-05-27 09:00")
    _autumn(told)
    _winter(told)
    return told


def _autumn(told: Story) -> None:
    vendanges = "content/vendanges.md"
    told.write(vendanges, a_page("Vendanges", "2025-09-25"))
    told.commit("2025-09-01 09:00")
    told.edit(vendanges, "2025-09-25", "2052-09-25")
    told.commit("2025-09-08 10:00")
    told.edit(vendanges, "2052-09-25", "2025-09-25")
    told.commit("2025-09-08 10:20")
    told.edit(vendanges, "lieu:", "timezone: Europe/London\nlieu:")
    told.commit("2025-09-15 10:00")
    theatre = "content/theatre.md"
    told.write(theatre, a_page("Théâtre", "2025-10-30", "20:00"))
    told.commit("2025-10-06 09:00")
    told.edit(theatre, "access:", "published: false\naccess:")
    told.commit("2025-10-13 10:00")
    told.edit(theatre, "published: false\n", "")
    told.commit("2025-10-14 10:00")
    told.write("content/lecture.md", a_page("Lecture", "2025-11-20"))
    told.commit("2025-11-03 09:00")
    told.write("content/lecture (copie en conflit).md", told.files["content/lecture.md"])
    told.commit("2025-11-05 09:00")
    del told.files["content/lecture (copie en conflit).md"]
    told.commit("2025-11-06 09:00")


def _winter(told: Story) -> None:
    told.write("content/a.md", a_page("Alpha", "2026-01-22"))
    told.commit("2026-01-05 09:00")
    told.write("content/b.md", a_page("Bêta", "2026-01-29"))
    told.commit("2026-01-06 09:00")
    # Two files change their names.
    told.files["content/a.md"], told.files["content/b.md"] = told.files["content/b.md"], told.files["content/a.md"]
    told.commit("2026-01-08 09:00")
    told.edit("content/a.md", "Salle des fêtes,", "Mairie,")
    told.commit("2026-01-28 17:45")
    for code in ("fr", "en"):
        told.write(f"content/foire.{code}.md", a_page("Foire" if code == "fr" else "Fair", "2026-02-26"))
    told.commit("2026-02-02 09:00")
    told.edit("content/foire.fr.md", "2026-02-26", "2026-02-27")
    told.commit("2026-02-10 10:00")
    told.edit("content/foire.en.md", "2026-02-26", "2026-02-27")
    told.commit("2026-02-10 10:20")
    # A page from a template takes the place of another: git calls that a rename, and it is none.
    told.write("content/bal.md", a_page("Bal", "2026-03-19"))
    told.commit("2026-03-02 09:00")
    told.move("content/foire.en.md", "content/fair.en.md")
    told.move("content/foire.fr.md", "content/fair.fr.md")
    told.commit("2026-03-03 09:00")
    del told.files["content/loto.md"]
    told.write("content/tarot.md", a_page("Tarot", "2026-03-26", "19:00"))
    told.commit("2026-03-09 09:00")


WANTED = """
2025-01-08 11:00 announcement Loto
2025-01-15 10:00 reminder Loto
2025-01-21 10:00 reminder Loto
2025-01-22 17:00 reminder Loto
2025-02-06 11:00 announcement Débat
2025-02-06 17:00 reminder Débat
2025-02-16 09:00 reminder Brunch
2025-03-03 11:00 announcement Atelier
2025-03-04 08:30 announcement Concert
2025-03-13 10:00 reminder Concert
2025-03-14 10:00 reminder Atelier
2025-03-19 10:00 reminder Concert
2025-03-20 10:00 reminder Atelier
2025-03-20 18:00 reminder Concert
2025-03-21 16:00 reminder Atelier
2025-03-24 11:00 announcement Marche
2025-03-28 18:00 reminder Marche
2025-04-04 10:00 reminder Marche
2025-04-05 08:00 reminder Marche
2025-04-07 08:30 reminder Marche
2025-04-11 10:00 reminder Marche
2025-04-12 08:00 reminder Marche
2025-04-14 08:30 reminder Marche
2025-04-18 10:00 reminder Marche
2025-04-19 08:00 reminder Marche
2025-05-19 11:00 announcement Festival
2025-05-27 09:30 change Festival
2025-06-06 10:00 reminder Festival
2025-06-12 10:00 reminder Festival
2025-09-01 11:00 announcement Vendanges
2025-09-15 10:30 change Vendanges
2025-09-18 10:00 reminder Vendanges
2025-09-24 10:00 reminder Vendanges
2025-09-25 17:00 reminder Vendanges
2025-10-06 11:00 announcement Théâtre
2025-10-13 10:30 cancellation Théâtre
2025-10-14 10:30 change Théâtre
2025-10-23 10:00 reminder Théâtre
2025-10-29 10:00 reminder Théâtre
2025-10-30 18:00 reminder Théâtre
2025-11-03 11:00 announcement Lecture
2025-11-13 10:00 reminder Lecture
2025-11-19 10:00 reminder Lecture
2025-11-20 16:00 reminder Lecture
2026-01-05 11:00 announcement Alpha
2026-01-06 11:00 announcement Bêta
2026-01-15 10:00 reminder Alpha
2026-01-21 10:00 reminder Alpha
2026-01-22 16:00 reminder Alpha
2026-01-23 08:30 reminder Bêta
2026-01-28 10:00 reminder Bêta
2026-01-29 08:30 change Bêta
2026-01-29 16:00 reminder Bêta
2026-02-02 11:00 announcement Foire
2026-02-10 10:30 change Foire
2026-02-20 10:00 reminder Foire
2026-02-26 10:00 reminder Foire
2026-02-27 16:00 reminder Foire
2026-03-02 11:00 announcement Bal
2026-03-09 11:00 announcement Tarot
2026-03-12 10:00 reminder Bal
2026-03-18 10:00 reminder Bal
2026-03-19 16:00 reminder Bal
2026-03-20 08:30 reminder Tarot
2026-03-25 10:00 reminder Tarot
2026-03-26 17:00 reminder Tarot
"""
