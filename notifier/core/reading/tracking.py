"""The parts of a web address that only tell who copied it or where: campaign marks, click ids, personal tokens.

What a page needs to work (a meeting's passcode, a form's pre-filled fields, an event's number) stays. The names
are those that the vendors document; ClearURLs' public rules were consulted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, unquote

_TRACKING = frozenset(
    {
        # Advertising clicks.
        "fbclid", "gclid", "gclsrc", "gbraid", "wbraid", "dclid", "gad_source", "gad_campaignid", "srsltid", "msclkid",
        "twclid", "ttclid", "yclid", "ysclid", "li_fat_id", "rdt_cid", "sccid", "epik", "irclickid", "irgwc",
        "rb_clickid", "wickedid", "wickedsource", "s_kwcid", "ef_id", "_openstat", "cvosrc", "obclid", "tblci",
        # Web analytics.
        "_ga", "_gl", "_gac", "ncid", "cmpid", "s_cid", "wt_mc", "wt_zmc", "wtrid", "xtor", "tracking_source", "echobox",
        "spm", "ga_source", "ga_medium", "ga_campaign", "ga_content", "ga_term", "usqp", "amp_js_v", "amp_gsa",
        "_branch_match_id", "_branch_referrer", "guccounter", "guce_referrer", "guce_referrer_sig",
        # Links of mailings: which mailing, which subscriber.
        "mc_cid", "mc_eid", "mc_tc", "mkt_tok", "_hsenc", "_hsmi", "__hsfp", "__hssc", "__hstc", "hsctatracking",
        "_ke", "_kx", "__s", "dm_i", "dm_t", "elqtrackid", "elqtrack", "elqaid", "elqat", "elqak", "elqcampaignid", "et_rid",
        "emci", "emdi", "ceid", "sfmc_id", "sfmc_sub", "sfmc_activityid", "inf_contact_key", "ck_subscriber_id",
        "ss_email_id", "vgo_ee", "_bta_tid", "_bta_c", "trk_contact", "trk_msg", "trk_module", "trk_sid", "cndid",
        "os_ehash", "subscriber_id", "subscriberid", "subscriber_hash", "recipient_id", "recipientid", "email_hash",
        # Social networks.
        "igshid", "igsh", "mibextid", "__twitter_impression", "fb_action_ids", "fb_action_types", "fb_source", "fb_ref",
        "action_object_map", "action_type_map", "action_ref_map",
    }
)  # fmt: skip
_TRACKING_STARTS = (
    "utm_", "hsa_", "vero_", "oly_", "ml_subscriber", "mtm_", "piwik_", "pk_campaign", "pk_kwd", "pk_keyword", "pk_source",
    "pk_medium", "pk_content", "pk_cid", "hmb_", "otm_", "itm_", "at_recipient", "at_campaign", "at_medium", "at_custom",
    "stm_", "matomo_",
)  # fmt: skip
# By the site that writes them; elsewhere the same names may be what a page needs.
_TRACKING_AT: dict[str, frozenset[str]] = {
    "youtube.com": frozenset({"si", "feature", "pp", "ab_channel", "kw"}),
    "youtu.be": frozenset({"si", "feature"}),
    "youtube-nocookie.com": frozenset({"si", "feature"}),
    "spotify.com": frozenset({"si", "nd", "_branch_match_id"}),
    "twitter.com": frozenset({"s", "t", "ref", "ref_src", "ref_url", "cn", "cxt"}),
    "x.com": frozenset({"s", "t", "ref", "ref_src", "ref_url", "cn", "cxt"}),
    "linkedin.com": frozenset(
        {"trk", "trkinfo", "trkemail", "lipi", "licu", "lici", "refid", "trackingid", "midtoken", "midsig", "ref", "rcm", "loid",
         "eid", "originalsubdomain", "original_referer"}
    ),
    "facebook.com": frozenset(
        {"__tn__", "__xts__", "__xts__[0]", "__cft__", "__cft__[0]", "acontext", "notif_t", "notif_id", "ref_notif_type",
         "ref", "refsrc", "fref", "hc_ref", "rdid", "share_url", "paipv", "eav"}
    ),
    "instagram.com": frozenset({"hl"}),
    "eventbrite": frozenset({"afu", "ref", "rank", "_eboga", "subplacement"}),
    "meetup.com": frozenset(
        {"rv", "_xtd", "_af", "_af_eid", "_af_cid", "recid", "recsource", "searchid", "eventorigin", "notificationid"}
    ),
    "google": frozenset(
        {"ouid", "authuser", "pli", "rtpof", "ved", "usg", "sa", "sei", "gs_lcp", "gs_lcrp", "sxsrf", "aqs", "oq",
         "sclient", "uact", "sourceid", "ei", "rlz", "g_ep", "entry_point", "skid"}
    ),
    "list-manage.com": frozenset({"e"}),
    "campaign-archive.com": frozenset({"e"}),
    "mailchi.mp": frozenset({"e"}),
    "substack.com": frozenset({"r", "isfreemail", "triedredirect", "submitlike", "showwelcomeonshare", "j"}),
    "teams.microsoft.com": frozenset(
        {"deeplinkid", "directdl", "mslaunch", "enablemobilepage", "suppressprompt", "launchagent", "laentry",
         "correlationid"}
    ),
    "zoom.us": frozenset({"from", "_x_zm_rtaid", "_x_zm_rhtaid", "frompwa"}),
    "medium.com": frozenset({"source", "sk"}),
    "amazon": frozenset({"ref", "ref_", "tag", "qid", "sr", "crid", "sprefix", "pf_rd_r", "pf_rd_p", "pd_rd_r", "pd_rd_w"}),
    "unity.com": frozenset({"ref"}),
}  # fmt: skip
# Whoever opens an address with one of these is taken for the person who copied it.
_PERSONAL = frozenset(
    {
        "access_token", "id_token", "refresh_token", "auth_token", "authtoken", "oauth_token", "login_token", "logintoken",
        "sessiontoken", "session_token", "jsessionid", "phpsessid", "jwt", "magic_token", "magiclink", "magic_link",
        "magic_link_token", "otp", "otptoken", "otp_token", "sso_token", "login_hint", "adminkey", "admin_key", "admin_token", "participantkey", "apikey", "api_key", "client_secret",
        "impersonate", "guest_token", "attendee_token", "invite_token", "invitation_token", "registrant_token",
    }
)  # fmt: skip
_PERSONAL_AT: dict[str, frozenset[str]] = {
    "zoom.us": frozenset({"tk", "uname", "un", "zak", "user_id", "wpk"}),
    "zoomgov.com": frozenset({"tk", "uname", "un", "zak", "user_id", "wpk"}),
    "eventbrite": frozenset({"token", "invite", "attendee_id", "order_id"}),
    "lu.ma": frozenset({"tk", "pk"}),
    "luma.com": frozenset({"tk", "pk"}),
    "google": frozenset({"tok", "edit2"}),
    "linkedin.com": frozenset({"otptoken", "fromsignin"}),
    "substack.com": frozenset({"token"}),
    "webex.com": frozenset({"attendeeid", "registrationid"}),
    "gotowebinar.com": frozenset({"registrantkey", "user"}),
    "doodle.com": frozenset({"token"}),
}
_OWN_PAGES = {
    "zoom.us": re.compile(r"/(?:w|s)/\d"),
    "gotowebinar.com": re.compile(r"/join/\d{1,30}/\d"),
    "eventbrite": re.compile(r"/(?:mytickets|orders?)/"),
    "ti.to": re.compile(r"/tickets/ti_"),
    "outlook.office.com": re.compile(r"/(?:owa|mail|calendar/item)\b"),
    "outlook.office365.com": re.compile(r"/(?:owa|mail|calendar/item)\b"),
    "outlook.live.com": re.compile(r"/(?:owa|mail|calendar/0?/?item)\b"),
    "mail.google.com": re.compile(r"/mail\b"),
}
_MAIL_NAMES = frozenset(
    {"email", "e-mail", "e_mail", "mail", "email_address", "emailaddress", "user_email", "useremail"}
)
# A conference's sessions have numbers too; a login's are long.
_SESSIONS = frozenset({"sessionid", "session_id"})
_TOKEN_WORDS = ("token", "jwt", "auth", "session", "login", "ticket", "key")
# Sites with a country's ending of their own (`google.ie`, `eventbrite.co.uk`).
_BRANDS = frozenset({"google", "eventbrite", "amazon"})
_NATIONAL = frozenset({"co", "com"})


def cleaned(parts: SplitResult) -> SplitResult:
    """The address without campaign marks, click ids and personal tokens; everything else as it was."""
    if not parts.query and "=" not in parts.fragment:
        return parts
    unwanted = _unwanted(parts.hostname or "")
    return parts._replace(query=_kept(parts.query, unwanted), fragment=_kept_fragment(parts.fragment, unwanted))


def personal(parts: SplitResult) -> tuple[str, ...]:
    """The names of the address's parameters that would let its readers in as the one who copied it."""
    if not parts.query:
        return ()
    names = _at(parts.hostname or "", _PERSONAL_AT)
    found = (piece.partition("=") for piece in parts.query.split("&"))
    return tuple(dict.fromkeys(name for name, _, value in found if value and _is_personal(name.lower(), value, names)))


