"""Mail over SMTP. Unencrypted only to a server on this very computer."""

from __future__ import annotations

import re
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import formatdate

from data.messages.senders import Message, NoSuchAddress, NotSent, Rejected
from data.messages.settings import MailSettings

# Shorter than a claim lasts (worker.LEASE), so that a slow server is not asked by two at once.
PATIENCE = 20.0
SENDER_NAME = "Check-in"
# RFC 3463: 5.1.x is about the address, 5.2.1 a mailbox that is disabled; the rest may pass.
ENHANCED = re.compile(rb"5\.(\d+\.\d+)")
GONE = frozenset({b"1.0", b"1.1", b"1.2", b"1.3", b"1.6", b"1.10", b"2.1"})


class MailSender:
    """One connection a message: reminders are few, and a stale connection loses one."""

    def __init__(self, settings: MailSettings) -> None:
        self.settings = settings

    def send(self, message: Message) -> None:
        mail = compose_mail(message, self.settings.sender)
        try:
            with smtplib.SMTP(self.settings.host, self.settings.port, timeout=PATIENCE) as server:
                self._prepare(server)
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(error) from error
        except smtplib.SMTPResponseException as error:
            raise _answer(error.smtp_code) from error
        except ssl.SSLError as error:
            raise NotSent("the mail server's certificate is not trusted") from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent("the mail server could not be reached") from error

    def _prepare(self, server: smtplib.SMTP) -> None:
        """Encrypt before anything is said; a server that cannot is told nothing."""
        if self.settings.wants_tls:
            server.ehlo_or_helo_if_needed()
            if not server.has_extn("starttls"):
                raise NotSent("the mail server offers no encryption (STARTTLS); nothing was sent")
            server.starttls(context=ssl.create_default_context(cafile=self.settings.ca_file))
        if self.settings.user:
            server.login(self.settings.user, self.settings.password or "")


def compose_mail(message: Message, sender: str) -> EmailMessage:
    """Return the mail. A line break in a header is an error of the library, never sent."""
    mail = EmailMessage(policy=WIRE)
    mail["From"] = Address(SENDER_NAME, addr_spec=sender)
    mail["To"] = Address(addr_spec=message.to)
    mail["Subject"] = message.subject
    mail["Date"] = formatdate()
    # The same for every try, so that a mailbox may keep one of two.
    mail["Message-ID"] = f"<{message.message_id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    for name, value in message.headers.items():
        mail[name] = value
    mail.set_content(message.body)
    return mail


def _refusal(error: smtplib.SMTPRecipientsRefused) -> NotSent:
    """Return why the one recipient was refused."""
    code, words = max(error.recipients.values(), default=(0, b""))
    said = ENHANCED.match(words if isinstance(words, bytes) else words.encode())
    is_gone = said.group(1) in GONE if said else code in (550, 551, 553)
    if 500 <= code < 600 and is_gone:
        return NoSuchAddress(f"the mail server knows no such address ({code})")
    return _answer(code)


def _answer(code: int) -> NotSent:
    """Return what a server's number means. Its words may name the address, and are dropped."""
    if code in (534, 535, 538):
        return NotSent(f"the mail server did not accept our name and password ({code})")
    if 500 <= code < 600:
        return Rejected(f"the mail server refused it for good ({code})")
    return NotSent(f"the mail server did not take it ({code})")
