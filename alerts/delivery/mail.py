"""Mail to the operators, for when no endpoint is left to tell them. Nothing in it is secret."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

from alerts.errors import AlertError, EndpointInvalid

SECONDS = 5.0  # for each step: the deliverer waits meanwhile
PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where mail goes and through which server. The address of the server may hold a password and never prints.

    >>> Mailbox("smtp://user:word@mail.example.org", ("ops@example.org",))
    Mailbox(to=('ops@example.org',), sender='tideline@localhost')
    """

    url: str = field(repr=False)
    to: tuple[str, ...]
    sender: str = "tideline@localhost"


def check_mailbox(mailbox: Mailbox) -> SplitResult:
    try:
        parts = urlsplit(mailbox.url)
        usable = parts.scheme in PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not all("@" in address for address in mailbox.to):
        raise EndpointInvalid(
            "mail cannot be sent so: TIDELINE_SMTP_URL must be smtp(s)://user:password@host:port and "
            "TIDELINE_MAIL_TO an address (several with commas between them)"
        )
    return parts


def send_mail(mailbox: Mailbox, subject: str, text: str) -> None:
    """Send one plain mail; `AlertError` if the server did not take it."""
    parts = check_mailbox(mailbox)
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, mailbox.sender, ", ".join(mailbox.to)
    mail.set_content(text)
    try:
        with _connected(parts) as server:
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise AlertError(
            f"the mail server {parts.hostname} did not take a mail ({type(error).__name__}): check TIDELINE_SMTP_URL"
        ) from error


def _connected(parts: SplitResult) -> smtplib.SMTP:
    """Encrypted where the server can; a password goes over nothing else."""
    host, port, context = str(parts.hostname), parts.port or PORTS[parts.scheme], ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        _prepare(server, parts, context)
    except BaseException:
        server.close()
        raise
    return server


def _prepare(server: smtplib.SMTP, parts: SplitResult, context: ssl.SSLContext) -> None:
    secure = parts.scheme == "smtps"
    server.ehlo()
    if not secure and server.has_extn("starttls"):
        server.starttls(context=context)
        secure = True
    if parts.username:
        if not secure:
            raise smtplib.SMTPException("no encryption")
        server.login(unquote(parts.username), unquote(parts.password or ""))
