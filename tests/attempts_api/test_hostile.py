"""Hostile requests, through the whole stack: refused in one shape, or answered rightly; never an error of ours.

Those are ``alike`` whose hostile part is refused, or left aside, before any of it could come to the database.
"""

from __future__ import annotations

import base64
import bz2
import json
import re
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4
from wsgiref.util import setup_testing_defaults

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.test.client import ClientHandler

from attempts import api
from attempts.models import AttemptContext, AttemptOperation, ResetPolicy
from attempts.operations import execute
from attempts_api.v1.error_codes import ERROR_CODES
from sandbox.student.models import CourseAccessRole
from tests.attempts_api.conftest import ROOT
from tests.factories import COURSE, LOOKALIKE, PolicyFactory, StateFactory, UserFactory, enrolled

pytestmark = pytest.mark.django_db

ATTEMPT_KEY = "attempt-v1:Org+Course+Run+attempt@1"
SQL = "'; DROP TABLE attempts_attemptoperation; --"
#: Texts that have no business anywhere; each stands for what it is.
TEXTS = {
    "quote": "'",
    "sql": SQL,
    "always true": "x' OR '1'='1",
    "wildcard": "%",
    "nul inside": "a\x00b",
    "line": "a\nb",
    "header": "a\r\nX-Evil: 1",
    "blank": " ",
    "10 kB": "x" * 10_240,
    "10 kB of letters that are four bytes": "\U0001f600" * 2_560,
    "emoji": "\U0001f469\U0001f3fd\u200d\U0001f680",
    "right to left": "\u202etxet\u202c",
    "combining": "e\u0301" * 40,
    "html": "<script>alert(1)</script>",
    "path": "../../etc/passwd",
    "percent": "%2e%2e%2f%00%zz",
    "attempt key": ATTEMPT_KEY,
    "attempt block key": "attempt-block-v1:Org+Course+Run+attempt@1+type@problem+block@b0",
    "library key": "library-v1:Org+Library",
    "another course's block": f"{LOOKALIKE.make_usage_key('problem', 'b0')}",
    "ccx key": "ccx-v1:Org+Course+Run+ccx@1",
    "ccx key of another script": "ccx-v1:Org+Course+Run+ccx@\u0661",
    "deprecated key": "Org/Course/Run",
    "key and more": f"{COURSE}+branch@draft",
    "number": "99999999999999999999999999",
    "not a number": "NaN",
    "infinite": "1e999",
    "uuid in another form": f"urn:uuid:{uuid4()}",
    "year one": "0001-01-01T00:00:00+14:00",
    "year ten thousand": "9999-12-31T23:59:59-14:00",
}
#: One for all: to set up the middleware takes as long as most answers.
HANDLER = ClientHandler()
FORM = "application/x-www-form-urlencoded"
AUTHENTICATION = "django.contrib.auth.backends.AllowAllUsersModelBackend"
SLIPPED_IN = re.compile("html|javascript")
PATHS = (
    "learners/{}/",
    "attempts/{}/",
    "attempts/{}/states/",
    "attempts/{}/grades/",
    "attempts/{}/completion/",
    "attempts/{}/appeal-pack/",
    "operations/{}/",
    "exports/{}/",
    "exports/{}/file/?signature=x",
    "me/operations/{}/",
    "policies/orgs/{}/",
    "policies/orgs/{}/history/",
    "policies/courses/{}/",
    "policies/courses/{}/history/",
    "schema/browse/{}",
    "{}/",
    "{}",
)
#: Everything that can be written.
WRITTEN = (
    f"SELECT id, uuid, status FROM {AttemptOperation._meta.db_table} ORDER BY id",
    f"SELECT id, uuid FROM {AttemptContext._meta.db_table} ORDER BY id",
    f"SELECT * FROM {ResetPolicy._meta.db_table} ORDER BY id",
    f"SELECT COUNT(*) FROM {ResetPolicy.history.model._meta.db_table}",
)
PAGE = ("cursor", "page_size")
QUERIES = {
    "attempts/": ("learner", "course_id", "org", "state", "number", "opened_after", "passed", "minimum_grade", *PAGE),
    "operations/": ("kind", "status", "requested_by", "attempt", "created_after", "completed_before", "ordering", "no"),
    "attempts/{uuid}/states/": ("block_id", "block_type", "learner", "course_id", "cursor"),
    "attempts/{uuid}/appeal-pack/": ("learner", "course_id", "format"),
    "exports/": PAGE,
    "exports/{uuid}/file/": ("signature", "format"),
    "policies/instance/history/": PAGE,
    "me/attempts/": ("access_token", "format"),
}
BODIES: dict[str, dict[str, Any]] = {
    "POST operations/": {"kind": "reset", "learner": "known", "course_id": str(COURSE), "comment": "", "override": []},
    "POST operations/preview/": {"kind": "undo", "learner": "known", "course_id": str(COURSE)},
    "POST me/operations/": {"kind": "reset", "course_id": str(COURSE), "comment": ""},
    "POST exports/": {
        "learner": "known",
        "course_id": str(COURSE),
        "format": "csv",
        "identities": False,
        "datasets": ["states"],
    },
    "PATCH policies/instance/": {
        "active": True,
        "max_resets": 1,
        "pacing": "any",
        "certificates": "keep",
        "locked": [],
    },
}


