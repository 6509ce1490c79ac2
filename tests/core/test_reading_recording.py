"""Where what happened can be watched: what says so, what only sounds like it, and that it is no way in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifier.core.event import Document, Event
from notifier.core.reading import Reading, merge, read_document
from notifier.core.reading.presets import PRESETS
from notifier.core.reading.shape import Pick, Shape

SHAPE = Shape(source="site", site_url="https://example.org", timezone="Europe/London")
VIDEO = "https://video.example.org/1"


def reading_of(body: str, *, front: str = "", shape: Shape = SHAPE, path: str = "fair.md") -> Reading:
    data = f"---\ntitle: Winter workshop\ndate: 2026-12-09\n{front}\n---\n{body}\n".encode()
    return read_document(Document(source="site", path=path, data=data, revision="1"), shape)


def read(body: str, *, front: str = "", language: str = "en") -> Event:
    (event,) = reading_of(body, front=front, shape=replace(SHAPE, languages=(language,))).events
    return event


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", f"[Watch the recording]({VIDEO})"),
        ("en", f"[Video of the event]({VIDEO})"),
        ("en", f"[Watch the full recording of this workshop on YouTube]({VIDEO}), or read the slides."),
        ("en", f"The recording is now available [here]({VIDEO})."),
        ("en", f"A video recording of the workshop can be found at {VIDEO}"),
        ("en", f"You can [watch it again]({VIDEO})."),
        ("en", f"**Recording:** [Winter workshop, part of our series]({VIDEO})"),
        ("en", f"If you missed it, you can watch the recording [on Vimeo]({VIDEO})."),
        ("en", f"## Recording\n\n{VIDEO}"),
        ("en", f"## Watch the recording\n\n[Click here]({VIDEO})"),
        ("en", f'<a href="{VIDEO}">Event recording</a>'),
        ("en", f"[![Watch the recording](/still.jpg)]({VIDEO})"),
        ("de", f"[Zur Aufzeichnung der Veranstaltung]({VIDEO})"),
        ("de", f"Die Aufzeichnung ist [hier]({VIDEO}) verfügbar."),
        ("de", f"Hier findet ihr den Mitschnitt: {VIDEO}"),
        ("de", f"Wer nicht dabei sein konnte: [Video des Vortrags]({VIDEO})"),
        ("de", f"[Watch the recording]({VIDEO})"),
        ("fr", f"[Voir l'enregistrement]({VIDEO})"),
        ("fr", f"[Revoir la vidéo de la rencontre]({VIDEO})"),
        ("fr", f"Le replay est disponible [ici]({VIDEO})."),
        ("es", f"[Ver la grabación]({VIDEO})"),
        ("es", f"La grabación ya está disponible [aquí]({VIDEO})."),
        ("es", f"[Vídeo del taller]({VIDEO})"),
        ("it", f"[Guarda la registrazione]({VIDEO})"),
        ("it", f"La videoregistrazione è disponibile [qui]({VIDEO})."),
        ("it", f"[Video dell'incontro]({VIDEO})"),
    ],
)
def test_words_that_say_where_it_can_be_watched(language: str, words: str) -> None:
    event = read(words, language=language)
    assert event.recording_url == VIDEO
    assert event.evidence["recording_url"].basis == "prose"
    assert (event.join_url, event.info_url) == (None, None)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", f"Join [on Zoom]({VIDEO}); the session will be recorded."),
        ("en", f"The recording will be available [here]({VIDEO}) afterwards."),
        ("en", f"A recording may be available [here]({VIDEO})."),
        ("en", f"[Watch the recording]({VIDEO}) of our last workshop."),
        ("en", f"[Watch the recording]({VIDEO}) from 4 March 2026."),
        ("en", f"Register [here]({VIDEO}) to watch the recording."),
        ("en", "There is no recording; [write to us](https://example.org/contact)."),
        ("en", "Watch [this](https://www.youtube.com/watch?v=1)."),
        ("en", "[Our channel](https://vimeo.com/example) and [Video](https://vimeo.com/1)"),
        ("en", "See the recording of [the film](https://example.org/film) by [its maker](https://example.org/maker)."),
        ("en", "Watch the recording: [write to us](mailto:events@example.org)."),
        ("en", f"## Recording\n\n[Recordings of others]({VIDEO}) and [more](https://example.org/more)"),
        ("en", f"## Recording\n\n[The house rules]({VIDEO})"),
        ("en", f"## Recording\n\nIt will be [here]({VIDEO})."),
        ("en", f"## Recording of our last workshop\n\n{VIDEO}"),
        ("en", f"## Recording\n\nOn 4 March 2026: {VIDEO}"),
        ("en", "## Recording\n\n<mailto:events@example.org>"),
        ("de", f"Die Aufzeichnung wird [hier]({VIDEO}) veröffentlicht."),
        ("de", "Es gibt keine Aufzeichnung, aber [Folien](https://example.org/slides)."),
        ("fr", f"L'enregistrement sera disponible [ici]({VIDEO})."),
        ("es", f"La grabación estará disponible [aquí]({VIDEO})."),
        ("it", f"La videoregistrazione sarà disponibile [qui]({VIDEO})."),
        ("it", f"[Registrazione]({VIDEO})"),
    ],
)
def test_words_that_promise_one_or_are_about_another_are_none(language: str, words: str) -> None:
    assert read(words, language=language).recording_url is None


def test_two_recordings_are_told_apart_by_nobody() -> None:
    both = f"[Recording]({VIDEO}) of the morning.\n\n[Recording](https://video.example.org/2) of the afternoon."
    assert read(both).recording_url is None
    assert read(both, front=f"recording: {VIDEO}").recording_url == VIDEO


def test_a_page_of_links_is_no_recording() -> None:
    links = " ".join(f"[part {n}](https://example.org/{n})" for n in range(60))
    assert read(f"[Watch the recording]({VIDEO}) {links}").recording_url is None


def test_where_one_joins_is_no_recording_until_it_is_over() -> None:
    join = f"On 9 December 2026 at 2pm we will meet. [Join the meeting]({VIDEO}) or [watch the recording]({VIDEO})."
    over = f"On 9 December 2026 we met and heard from many. [Watch the recording]({VIDEO})."
    assert (read(join).join_url, read(join).recording_url) == (VIDEO, None)
    assert (read(over).status, read(over).recording_url) == ("past", VIDEO)


def test_a_recording_is_not_the_page_about_it_too() -> None:
    event = read(f"[Watch the recording]({VIDEO})", front=f"link: {VIDEO}")
    assert (event.recording_url, event.info_url) == (VIDEO, None)


@pytest.mark.parametrize("key", ["recording", "recording_url", "video"])
def test_a_key_says_where_it_can_be_watched(key: str) -> None:
    event = read("A workshop.", front=f"{key}: {VIDEO}?utm_source=list")
    assert event.recording_url == VIDEO
    assert event.evidence["recording_url"].line == 4


@pytest.mark.parametrize(
    "front", ["recording: true", "recording: TBC", "video: dQw4w9", "video: {id: 1}", "recording:"]
)
def test_what_says_no_address_on_purpose_is_no_mistake(front: str) -> None:
    reading = reading_of("A workshop.", front=front)
    assert reading.events[0].recording_url is None
    assert not {"recording", "video"} & {problem.field for problem in reading.problems}


@pytest.mark.parametrize("said", ["vimeo.com/1", "javascript:alert(1)", "ftp://example.org/1"])
def test_a_key_that_is_no_web_address_is_told(said: str) -> None:
    reading = reading_of("A workshop.", front=f"recording: {said}")
    (problem,) = [problem for problem in reading.problems if problem.field == "recording"]
    assert reading.events[0].recording_url is None
    assert problem.what == "recording is not a web address."


def test_a_label_that_promises_one_is_no_mistake() -> None:
    text = "# Fair\n\nDate: 9 December 2026\nRecording: on our website, in a week\n\nA fair.\n"
    document = Document(source="site", path="fair.md", data=text.encode(), revision="1")
    reading = read_document(document, replace(SHAPE, format="labelled"))
    assert reading.events[0].recording_url is None
    assert "Recording" not in {problem.field for problem in reading.problems}


@pytest.mark.parametrize("front", [f"videoUrl: {VIDEO}", f"recording: soon\nvideo_link: {VIDEO}", f"video: {VIDEO}"])
def test_themes_have_their_own_names_for_it(front: str) -> None:
    shape = replace(SHAPE, fields=PRESETS["hugo-events"].fields)
    (event,) = reading_of("A workshop.", front=front, shape=shape).events
    assert event.recording_url == VIDEO


def test_one_recording_of_many_dates_belongs_to_none() -> None:
    events = reading_of("A workshop.", front=f"recording: {VIDEO}\nrecurrence: FREQ=WEEKLY;COUNT=2").events
    assert [(event.recording_url, "recording_url" in event.evidence) for event in events] == [(None, False)] * 2


def test_a_session_has_its_own_recording_and_not_that_of_the_common_text() -> None:
    front = f"talks:\n  - {{title: One, recording: {VIDEO}}}\n  - {{title: Two}}"
    shape = replace(SHAPE, sessions="talks")
    one, two = reading_of("[Watch the recording](https://video.example.org/2)", front=front, shape=shape).events
    assert (one.recording_url, two.recording_url) == (VIDEO, None)


def test_a_translation_may_have_the_recording() -> None:
    shape = replace(SHAPE, fields={"same": (Pick(keys=("id",)),)})
    one = reading_of("A workshop.", front="id: a", shape=shape, path="a.md")
    other = reading_of(f"[Watch the recording]({VIDEO})", front="id: a", shape=shape, path="b.md")
    copies = {("site", path): copy for reading in (one, other) for path, copy in reading.copies.items()}
    (merged,), _ = merge([*one.events, *other.events], copies, ["en"])
    assert merged.recording_url == VIDEO


def test_it_can_be_kept_private() -> None:
    assert read("A workshop.", front="private: [recording]").private == frozenset({"recording_url"})
