"""A real Thunderbird without a window, spoken to over Marionette: `length:[0, id, command, parameters]` each way."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.acceptance.calendars.seen import Seen
from tests.acceptance.calendars.seen import read as read_seen

_STARTS_WITHIN = 60
_PREFERENCES = {
    "marionette.enabled": True, "app.update.enabled": False, "mail.provider.suppress_dialog_on_startup": True,
    "mail.spotlight.firstRunDone": True, "mail.winsearch.firstRunDone": True, "mailnews.start_page.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False, "toolkit.telemetry.enabled": False,
    "browser.shell.checkDefaultBrowser": False, "calendar.timezone.local": "UTC", "calendar.timezone.useSystemTimezone": False,
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "extensions.update.enabled": False, "services.settings.server": "http://127.0.0.1:9/",
}  # fmt: skip

_BEGIN = """
const {cal} = ChromeUtils.importESModule("resource:///modules/calendar/calUtils.sys.mjs");
const [key, url] = arguments, done = arguments[arguments.length - 1];
"""
# As the dialog for a calendar on the network does it, with its offline copy.
_SUBSCRIBE = """
const one = cal.manager.createCalendar("ics", Services.io.newURI(url));
one.name = key; one.id = key; one.setProperty("cache.enabled", true); one.setProperty("readOnly", true);
cal.manager.registerCalendar(one);
done(true);
"""
# What its bar above a mail with an invitation does when its reader accepts; no answer is sent.
_ANSWER = """
const {MailServices} = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
(async () => {
  let one = cal.manager.getCalendarById("invited");
  if (!one) {
    const account = MailServices.accounts.createAccount(), identity = MailServices.accounts.createIdentity();
    account.incomingServer = MailServices.accounts.createIncomingServer("nobody", "Local Folders", "none");
    identity.email = key;
    account.addIdentity(identity);
    one = cal.manager.createCalendar("storage", Services.io.newURI("moz-storage-calendar://"));
    one.name = one.id = "invited";
    one.setProperty("imip.identity.key", identity.key);
    cal.manager.registerCalendar(one);
  }
  const item = Cc["@mozilla.org/calendar/itip-item;1"].createInstance(Ci.calIItipItem);
  item.init(url);
  item.autoResponse = Ci.calIItipItem.NONE;
  item.targetCalendar = one;
  item.identity = key;
  const action = await new Promise(told => cal.itip.processItipItem(item, (_, code, action) => told(action)));
  if (action) {
    await new Promise(told => action(
      {QueryInterface: ChromeUtils.generateQI(["calIOperationListener"]), onOperationComplete: told, onGetResult() {}},
      "ACCEPTED", {responseMode: Ci.calIItipItem.NONE}));
  }
  done(action ? action.method : "");
})().catch(error => done("error: " + error));
"""
_REFRESH = "cal.manager.getCalendarById(key).refresh(); done(true);"
_FORGET = "cal.manager.unregisterCalendar(cal.manager.getCalendarById(key)); done(true);"
_SEEN = """
(async () => {
  const one = cal.manager.getCalendarById(key);
  const text = moment => {
    if (moment.isDate) return moment.icalString.replace(/(....)(..)(..)/, "$1-$2-$3");
    if (moment.timezone.isFloating) return "floating";
    return moment.getInTimezone(cal.dtz.UTC).icalString.replace(/(....)(..)(..)T(..)(..)(..)Z/, "$1-$2-$3T$4:$5:$6Z");
  };
  const items = await one.getItemsAsArray(Ci.calICalendar.ITEM_FILTER_ALL_ITEMS, 0, null, null);
  done(items.map(item => JSON.stringify({
    uid: item.id, start: text(item.startDate), end: text(item.endDate), title: item.title || "",
    description: item.getProperty("DESCRIPTION") || "", location: item.getProperty("LOCATION") || "",
    url: item.getProperty("URL") || "", status: item.status || "",
  })).join("\\n"));
})().catch(error => done("error: " + error));
"""


class Thunderbird:
    """A running Thunderbird with a profile of its own; `close` ends it."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        profile = folder / "profile"
        shutil.rmtree(profile, ignore_errors=True)
        profile.mkdir(parents=True)
        port = _free_port()
        preferences = _PREFERENCES | {"marionette.port": port}
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items())
        (profile / "user.js").write_text("".join(lines), encoding="utf-8")
        self._log = (folder / "thunderbird.log").open("wb")
        self._process = subprocess.Popen(
            ["thunderbird", "--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile", str(profile)],
            env={**environment, "HOME": str(folder), "MOZ_HEADLESS": "1"}, stdout=self._log, stderr=self._log,
        )  # fmt: skip
        self._marionette = _Marionette(port)

    def subscribe(self, key: str, url: str) -> None:
        """Subscribe to a calendar on the network; it is fetched at once."""
        self._marionette.run(_SUBSCRIBE, key, url)

    def refresh(self, key: str) -> None:
        self._marionette.run(_REFRESH, key)

    def forget(self, key: str) -> None:
        self._marionette.run(_FORGET, key)

    def answer(self, invitation: bytes, reader: str) -> str:
        """Let the reader of this address accept what a mail brings, into the calendar `invited`.

        What it took it for: REQUEST, REQUEST:UPDATE, CANCEL; empty where there is nothing new in it.
        """
        return str(self._marionette.run(_ANSWER, reader, invitation.decode()))

    def seen(self, key: str) -> list[Seen]:
        """What it has now, which may be from before the last refresh has come to an end."""
        return sorted(read_seen(str(self._marionette.run(_SEEN, key))))

    def close(self) -> None:
        self._marionette.close()
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()


class _Marionette:
    def __init__(self, port: int) -> None:
        self._socket = _connected(port)
        self._file = self._socket.makefile("rb")
        self._count = 0
        self._message()
        self.call("WebDriver:NewSession", {"strictFileInteractability": False})
        self.call("WebDriver:SetTimeouts", {"script": 60_000})
        self.call("Marionette:SetContext", {"value": "chrome"})

    def run(self, script: str, *words: str) -> Any:
        """What the script gives to `done`."""
        parameters = {"script": _BEGIN + script, "args": list(words), "newSandbox": True}
        return self.call("WebDriver:ExecuteAsyncScript", parameters)["value"]

    def call(self, command: str, parameters: Mapping[str, Any]) -> Any:
        self._count += 1
        text = json.dumps([0, self._count, command, parameters]).encode()
        self._socket.sendall(f"{len(text)}:".encode() + text)
        _, _, error, result = self._message()
        if error:
            raise RuntimeError(f"Thunderbird refuses {command}: {error.get('message')}")
        return result

    def close(self) -> None:
        try:
            self.call("Marionette:Quit", {"flags": ["eForceQuit"]})
        except (OSError, ValueError, RuntimeError):
            """It is gone already, or is ended by its process."""
        self._socket.close()

    def _message(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            byte = self._file.read(1)
            if not byte:
                raise ConnectionError("Thunderbird has hung up.")
            length += byte
        return json.loads(self._file.read(int(length[:-1])))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _connected(port: int) -> socket.socket:
    """A connection, as soon as it listens."""
    last = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=_STARTS_WITHIN)
        except OSError:
            if time.monotonic() > last:
                raise
            time.sleep(0.2)  # noqa: TID251 - nothing tells when another program listens
