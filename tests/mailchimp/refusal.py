"""What the account refuses, as Mailchimp words it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Complaint:
    """One entry of `errors` in a 400 “Invalid Resource”."""

    field: str
    message: str


class Refused(Exception):
    """A reply of 4xx or 5xx with a problem document."""

    def __init__(self, status: int, title: str, detail: str, complaints: tuple[Complaint, ...] = ()) -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.status, self.title, self.detail, self.complaints = status, title, detail, complaints


def not_found() -> Refused:
    return Refused(404, "Resource Not Found", "The requested resource could not be found.")


def not_allowed(allowed: list[str]) -> Refused:
    detail = f"The requested method and resource are not compatible. See the Allow header: {', '.join(allowed)}."
    return Refused(405, "Method Not Allowed", detail)


def bad_request(detail: str) -> Refused:
    return Refused(400, "Bad Request", detail)


def invalid(*complaints: Complaint) -> Refused:
    detail = "The resource submitted could not be validated. For field-specific details, see the 'errors' array."
    return Refused(400, "Invalid Resource", detail, complaints)


def forbidden(detail: str) -> Refused:
    return Refused(403, "Forbidden", detail)


def not_ready(reason: str) -> Refused:
    return bad_request(f"Your Campaign is not ready to send. {reason}".strip())
