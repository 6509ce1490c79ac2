"""What a proposal makes of French, Spanish and Italian sites whose shapes no other test has."""

from __future__ import annotations

from notifier.core.event import Document
from notifier.core.proposal import propose
from notifier.core.proposal.proposed import Group, Proposal

DAYS = ("2026-01-14", "2026-02-11", "2026-03-11", "2026-06-10", "2026-07-08", "2026-09-09")


def proposed(files: dict[str, str]) -> Proposal:
    return propose(
        [Document(source="site", path=path, data=text.encode(), revision="1") for path, text in files.items()]
    )


def group(files: dict[str, str]) -> Group:
    (found,) = proposed(files).groups
    return found


def keys_of(found: Group, field: str) -> tuple[str, ...]:
    """The site's keys that the proposal takes a field from."""
    (way,) = found.choices[field].ways
    return way.keys


def test_a_page_s_own_stamp_is_never_the_event_s_date_where_a_section_tells_it() -> None:
    files = {
        f"content/eventi/gita-{n}/index.md": f"---\ntitle: Gita {n}\ndate: 2025-12-0{n}T18:28:5{n}+01:00\nevento:\n"
        f'  p_name: Gita\n  dt_start: "{day} 10:30"\n  dt_end: "{day} {"18:30" if n % 2 else "10:30"}"\n'
        f"  p_location: Piazza Grande, Villanova\n---\nVenite.\n"
        for n, day in enumerate(DAYS, start=1)
    }

    found = group(files)

    assert (keys_of(found, "date"), keys_of(found, "start")) == (("evento.dt_start",), ("evento.dt_start",))
    assert (keys_of(found, "end"), keys_of(found, "place")) == (("evento.dt_end",), ("evento.p_location",))


def test_date_is_not_the_event_s_where_a_start_has_other_days() -> None:
    files = {
        f"_meetups/{n}.md": f"---\ntitle: Rencontre {n}\ndate: 2025-11-0{n} 10:00\nevent:\n  start: {day} 19:00\n---\nVenez.\n"
        for n, day in enumerate(DAYS, start=1)
    }

    assert keys_of(group(files), "start") == ("event.start",)


def test_a_preset_is_proposed_only_where_it_names_every_file() -> None:
    files = {
        f"_events/{code}/{day}-rencontre.md": f"---\ntitle: Rencontre\nlang: {code}\nrsvp: https://example.com/{day}\n---\nVenez.\n"
        for day in DAYS
        for code in ("fr", "en")
    }

    found = group(files)

    assert (found.preset, found.files) == (None, ("_events/**/*.md",))


def test_where_no_key_has_the_date_that_in_the_files_names_is_proposed() -> None:
    files = {
        f"_events/fr/{day}-rencontre.md": f"---\ntitle: Rencontre\nrsvp: https://example.com/{day}\n---\nVenez à 19h.\n"
        for day in DAYS
    }

    found = group(files)

    assert found.choices["date"].ways[0].path is not None
    assert (found.trial.events, found.trial.dated) == (6, 6)


def test_the_house_s_own_website_is_no_page_about_the_event() -> None:
    files = {
        f"_events/{n}.md": f"---\ntitle: Rencontre {n}\ndate: {day}\nlocation:\n  name: Les Tilleuls\n"
        f"  website: https://tilleuls.example.org\n---\nVenez.\n"
        for n, day in enumerate(DAYS)
    }

    assert "link" not in group(files).choices


def test_the_value_that_most_pages_have_tells_the_events() -> None:
    files = {
        f"_posts/2025-12-0{n}-soiree.md": f"---\ntitle: Soirée {n}\nlayout: {'meetup' if n == 1 else 'post'}\ncategory: meetup\n"
        f"event:\n  date: {day} 19:00\n  location:\n    name: Les Tilleuls\n  registration:\n    type: form\n"
        f"    url: https://example.com/{day}\n---\nVenez.\n"
        for n, day in enumerate(DAYS, start=1)
    }
    files["_posts/2025-12-09-bilan.md"] = "---\ntitle: Bilan\nlayout: post\ncategory: vie\n---\nMerci.\n"

    found = group(files)

    assert (dict(found.shape.only), found.trial.timed) == ({"category": frozenset({"meetup"})}, 6)
    assert (keys_of(found, "place"), keys_of(found, "register")) == (
        ("event.location.name",),
        ("event.registration.url",),
    )


def test_spanish_hours_are_times() -> None:
    entries = "".join(
        f"- evento-nombre: Velada {n}\n  evento-hora: {19 + n % 2}:30hs\n  evento-dia: {day}\n  lugar: Plaza\n"
        for n, day in enumerate(DAYS)
    )

    assert keys_of(group({"_data/agenda.yml": entries}), "start") == ("evento-hora",)


def test_labelled_french_texts_are_found() -> None:
    files = {
        f"activites/0{n}.md": f"# Activité : Atelier {n}\n**Date :** {day} de 19h00 à 21h00\n**Lieu :** Les Tilleuls\n"
        for n, day in enumerate(("lundi 14 décembre 2026", "mardi 15 décembre 2026", "jeudi 17 décembre 2026"))
    }

    found = group(files)

    assert (found.shape.format, found.trial.timed, keys_of(found, "place")) == ("labelled", 3, ("lieu",))


def test_sections_with_labels_are_events_of_their_own() -> None:
    sections = "\n---\n".join(
        f"# Activité : Atelier {n}\n**Date :** {day} de 19h00 à 21h00\n**Lieu :** Les Tilleuls\n"
        for n, day in enumerate(("lundi 14 décembre 2026", "mardi 15 décembre 2026", "jeudi 17 décembre 2026"))
    )

    found = group({"activites/activites.md": sections})

    assert (found.shape.lists, found.files, found.trial.timed) == (("#",), ("activites/activites.md",), 3)


def test_an_entry_s_text_and_its_place_in_words_and_town_are_found() -> None:
    entries = "".join(
        f"- titolo: Serata {n}\n  data: {day} 20:30\n  nome_luogo: Sala Grande\n  localita: Villanova\n  descrizione: Aperto a tutti.\n"
        for n, day in enumerate(DAYS)
    )

    found = group({"_data/eventi.yml": entries})

    assert (keys_of(found, "body"), keys_of(found, "place")) == (("descrizione",), ("nome_luogo", "localita"))
