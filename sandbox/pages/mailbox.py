"""The mailbox: what the sandbox has sent by e-mail, newest first."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

#: Mails shown at most.
SHOWN = 50
#: What Django's file backend writes after each mail.
_END = b"-" * 79 + b"\n"


@staff_member_required(login_url="login")
def mailbox(request: HttpRequest) -> HttpResponse:
    """Return the page."""
    return render(request, "sandbox/mailbox.html", {"mails": [_shown(mail) for mail in _mails()[:SHOWN]]})


def _mails() -> list[EmailMessage]:
    folder = Path(settings.EMAIL_FILE_PATH)
    # The names of the files tell seconds only.
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    texts = [text for file in files for text in reversed(file.read_bytes().split(_END)) if text.strip()]
    return [email.message_from_bytes(text.lstrip(), policy=email.policy.default) for text in texts]


def _shown(mail: EmailMessage) -> dict[str, Any]:
    parts = {kind: mail.get_body((kind,)) for kind in ("plain", "html")}
    contents = {kind: part.get_content() if part else "" for kind, part in parts.items()}
    return {"to": mail["To"], "from": mail["From"], "date": mail["Date"], "subject": mail["Subject"], **contents}