def leads_one_person(parts: SplitResult) -> bool:
    """Whether the path itself is one registered person's way in, or a page of their account."""
    return any(_OWN_PAGES[domain].match(parts.path) for domain in domains(parts.hostname or "") if domain in _OWN_PAGES)


def has_own_pages(host: str) -> bool:
    """Whether some pages of this host are one person's own."""
    return any(domain in _OWN_PAGES for domain in domains(host))


def _unwanted(host: str) -> frozenset[str]:
    return _at(host, _TRACKING_AT) | _at(host, _PERSONAL_AT)


def _kept(query: str, unwanted: frozenset[str]) -> str:
    return "&".join(piece for piece in query.split("&") if not _is_unwanted(piece, unwanted)) if query else query


def _kept_fragment(fragment: str, unwanted: frozenset[str]) -> str:
    """A fragment of marks only (`#xtor=…`, `#utm_source=…`); any other is a place on the page or a page of its own."""
    pieces = fragment.split("&")
    marked = "=" in fragment and all(_is_unwanted(piece, unwanted) for piece in pieces)
    return "" if marked else fragment


def _is_unwanted(piece: str, at: frozenset[str]) -> bool:
    name, _, value = piece.partition("=")
    name = name.lower()
    return (
        name in _TRACKING or name.startswith(_TRACKING_STARTS) or name in at or _is_personal(name, value, frozenset())
    )


