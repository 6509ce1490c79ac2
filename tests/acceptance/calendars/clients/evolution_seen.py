"""Evolution's data server, asked: one line of JSON in, one out. Run by the system's Python, inside a D-Bus of its own.

{"subscribe": NAME, "url": URL} -> {"ok": true}; {"refresh": NAME} and {"forget": NAME} -> {"ok": true};
{"seen": NAME} -> {"seen": [...]}
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any
from urllib.parse import urlsplit

import gi

gi.require_version("ECal", "2.0")
gi.require_version("EDataServer", "1.2")
gi.require_version("ICalGLib", "3.0")
from gi.repository import ECal, EDataServer, GLib, ICalGLib  # noqa: E402 - versions are named first

_STATUS = {
    ICalGLib.PropertyStatus.CONFIRMED: "CONFIRMED",
    ICalGLib.PropertyStatus.TENTATIVE: "TENTATIVE",
    ICalGLib.PropertyStatus.CANCELLED: "CANCELLED",
}


class Evolution:
    def __init__(self) -> None:
        self._registry = EDataServer.SourceRegistry.new_sync(None)
        self._open: dict[str, Any] = {}

    def subscribe(self, name: str, url: str) -> None:
        """A webcal calendar, as the dialog for a new one makes it."""
        parts = urlsplit(url)
        source = EDataServer.Source.new_with_uid(f"judge-{name}", None)
        source.set_display_name(name)
        source.set_parent("webcal-stub")
        source.get_extension(EDataServer.SOURCE_EXTENSION_CALENDAR).set_backend_name("webcal")
        access = source.get_extension(EDataServer.SOURCE_EXTENSION_AUTHENTICATION)
        access.set_host(parts.hostname)
        access.set_port(parts.port)
        source.get_extension(EDataServer.SOURCE_EXTENSION_SECURITY).set_secure(False)
        source.get_extension(EDataServer.SOURCE_EXTENSION_WEBDAV_BACKEND).set_resource_path(parts.path)
        self._registry.commit_source_sync(source, None)
        self._open[name] = self._connected(source)
        self.refresh(name)

    def _connected(self, source: Any) -> Any:
        """The factory is a program of its own, and hears of a new source a little later."""
        for _ in range(100):
            try:
                return ECal.Client.connect_sync(source, ECal.ClientSourceType.EVENTS, 2**32 - 1, None)
            except GLib.Error as error:
                if "No such source" not in error.message:
                    raise
                time.sleep(0.05)
        raise RuntimeError(f"{source.get_uid()} is not known to the factory after five seconds")

    def refresh(self, name: str) -> None:
        self._open[name].refresh_sync(None)

    def forget(self, name: str) -> None:
        del self._open[name]
        self._registry.ref_source(f"judge-{name}").remove_sync(None)

    def seen(self, name: str) -> list[dict[str, str]]:
        client = self._open[name]
        ok, found = client.get_object_list_sync("#t", None)
        if not ok:
            raise RuntimeError(f"{name} can't be listed")
        return [self._event(client, event) for event in found]

    def _event(self, client: Any, event: Any) -> dict[str, str]:
        return {
            "uid": event.get_uid(),
            "start": self._moment(client, event, event.get_dtstart(), ICalGLib.PropertyKind.DTSTART_PROPERTY),
            "end": self._moment(client, event, event.get_dtend(), ICalGLib.PropertyKind.DTEND_PROPERTY),
            "title": event.get_summary() or "",
            "description": event.get_description() or "",
            "location": event.get_location() or "",
            "url": self._url(event),
            "status": _STATUS.get(event.get_status(), ""),
        }

    def _url(self, event: Any) -> str:
        found = event.get_first_property(ICalGLib.PropertyKind.URL_PROPERTY)
        return found.get_url() if found else ""

    def _moment(self, client: Any, event: Any, at: Any, kind: Any) -> str:
        if at.is_date():
            return f"{at.get_year():04}-{at.get_month():02}-{at.get_day():02}"
        if not at.is_utc():
            zone = event.get_first_property(kind).get_first_parameter(ICalGLib.ParameterKind.TZID_PARAMETER)
            if zone is None:
                return "floating"
            _, known = client.get_timezone_sync(zone.get_tzid(), None)
            at.set_timezone(known)
            at = at.convert_to_zone(ICalGLib.Timezone.get_utc_timezone())
        return (
            f"{at.get_year():04}-{at.get_month():02}-{at.get_day():02}"
            f"T{at.get_hour():02}:{at.get_minute():02}:{at.get_second():02}Z"
        )


def main() -> None:
    evolution = Evolution()
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            if "subscribe" in asked:
                evolution.subscribe(asked["subscribe"], asked["url"])
                answer: dict[str, Any] = {"ok": True}
            elif "refresh" in asked:
                evolution.refresh(asked["refresh"])
                answer = {"ok": True}
            elif "forget" in asked:
                evolution.forget(asked["forget"])
                answer = {"ok": True}
            else:
                answer = {"seen": evolution.seen(asked["seen"])}
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this judge's answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
