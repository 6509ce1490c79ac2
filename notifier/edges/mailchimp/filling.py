"""A message as Mailchimp takes it: the campaign's settings, and a page that has its marker and the ways to leave."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Any

from notifier.core.marks import unmarked
from notifier.core.message import Message
from notifier.core.plain import cut, one_line
from notifier.edges.mailchimp.audiences import Target
from notifier.edges.mailchimp.finding import title_of
from notifier.edges.mailchimp.reading import readable, stands_for

#: Mailchimp refuses longer ones.
LONGEST_SUBJECT = 150
_LONGEST_PREVIEW = 150
#: What the footer looks like, whose link to leave and address Mailchimp fills in: both are compulsory there.
_FOOTER = (
    "margin:0;padding:8px;font-family:Arial,sans-serif;font-size:13px;line-height:20px;text-align:center;color:#59635c;"
)
_LEAVE = {
    "cy": "Dad-danysgrifio", "de": "Abmelden", "es": "Darse de baja", "fr": "Se désabonner", "it": "Annulla l’iscrizione",
    "nl": "Afmelden", "pt": "Cancelar a subscrição",
}  # fmt: skip
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A campaign as it should be. `digest` stands for the message and its readers, as they were asked for."""

    marker: str
    target: Target
    title: str
    subject: str
    preview: str
    from_name: str
    reply_to: str
    html: str
    text: str
    digest: str
    at_most: int | None = None

    def body(self, folder: str = "") -> dict[str, Any]:
        """What a campaign is made from. Never `template_id`: with one, html that is put later is swallowed."""
        settings: dict[str, Any] = {**self.settings(), "auto_footer": False, "inline_css": False}
        if folder:
            settings["folder_id"] = folder
        return {
            "type": "regular",
            "recipients": self.recipients(),
            "settings": settings,
            "tracking": {"opens": False, "html_clicks": False, "text_clicks": False},
        }

    def settings(self) -> dict[str, Any]:
        return {
            "title": self.title, "subject_line": self.subject, "preview_text": self.preview,
            "from_name": self.from_name, "reply_to": self.reply_to,
        }  # fmt: skip

    def changes(self) -> dict[str, Any]:
        """What makes a draft that is there the wanted one, apart from its content."""
        return {"settings": self.settings(), "recipients": self.recipients()}

    def recipients(self) -> dict[str, Any]:
        to: dict[str, Any] = {"list_id": self.target.listing.id}
        return to | ({"segment_opts": dict(self.target.segment)} if self.target.segment else {})


def wanted_of(
    message: Message,
    *,
    marker: str,
    target: Target,
    sender: tuple[str, str],
    language: str,
    at_most: int | None,
) -> Wanted:
    """The campaign that says this message to these readers."""
    leave = _LEAVE.get(language.partition("-")[0], "Unsubscribe")
    subject = cut(one_line(message.subject), LONGEST_SUBJECT)
    preview, from_name = cut(one_line(message.preheader), _LONGEST_PREVIEW), one_line(unmarked(sender[0]))
    shown = stands_for(subject, from_name, sender[1])
    digest = stands_for(shown, preview, target.listing.id, repr(target.segment), message.html, message.text)
    return Wanted(
        marker=marker,
        target=target,
        title=title_of(subject, marker),
        subject=subject,
        preview=preview,
        from_name=from_name,
        reply_to=sender[1],
        html=_page(message.html, marker=marker, stamps=f"{shown} {digest}", leave=leave),
        text=f"{message.text.rstrip()}\n\n{leave}: *|UNSUB|*\n*|LIST:ADDRESS|*\n",
        digest=digest,
        at_most=at_most,
    )


def _page(html: str, *, marker: str, stamps: str, leave: str) -> str:
    """The page with our part of it marked; at that part's end a footer that Mailchimp fills in."""
    footer = (
        f'<p style="{_FOOTER}"><a href="*|UNSUB|*" style="color:#59635c;">{escape(leave)}</a><br>*|LIST:ADDRESS|*</p>'
    )
    start = _BODY.search(html)
    begin = start.end() if start else 0
    ends = [found.start() for found in _BODY_END.finditer(html, begin)]
    end = ends[-1] if ends else len(html)
    ours = f"\n{html[begin:end]}{footer}\n"
    head = f"<!-- {marker} begins {stands_for(readable(ours))} {stamps} -->"
    return f"{html[:begin]}{head}{ours}<!-- {marker} ends -->\n{html[end:]}"