def _is_personal(name: str, value: str, at: frozenset[str]) -> bool:
    if name in _PERSONAL or name in at:
        return True
    if name in _MAIL_NAMES:
        return "@" in value or "%40" in value
    if name in _SESSIONS:
        return len(value) >= 20
    return value.startswith("eyJ") and value.count(".") == 2 and any(word in name for word in _TOKEN_WORDS)


def _at(host: str, names: dict[str, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(names[domain] for domain in domains(host) if domain in names))


def domains(host: str) -> Iterator[str]:
    """The host and the domains that it lies in (`a.example.org`, `example.org`), and the brand of a national site."""
    labels = host.split(".")[-6:]
    for start in range(len(labels) - 1):
        yield ".".join(labels[start:])
        ending = labels[start + 1 :]
        if labels[start] in _BRANDS and (len(ending) == 1 or (len(ending) == 2 and ending[0] in _NATIONAL)):
            yield labels[start]


def parameter(query: str, names: tuple[str, ...]) -> str | None:
    """The decoded value of the first of these parameters that has one; None also where it isn't UTF-8."""
    pieces = [piece.partition("=") for piece in query.split("&")]
    for name in names:
        for said, _, value in pieces:
            if said == name and value:
                return decoded(value)
    return None


def decoded(text: str) -> str | None:
    """Percent-encoding resolved once; None where it isn't UTF-8."""
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return None
