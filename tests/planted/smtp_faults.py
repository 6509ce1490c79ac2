"""Faults of the talk with a mail server: each would mail a list twice, lose a mail, or show somebody what is not theirs."""

from __future__ import annotations

from tests.planted.plant import Fault

_PROVIDER, _SPOOL, _WIRE = (f"notifier/edges/smtp/{name}.py" for name in ("__init__", "spool", "wire"))
_FAULTS, _TLS, _KILLS, _SITE, _EACH = (
    f"tests/edges/test_smtp{name}.py" for name in ("", "_tls", "_kills", "_site", "_each")
)


def _fault(name: str, file: str, old: str, new: str, tests: str) -> Fault:
    return Fault(name=f"smtp: {name}", file=file, old=old, new=new, tests=(tests,))


SMTP = (
    _fault(
        "an attempt is not written down before the message leaves", _PROVIDER,
        "begun = self._spool.note(hashed, entry.begun(_time(at)))", "begun = entry.begun(_time(at))", _KILLS,
    ),
    _fault(
        "what was given away without an answer is tried again", _SPOOL,
        'frozenset({"refused", "unsent", "settled"})', 'frozenset({"refused", "unsent", "settled", "ambiguous"})', _FAULTS,
    ),
    _fault(
        "what was begun and has no outcome is a draft", _SPOOL,
        'frozenset({"refused", "unsent", "settled"})', 'frozenset({"refused", "unsent", "settled", "begun"})', _KILLS,
    ),
    _fault("a lost answer is a no", _WIRE, "            raise InDoubt(lost(", "            raise NotTaken(*lost(", _FAULTS),
    _fault(
        "half an answer is one", _WIRE,
        "            if not piece or self.taken", "            if not piece:\n                return self.pending\n            if self.taken", _FAULTS,
    ),
    _fault(
        "an answer that is none is a no", _WIRE,
        "if reply.code // 100 not in (2, 4, 5):", "if reply.code // 100 not in (0, 1, 2, 3, 4, 5, 9):", _FAULTS,
    ),
    _fault("a goodbye takes back what was taken", _WIRE, "with suppress(smtplib.SMTPException, OSError):", "with suppress():", _FAULTS),
    _fault(
        "a server may drip for long", _WIRE, "WHOLE = 4\n", "WHOLE = 40\n",
        f"{_FAULTS}::test_a_server_that_drips_holds_a_tick_no_longer_than_four_timeouts",
    ),
    _fault("a refusal for now is one for good", _WIRE, "for_good=reply.code // 100 == 5 and", "for_good=reply.code // 100 >= 4 and", _FAULTS),
    _fault("a lost spool proves that nothing went out", _PROVIDER, 'Observation(state="absent")', 'Observation(state="absent", proven=True)', _FAULTS),
    _fault("a draft proves nothing", _PROVIDER, "draft_id=hashed, proven=True)", "draft_id=hashed)", _KILLS),
    _fault("a new draft takes the place of a doubt", _PROVIDER, 'if before is None or (before.state == "drafted" and not self._went_to_some(before)):', "if True:", _FAULTS),
    _fault("two send at once", _SPOOL, "fcntl.flock(handle, fcntl.LOCK_EX)", "pass", _FAULTS),
    _fault("dots are not doubled", _WIRE, 're.sub(rb"(?m)^\\.", b"..", message)', "message", _FAULTS),
    _fault("a certificate is not looked at", _WIRE, "ssl.create_default_context()", "ssl._create_unverified_context()", _TLS),
    _fault("a name is not looked at", _WIRE, "server_hostname=self.server.host)", 'server_hostname="localhost")', _TLS),
    _fault("encryption is done without where there is none", _WIRE, '        if not self.has_extn("starttls"):\n', '        if not self.has_extn("starttls"):\n            return\n        if not self.has_extn("starttls"):\n', _TLS),
    _fault("what was said before the encryption is heard after it", _WIRE, "isinstance(self.file, _Lines) and self.file.pending:", "isinstance(self.file, _Lines) and not self.file:", _TLS),
    _fault("a password is told unencrypted", _WIRE, "        if not self.encryption:\n", "        if self.encryption == '-':\n", _TLS),
    _fault("a password is repeated", _WIRE, 'text = text.replace(secret, "…")', 'text = text.replace("", "")', _TLS),
    _fault("a person's word is not remembered", "notifier/desk/acts.py", "        provider.not_taken(case.key, said.at)\n", "        pass\n", _SITE),
    _fault("an older ledger begins again", "notifier/edges/smtp/rounds.py", "return given < entry.number", "return False", _EACH),
    _fault(
        "an older ledger that knows of nobody begins again", "notifier/edges/smtp/journal.py",
        "return bool(found) and all(", "return all(", _EACH,
    ),
    _fault("a file of members is no reason to hold", "notifier/core/rule.py", "self.closed.get(audience) or self.gates", "self.gates", _SITE),
)  # fmt: skip
