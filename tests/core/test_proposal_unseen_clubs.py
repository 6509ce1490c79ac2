"""What a proposal makes of clubs' sites in German, French and Italian, whose keys have names that no other test has."""

from __future__ import annotations

from notifier.core.event import Document
from notifier.core.proposal import propose
from notifier.core.proposal.proposed import Group

DAYS = ("2026-01-14", "2026-02-11", "2026-06-10", "2026-07-08")


def group(files: dict[str, str], *, zone: str = "Europe/Berlin") -> Group:
    documents = [Document(source="site", path=path, data=text.encode(), revision="1") for path, text in files.items()]
    (found,) = propose(documents, timezone=zone).groups
    return found


def keys_of(found: Group, field: str) -> tuple[str, ...]:
    (way,) = found.choices[field].ways
    return way.keys


def test_a_key_named_for_the_time_may_hold_the_day_too() -> None:
    entries = "".join(f"- name: Training {n}\n  zeit: 0{n}.05.2026 18:30\n  zeitbis: '20:00'\n" for n in range(1, 5))

    found = group({"_data/termine.yml": entries})

    assert (keys_of(found, "start"), keys_of(found, "end"), found.trial.timed) == (("zeit",), ("zeitbis",), 4)


def test_a_key_named_for_the_time_may_hold_nothing_but_the_day() -> None:
    entries = "".join(f'- title: Tagung {n}\n  zeit: "{n}. Mai 2026"\n  ort: Wien\n' for n in range(1, 5))

    found = group({"_data/veranstaltungen.yml": entries})

    assert (keys_of(found, "date"), found.trial.events) == (("zeit",), 4)


def test_times_have_their_key_though_some_dates_have_one_too() -> None:
    files = {
        f"content/agenda/{day}.md": f"---\ntitle: Balade\ndate: {day}{'T18:00:00+01:00' if n < 2 else ''}\nhoraire: {17 + n}h\n"
        f"{f'datefin: {day[:8]}20' if n > 1 else ''}\nlieu: Mairie\n---\nVenez.\n"
        for n, day in enumerate(DAYS)
    }

    found = group(files)

    assert (keys_of(found, "start"), keys_of(found, "end")) == (("horaire",), ("datefin",))


def test_keys_in_the_table_that_a_generator_keeps_them_in_count_as_the_page_s() -> None:
    files = {
        f"content/eventi/{day}.md": f'+++\ntitle = "Gita"\ndate = "{day}"\n[extra]\norario = "dalle 15:00"\nsede = "Casa"\n+++\nVenite.\n'
        for day in DAYS
    }

    found = group(files)

    assert (keys_of(found, "start"), keys_of(found, "place")) == (("extra.orario",), ("extra.sede",))


def test_index_files_of_one_language_are_all_read() -> None:
    files = {
        f"content/events/2026/{n}/index.fr.md": f"---\ntitle: Soirée\neventDate: {day}T19:30:00+01:00\nlocation: Mairie\n---\nVenez.\n"
        for n, day in enumerate(DAYS)
    }

    found = group(files)

    assert (found.files, found.trial.events) == (("content/events/**/index*.md",), 4)


def test_dates_may_be_written_with_strokes_from_the_year_on() -> None:
    entries = "".join(f'- title: Fiesta {n}\n  date: "2026/05/0{n}"\n  location: Plaza\n' for n in range(1, 5))

    assert group({"_data/eventos.yml": entries}).trial.events == 4


def test_what_an_entry_is_may_be_its_title() -> None:
    entries = "".join(f"- datum: 2026-05-0{n}\n  anlass: Probe {n}\n  ort: Saal\n" for n in range(1, 5))

    assert keys_of(group({"_data/termine.yml": entries}), "title") == ("anlass",)


def test_of_few_events_one_text_says_what_offsets_mean() -> None:
    said = "Une soirée pour tous dans la salle.\n\n**Mercredi 14 janvier - SOIRÉE (12 € / 8 €) - 20H30**"
    texts = (said, *["Venez avec vos amis dans la salle."] * 3)
    files = {
        f"content/agenda/{day}.md": f"---\ntitle: Concert\nevent_time: {day}T20:30:00.000Z\nlieu: Salle\n---\n{text}\n"
        for day, text in zip(DAYS, texts, strict=True)
    }

    found = group(files, zone="Europe/Paris")

    assert (found.shape.times.offsets, found.trial.timed, found.trial.errors) == ("wall", 4, 0)