@pytest.fixture(autouse=True)
def no_hostile_sql() -> Iterator[None]:
    """Whatever is sent stays a parameter of the statements."""

    def look(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        assert "DROP TABLE" not in sql
        assert "1'='1" not in sql
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A learner with an archived attempt, in a site that has accounts of several roles; made once for all tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_site()
        transaction.set_rollback(True)


def make_site() -> Any:
    """Make the site; return its learner."""
    PolicyFactory()
    api.change_policy({"learner_may_reset": True, "course_team_may_reset": True}, changed_by=None)
    known = enrolled(username="known")
    StateFactory(student=known)
    execute(api.request_reset(known, COURSE, requested_by=None).uuid)
    UserFactory(username="support", is_staff=True)
    for role in ("instructor", "staff", "data_researcher"):
        holder = UserFactory(username=role)
        CourseAccessRole.objects.create(user=holder, role=role, org=COURSE.org, course_id=COURSE)
    for user in get_user_model().objects.all():
        user.set_password("password")
        user.save()
    return known


@pytest.fixture(autouse=True)
def no_limits(settings: Any) -> None:
    """Else the answer to the many would be 429."""
    settings.ATTEMPTS_API_THROTTLE_RATES = dict.fromkeys(("switch", "preview", "policy", "export", "own"))


def send(
    method: str, path: str, query: str = "", body: bytes | None = None, who: str | None = "support", **environ: Any
) -> Any:
    """Send a request as a server hands it on: path and headers are bytes, each of which is a character.

    Args:
        method: its method.
        path: its path below the root, already decoded.
        query: its query as it is.
        body: its body.
        who: who sends it; None for nobody.
        environ: more of the environment; None for what is not to be there.
    """
    words: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": f"{ROOT}/{path}",
        "QUERY_STRING": query,
        "wsgi.input": BytesIO(body or b""),
        "CONTENT_LENGTH": str(len(body or b"")),
        "CONTENT_TYPE": "application/json" if body is not None else "",
        "HTTP_AUTHORIZATION": f"Basic {base64.b64encode(f'{who}:password'.encode()).decode()}" if who else None,
        **environ,
    }
    setup_testing_defaults(words)
    return HANDLER({name: value for name, value in words.items() if value is not None})


