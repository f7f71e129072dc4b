"""Every request is a unit of work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.utils.decorators import sync_and_async_middleware

from attempts.fence.work import unit_of_work


@sync_and_async_middleware
def unit_of_work_middleware(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Note when each request began. Meant to be the first middleware: what runs before it is not fenced."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: Any) -> Any:
            with unit_of_work():
                return await get_response(request)

        return answer_async

    def answer(request: Any) -> Any:
        with unit_of_work():
            return get_response(request)

    return answer
