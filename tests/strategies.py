"""What authors may write, and worse: text for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

_NASTY = (
    "\nEND:VEVENT\nBEGIN:VEVENT\nUID:evil\n", "\r\nBcc: everyone@example.com\r\n\r\n", "<script>alert(1)</script>",
    "{{ 7 * 7 }}", "{% for x in y %}", "\\N\\n\\;", '"><img src=x onerror=alert(1)>', "\x00", "\ud83d", "\u202e",
    "\u2028", "]]>", "<!--", "]]--><![endif]-->", "</title></head>", "\r", "C:\\New, folder; x", "👩‍💻", "=?utf-8?q?x?=",
)  # fmt: skip

#: Any text at all, surrogates included, with things that have broken others mixed in.
any_text: st.SearchStrategy[str] = st.lists(
    st.one_of(st.sampled_from(_NASTY), st.text(st.characters(codec=None), max_size=20)), max_size=5
).map("".join)
