"""What browsers ask of blocks: their handlers, their files, and that somebody has seen one."""

from __future__ import annotations

import logging
import mimetypes

from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST
from opaque_keys.edx.keys import CourseKey, UsageKey
from xblock.django.request import django_to_webob_request, webob_to_django_response
from xblock.exceptions import DisallowedFileError, NoSuchHandlerError, NoSuchUsage, NotFoundError, ProcessingError

from sandbox.courseware.pages.access import course_outline, is_learner
from sandbox.courseware.xblocks import CoursewareRuntime, NotRunnable, block_class
from sandbox.courseware.xblocks.elsewhere import styles_from_here

log = logging.getLogger(__name__)


@login_required
def handle(
    request: HttpRequest, course_key: CourseKey, usage_key: UsageKey, handler_name: str, suffix: str = ""
) -> HttpResponse:
    """Let a block answer, keep what it saves and publishes, and grade the learner."""
    runtime = _runtime(request, course_key)
    try:
        with transaction.atomic():
            block = runtime.get_block(usage_key)
            answer = runtime.handle(block, handler_name, django_to_webob_request(request), suffix)
            runtime.results.finish()
    except NotRunnable as error:
        return _refusal(409, str(error))
    except (NoSuchUsage, NoSuchHandlerError, NotFoundError) as error:
        raise Http404(str(error)) from error
    except ProcessingError as error:
        # As on the platform: the block's own script shows the text.
        return JsonResponse({"success": error.args[0]})
    except IntegrityError:
        log.warning("%s was answered from a page that is out of date", usage_key, exc_info=True)
        return _refusal(409, "Your work in this course has changed meanwhile. Reload the page.")
    except Exception:
        log.exception("%s cannot answer %s", usage_key, handler_name)
        return _refusal(400, f"The block cannot answer this request to {handler_name}.")
    return webob_to_django_response(answer)


@login_required
@require_POST
def seen(request: HttpRequest, course_key: CourseKey, usage_key: UsageKey) -> HttpResponse:
    """Take down that a learner has seen a block that is complete once it was seen."""
    runtime = _runtime(request, course_key)
    try:
        block = runtime.get_block(usage_key)
    except NotRunnable as error:
        return _refusal(409, str(error))
    except NoSuchUsage as error:
        raise Http404(str(error)) from error
    if not runtime.completed_by_viewing(block):
        return _refusal(409, "This block is not complete by being seen.")
    runtime.publish(block, "completion", {"completion": 1.0})
    return HttpResponse(status=204)


def resource(request: HttpRequest, block_type: str, path: str) -> HttpResponse:
    """Return a file that comes with a block's class."""
    try:
        with block_class(block_type).open_local_resource(path) as stream:
            content = stream.read()
    except (NotRunnable, DisallowedFileError, OSError, ValueError) as error:
        # A ValueError is a NUL in the name.
        raise Http404(str(error)) from error
    kind, _ = mimetypes.guess_type(path)
    if kind == "text/css":
        content = styles_from_here(content.decode()).encode()
    return HttpResponse(content, content_type=kind or "application/octet-stream")


def _runtime(request: HttpRequest, course_key: CourseKey) -> CoursewareRuntime:
    outline = course_outline(course_key)
    learner = is_learner(request.user, course_key)
    # Only POST is protected against requests that other sites make a browser send.
    return CoursewareRuntime(request.user, outline, keeps=learner and request.method == "POST")


def _refusal(status: int, text: str) -> JsonResponse:
    return JsonResponse({"error": text}, status=status)