def raw(text: str) -> str:
    """Return a text as it is in a server's environment."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def as_json(words: Any) -> bytes:
    """Return JSON, half surrogates and all."""
    return json.dumps(words).encode()


def rows() -> list[Any]:
    """Everything that can be written; in SQL, because it is looked at after each request."""
    found = []
    with connection.cursor() as cursor:
        for statement in WRITTEN:
            cursor.execute(statement)
            found.append(cursor.fetchall())
    return found


def try_out(*request: Any, codes: tuple[str, ...] = (), before: list[Any] | None = None, **words: Any) -> Any:
    """Send a request, see that the answer is right, and undo what it did.

    Args:
        request: as in :func:`send`.
        codes: the errors that the answer may be; any, or a success, if none is given.
        before: what there is to be written to, if it was looked at before.
        words: as in :func:`send`.
    """
    with transaction.atomic():
        before = rows() if before is None else before
        answer = send(*request, **words)
        content = answer.getvalue()
        if answer.status_code >= 300 and content:
            assert answer["Content-Type"] == "application/json", (request, content[:500])
            error = json.loads(content)
            assert set(error) in ({"code", "detail"}, {"code", "detail", "reasons"}), error
            assert ERROR_CODES[error["code"]].status == answer.status_code, error
            assert error["detail"]
            assert not codes or error["code"] in codes, (request, error)
            assert rows() == before
        else:
            assert not codes, (request, content)
        assert "X-Evil" not in answer.headers
        assert not SLIPPED_IN.search(answer.get("Content-Type", ""))
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_in_paths(site: Any, text: str) -> None:
    """For support and for a course team, and for whoever writes."""
    before = rows()
    for template in PATHS:
        path = raw(template.format(text))
        try_out("GET", path, before=before)
        try_out("GET", path, who="staff", before=before)
        if template.startswith("policies"):
            try_out("PUT", path, body=b"{}", before=before)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_in_queries(site: Any, text: str) -> None:
    """Each word of the lists."""
    before = rows()
    uuid = api.attempts(site, COURSE)[0].uuid
    for path, words in QUERIES.items():
        for word in words:
            try_out("GET", path.format(uuid=uuid), urlencode({word: text}), before=before)


@pytest.mark.parametrize("text", [*TEXTS.values(), "\ud800", "\udc00\ud800"], ids=[*TEXTS, "surrogate", "surrogates"])
def test_in_bodies(site: Any, text: str) -> None:
    """Each word of each body: as a text, inside a list, as a name; in JSON and in forms."""
    before = rows()
    for operation, words in BODIES.items():
        method, path = operation.split()
        for word in words:
            for value in (text, [text]):
                try_out(method, path, body=as_json({**words, word: value}), before=before)
        form = urlencode(dict.fromkeys(words, text.encode("utf-8", "surrogatepass"))).encode()
        try_out(method, path, body=form, CONTENT_TYPE=FORM, before=before)
        try_out(method, path, body=as_json({**words, text: text}), codes=("invalid_request",), before=before)


@pytest.mark.parametrize("who", ["support", None])
def test_bytes_that_are_no_text(site: Any, who: str | None) -> None:
    """In paths and queries, percent-encoded or not; with OAuth2 in front, which reads the query too."""
    for text in ("\xff", "\xff\xfe\x00", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "%ff", "%", "%zz", "%u0041"):
        for template in PATHS:
            try_out("GET", template.format(text), who=who)
        for query in (text, f"learner={text}", f"{text}=x", f"access_token={text}", f"format={text}", f"cursor={text}"):
            for path in ("attempts/", "operations/", "me/attempts/"):
                try_out("GET", path, query, who=who)


@pytest.mark.alike
@pytest.mark.parametrize(
    "query",
    ["&&&", "=", "=x", "?", "learner", "learner[]=x", "learner=a&learner=b", "a;b", "#", "x" * 20_000, "&a=1" * 5_000],
)
def test_queries_that_are_none(site: Any, query: str) -> None:
    """Too long, too many, or not of the form."""
    for who in ("support", None):
        try_out("GET", "attempts/", query, who=who)
        try_out("POST", "operations/", query, body=as_json(BODIES["POST operations/"]), who=who)


@pytest.mark.alike
@pytest.mark.parametrize("name", ["zlib", "bz2", "rot13", "utf-16", "punycode", "latin-1", "no"])
def test_encodings_that_python_knows(site: Any, name: str) -> None:
    """Some unpack a small body into a huge one. JSON has no other encoding than UTF-8, whatever is said."""
    kind = f"application/json; charset={name}"
    words = as_json(BODIES["POST operations/"])
    assert try_out("POST", "operations/", body=words, CONTENT_TYPE=kind).status_code == 202
    # With a query, Django itself fails before there is a request.
    assert try_out("GET", "attempts/", CONTENT_TYPE=kind).status_code == 200
    for compress in (zlib.compress, bz2.compress):
        body = compress(b" " * 1_000_000 + words)
        try_out("POST", "operations/", body=body, CONTENT_TYPE=kind, codes=("invalid_request",))
    form = urlencode(BODIES["POST operations/"], doseq=True).encode()
    assert try_out("POST", "operations/", body=form, CONTENT_TYPE=f"{FORM}; charset={name}").status_code == 202


WRONG_BODIES = {
    "nothing": b"",
    "blank": b" ",
    "half": b"{",
    "null": b"null",
    "text": b'"reset"',
    "number": b"1",
    "true": b"true",
    "list": b"[]",
    "list of objects": b"[{}]",
    "nan": b'{"kind": NaN}',
    "infinity": b'{"kind": -Infinity}',
    "single quotes": b"{'kind': 'reset'}",
    "comment": b'{"kind": "reset"} // yes',
    "two": b"{}{}",
    "mark of byte order": b"\xef\xbb\xbf{}",
    "utf-16": '{"kind": "reset"}'.encode("utf-16"),
    "no utf-8": b'{"kind": "\xff"}',
    "overlong": b'{"kind": "\xc0\xaf"}',
    "raw control": b'{"kind": "\x00"}',
    "digits": b'{"kind": ' + b"9" * 5_000 + b"}",
    "lists in lists": b'{"kind": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "lists in lists, not quite as deep": b'{"kind": ' + b"[" * 900 + b"]" * 900 + b"}",
    "objects in objects": b'{"kind":' * 7_000 + b"1" + b"}" * 7_000,
    "many words": json.dumps({f"w{number}": 0 for number in range(4_000)}).encode(),
    "prototype": b'{"__proto__": {"is_staff": true}, "constructor": 1, "kind": "reset"}',
}


@pytest.mark.alike
@pytest.mark.parametrize("body", WRONG_BODIES.values(), ids=WRONG_BODIES)
def test_bodies_that_are_none(site: Any, body: bytes) -> None:
    """Of every operation that takes one, as JSON and as a form."""
    before = rows()
    for operation in BODIES:
        method, path = operation.split()
        for kind in ("application/json", FORM):
            is_policy = path.startswith("policies/")
            codes = ("unsupported_media_type",) if is_policy and kind == FORM and body else ("invalid_request",)
            try_out(method, path, body=body, CONTENT_TYPE=kind, codes=codes, before=before)


def test_values_that_are_too_large_for_a_column(site: Any) -> None:
    """Numbers beyond 64 bits, fractions, and lists in lists where a policy takes a number."""
    for value in (2**31, 2**63, 2**64, -(2**63) - 1, 10**4_000, 1e308, 0.5, -1, True, [[[]]], {"a": []}):
        body = as_json({"max_resets": value})
        try_out("PATCH", "policies/instance/", body=body, codes=("invalid_policy",))
    for depth in (50, 300, 900):
        body = b'{"locked": [' + b"[" * depth + b"]" * depth + b"]}"
        try_out("PATCH", "policies/instance/", body=body, codes=("invalid_request",))
    for value in (2**63, 1.5, 0, True, None, {}, [], [str(uuid4())]):
        body = as_json({"kind": "activate", "attempt": value})
        try_out("POST", "operations/", body=body, codes=("invalid_request",))
        for word in ("kind", "learner", "course_id", "comment"):
            body = as_json({**BODIES["POST operations/"], word: value})
            try_out("POST", "operations/", body=body, codes=("invalid_request",))


def test_the_last_of_two_words_counts(site: Any) -> None:
    """As everywhere in Python; what is checked is what is carried out."""
    body = b'{"kind": "reset", "learner": "nobody", "learner": "known", "course_id": "course-v1:Org+Course+Run"}'
    assert json.loads(try_out("POST", "operations/", body=body).content)["learner"] == "known"
    body = b'{"kind": "reset", "learner": "known", "learner": "nobody", "course_id": "course-v1:Org+Course+Run"}'
    try_out("POST", "operations/", body=body, codes=("learner_not_found",))
    form = b"kind=reset&learner=known&learner=nobody&course_id=course-v1:Org%2BCourse%2BRun"
    try_out("POST", "operations/", body=form, CONTENT_TYPE=FORM, codes=("learner_not_found",))


KINDS = (
    *("application/xml", "text/plain", "application/json-patch+json", "nonsense", ";;;", "\xff/\xfe", "", None),
    *("application/json\x00", "x" * 10_000, "multipart/form-data", "multipart/form-data; boundary=x"),
)


@pytest.mark.alike
@pytest.mark.parametrize("kind", KINDS)
def test_types_of_bodies(site: Any, kind: str | None) -> None:
    """That are none, or none of ours."""
    for operation, words in BODIES.items():
        method, path = operation.split()
        codes = ("unsupported_media_type",)
        try_out(method, path, body=as_json(words), CONTENT_TYPE=kind, codes=codes)


LENGTHS = {
    "none": (None, "invalid_request"),
    "empty": ("", "invalid_request"),
    "negative": ("-5", "invalid_request"),
    "no number": ("five", "invalid_request"),
    "fraction": ("1.5", "invalid_request"),
    "sign": ("+5", "invalid_request"),
    "blank": (" 5", "invalid_request"),
    "underscore": ("1_0", "invalid_request"),
    "superscript": ("\xb2", "invalid_request"),
    "two": ("5, 5", "invalid_request"),
    "too long": ("65537", "body_too_large"),
    "far too long": ("9" * 30, "body_too_large"),
    "longer than a number": ("9" * 5_000, "body_too_large"),
    "shorter than the body": ("5", "invalid_request"),
}


@pytest.mark.alike
@pytest.mark.parametrize(("length", "code"), LENGTHS.values(), ids=LENGTHS)
def test_lengths_that_are_not_true(site: Any, length: str | None, code: str) -> None:
    """Whoever asks, and for reading nothing is looked at."""
    for operation, words in BODIES.items():
        method, path = operation.split()
        try_out(method, path, body=as_json(words), CONTENT_LENGTH=length, codes=(code,))
    assert try_out("GET", "attempts/", CONTENT_LENGTH=length).status_code == 200


def test_a_body_in_chunks_is_not_taken_for_none(site: Any) -> None:
    """A policy would be decided anew, with nothing in it."""
    api.change_policy({"max_resets": 7}, changed_by=None, org="Org")
    body = b'13\r\n{"max_resets": 8}\r\n0\r\n\r\n'
    for length in (None, str(len(body))):
        headers = {"CONTENT_LENGTH": length, "HTTP_TRANSFER_ENCODING": "chunked"}
        try_out("PUT", "policies/orgs/Org/", body=body, codes=("invalid_request",), **headers)
    assert api.own_policy(org="Org").values == {"max_resets": 7}


@pytest.mark.alike
def test_forms_with_too_many_fields(site: Any) -> None:
    """However they were let in, and before."""
    form = "&".join(f"a{number}=1" for number in range(5_000)).encode()
    for operation in BODIES:
        method, path = operation.split()
        for who in ("support", None):
            try_out(method, path, body=form, CONTENT_TYPE=FORM, who=who)


@pytest.mark.alike
def test_a_session_with_a_broken_body(site: Any) -> None:
    """The check of its CSRF token reads the body before we do."""
    session = SessionStore()
    user = get_user_model().objects.get(username="known")
    session.update(
        {SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: AUTHENTICATION, HASH_SESSION_KEY: user.get_session_auth_hash()}
    )
    session.create()
    headers = {"HTTP_COOKIE": f"sessionid={session.session_key}; csrftoken={'x' * 32}", "who": None}
    assert try_out("GET", "me/attempts/", **headers).status_code == 200
    many = "&".join(f"a{number}=1" for number in range(5_000)).encode()
    for kind in (
        FORM,
        f"{FORM}; charset=latin-1",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/json",
    ):
        for body in (b"", b"--x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n", many, b"%zz=%", b"\xff"):
            try_out(
                "POST",
                "me/operations/",
                body=body,
                CONTENT_TYPE=kind,
                codes=("permission_denied", "invalid_request", "unsupported_media_type"),
                **headers,
            )


@pytest.mark.alike
@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "a b ",
        "\x00",
        "a\x00b",
        "a\nb",
        "a\r\nX-Evil: 1",
        "\xff",
        "\xc3\xbc",
        "\xa0a",
        "\x7f",
        "x" * 256,
        "x" * 10_240,
    ],
)
def test_idempotency_keys_that_are_none(site: Any, value: str) -> None:
    """Empty, too long, blanks at an end, or something that is not printable ASCII."""
    for path in ("operations/", "me/operations/"):
        body = as_json(BODIES[f"POST {path}"])
        codes = ("invalid_idempotency_key",)
        try_out(
            "POST",
            path,
            body=body,
            HTTP_IDEMPOTENCY_KEY=value,
            who="support" if path == "operations/" else "known",
            codes=codes,
        )


@pytest.mark.parametrize("value", ["a", "a b", "x" * 255, SQL, "{}|~", ATTEMPT_KEY])
def test_idempotency_keys_that_are_odd(site: Any, value: str) -> None:
    """They are keys all the same."""
    body = as_json(BODIES["POST operations/"])
    first, again = (send("POST", "operations/", body=body, HTTP_IDEMPOTENCY_KEY=value) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert json.loads(first.content)["uuid"] == json.loads(again.content)["uuid"]


HEADERS = {
    "HTTP_ACCEPT": [
        "",
        "nonsense",
        ";;;",
        "*/*;q=0",
        "text/html",
        "application/xml",
        "application/json; indent=4",
        "\xff\xfe",
        "\x00",
        "a/b,c/d;q=x",
        "," * 5_000,
        "application/json; version=9",
    ],
    "HTTP_ACCEPT_LANGUAGE": ["\xff", "x" * 5_000, "xx-XX;q=nan", ",,,"],
    "HTTP_ACCEPT_ENCODING": ["\xff", "bz2", "x" * 5_000],
    "HTTP_X_REQUEST_ID": ["\x00", "a\r\nX-Evil: 1", "x" * 10_240, "\xff", ATTEMPT_KEY],
    "HTTP_USER_AGENT": ["\x00", "<script>", "x" * 10_240],
    "HTTP_COOKIE": ["\x00", "sessionid=\xff", "sessionid=" + "x" * 10_240, ";;;=", "csrftoken=\x00"],
    "HTTP_X_FORWARDED_FOR": ["\x00", "1.2.3.4, evil", SQL],
    "HTTP_X_FORWARDED_HOST": ["evil.example.com"],
    "HTTP_IF_NONE_MATCH": ["*", "\xff"],
    "HTTP_RANGE": ["bytes=0-0"],
    "HTTP_USE_JWT_COOKIE": ["true", "\xff"],
}


@pytest.mark.parametrize("header", HEADERS)
def test_headers(site: Any, header: str) -> None:
    """Reading and writing is as it is without them, or there is no form that is wanted."""
    body = as_json(BODIES["POST operations/"])
    pack = f"attempts/{api.attempts(site, COURSE)[0].uuid}/appeal-pack/"
    for value in HEADERS[header]:
        for request in (
            {"method": "GET", "path": "attempts/"},
            {"method": "GET", "path": pack},
            {"method": "POST", "path": "operations/", "body": body},
        ):
            answer = try_out(**request, **{header: value})
            assert answer.status_code in ((200, 202, 406) if header == "HTTP_ACCEPT" else (200, 202))
            assert re.fullmatch("[A-Za-z0-9._:/+=@-]{1,128}", answer["X-Request-ID"])


NOBODY = (
    *("Basic", "Basic \xff", "Basic " + "x" * 10_240, "Basic bm9wZQ==", "Basic AAAA"),
    *("Bearer", "Bearer \x00", "Bearer \xff", "Bearer " + "x" * 10_240),
    *("JWT", "JWT x", "JWT a.b.c", "JWT \xff", "JWT eyJhbGciOiJub25lIn0.e30.", "jwt"),
    *("\x00", "", " ", "x" * 10_240),
)


def test_authorisation_that_is_none(site: Any) -> None:
    """Whatever it is, it lets nobody in."""
    body = as_json(BODIES["POST operations/"])
    for value in NOBODY:
        try_out("GET", "me/attempts/", HTTP_AUTHORIZATION=value, codes=("not_authenticated",))
        try_out("POST", "operations/", body=body, HTTP_AUTHORIZATION=value, codes=("not_authenticated",))


@pytest.mark.alike
def test_methods_cannot_be_overridden(site: Any) -> None:
    """Neither by a header nor by a word."""
    body = as_json({"max_resets": 9})
    for name in ("HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_X_HTTP_METHOD", "HTTP_X_METHOD_OVERRIDE"):
        try_out("POST", "policies/instance/", body=body, codes=("method_not_allowed",), **{name: "PATCH"})
        assert try_out("GET", "operations/", body=body, **{name: "POST"}).status_code == 200
    form = urlencode({"_method": "DELETE", **BODIES["POST operations/"]}, doseq=True).encode()
    try_out("POST", "operations/", body=form, CONTENT_TYPE=FORM, codes=("invalid_request",))
    try_out("GET", "operations/", "_method=POST", codes=("invalid_request",))


@pytest.mark.alike
def test_there_is_one_form(site: Any) -> None:
    """JSON, or for a file its own, by whatever name another is asked for."""
    pack = f"attempts/{api.attempts(site, COURSE)[0].uuid}/appeal-pack/"
    for name in ("api", "html", "xml", "csv", "\x00", "admin"):
        try_out("GET", "attempts/", urlencode({"format": name}), codes=("not_acceptable",))
        try_out("GET", "policies/instance/", urlencode({"format": name}), codes=("not_acceptable",))
        try_out("GET", pack, urlencode({"format": name}), codes=("not_acceptable",))
    try_out("GET", "attempts/", "format=zip", codes=("not_acceptable",))
    try_out("GET", pack, "format=json", codes=("not_acceptable",))
    assert try_out("GET", "attempts/", "format=json").status_code == 200
    assert try_out("GET", pack, "format=zip")["Content-Type"] == "application/zip"


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "PROPFIND", "x" * 100, "get")
NOWHERE = (
    *("", "nothing/", "nothing", "attempts", "attempts//", "operations", "policies/orgs/", "policies/orgs/a/b/", "me/"),
    *("policies/courses/Org/Course/Run/", "learners/", "learners/a/b/", "schema", "schema/browse", "attempts/\n", ".."),
    *("a\nb", "a\x00", "\xff", "%2e%2e/", "x" * 5_000),
)
ODD_HEADERS = ({"HTTP_ACCEPT": "text/html"}, {"CONTENT_LENGTH": "-1"}, {"HTTP_TRANSFER_ENCODING": "chunked"})


@pytest.mark.alike
@pytest.mark.parametrize("method", METHODS)
def test_addresses_that_lead_nowhere(site: Any, method: str) -> None:
    """For every method, with and without a slash, logged in or not, whatever is sent and accepted."""
    before = rows()
    codes = () if method == "HEAD" else ("not_found",)
    for path in NOWHERE:
        for who in ("support", None):
            assert try_out(method, path, who=who, body=b"{", codes=codes, before=before).status_code == 404
    for headers in ODD_HEADERS:
        assert try_out(method, "nothing/", body=b"{", codes=codes, before=before, **headers).status_code == 404


@pytest.mark.alike
@pytest.mark.parametrize("method", sorted(set(METHODS) - {"GET", "HEAD", "POST", "OPTIONS", "get"}))
def test_methods_that_an_address_does_not_take(site: Any, method: str) -> None:
    """Nothing can be deleted, and nobody who is not logged in learns even that."""
    paths = ("attempts/", f"attempts/{uuid4()}/appeal-pack/", "operations/", f"operations/{uuid4()}/")
    for path in (*paths, "learners/known/", "me/attempts/", "policies/"):
        answer = try_out(method, path, body=b"{}", codes=("method_not_allowed",))
        assert answer["Allow"]
        try_out(method, path, body=b"{}", who=None, codes=("not_authenticated",))


def test_ids_of_others(site: Any, reset: Any) -> None:
    """Whoever may not see an attempt or operation is told what she would be told if there were none."""
    stranger = enrolled(LOOKALIKE, username="stranger")
    operation = reset(stranger, LOOKALIKE)
    attempt, nothing = api.attempts(stranger, LOOKALIKE)[0].uuid, uuid4()
    paths = {
        "attempt_not_found": [
            f"attempts/{{}}/{part}" for part in ("", "states/", "grades/", "completion/", "appeal-pack/")
        ],
        "operation_not_found": ["operations/{}/", "me/operations/{}/"],
    }
    hint = urlencode({"learner": "stranger", "course_id": str(LOOKALIKE)})
    for who in ("instructor", "staff", "data_researcher", "known", "support", None):
        for code, templates in paths.items():
            for template in templates:
                theirs = attempt if code == "attempt_not_found" else operation.uuid
                for query in ("", hint):
                    answers = [send("GET", template.format(uuid), query, who=who) for uuid in (theirs, nothing)]
                    there, absent = (
                        (one.status_code, one.getvalue().replace(str(uuid).encode(), b""))
                        for one, uuid in zip(answers, (theirs, nothing), strict=True)
                    )
                    if who == "support" and not template.startswith("me/"):
                        assert there[0] == 200
                    else:
                        assert there == absent, (who, template)
                        assert there[0] in (401, 403, 404)
        for path in ("operations/", "operations/preview/"):
            answers = []
            for uuid in (attempt, nothing):
                answer = send("POST", path, body=as_json({"kind": "activate", "attempt": str(uuid)}), who=who)
                answers.append((answer.status_code, answer.content.replace(str(uuid).encode(), b"")))
            assert who == "support" or answers[0] == answers[1], who


def test_comments_are_data(site: Any) -> None:
    """Whatever they look like."""
    for text in (
        "<script>alert(1)</script>",
        TEXTS["right to left"],
        TEXTS["emoji"],
        "{{ 7 * 7 }}",
        SQL,
        "a\r\nb",
        "a\u2028b",
    ):
        answer = try_out("POST", "operations/", body=as_json({**BODIES["POST operations/"], "comment": text}))
        assert (answer.status_code, answer["Content-Type"]) == (202, "application/json")
        assert json.loads(answer.content)["comment"] == text
        assert answer["X-Content-Type-Options"] == "nosniff"
