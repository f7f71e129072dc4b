"""What holds of every page of the console: accessible, light, at home on a phone and from right to left."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.e2e.browsing import log_in, watching
from tests.e2e.faces import FACES, Face, Stage, address, set_stage
from tests.running import Sandbox

#: Bytes that a page and all that belongs to it may have.
HEAVIEST = 300_000
#: WCAG 2.1, levels A and AA, and what axe calls good practice.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
#: In CSS pixels: the width that WCAG 1.4.10 asks for.
NARROW = 320
#: Pages with tables in which columns are read beside one another: these scroll, with the keyboard too.
SCROLLING = ("comparison", "report", "report-public")
_SCROLLED = "[...document.querySelectorAll('.console-scroll')].filter(one => one.scrollWidth > one.clientWidth).length"
Opener = Callable[[str], BrowserContext]


@pytest.fixture(scope="module")
def stage(sandbox: Sandbox) -> Stage:
    """What there is to see."""
    return set_stage(sandbox)


@pytest.fixture(scope="module")
def context_of(browser: Browser, sandbox: Sandbox) -> Iterator[Opener]:
    """A browser in which somebody is logged in, by username."""
    made: dict[str, BrowserContext] = {}

    def opened(username: str) -> BrowserContext:
        if username not in made:
            made[username] = browser.new_context(reduced_motion="reduce")
            page = made[username].new_page()
            log_in(page, sandbox, username)
            page.close()
        return made[username]

    yield opened
    for context in made.values():
        context.close()


@pytest.fixture(params=FACES, ids=lambda face: face.name)
def face(request: pytest.FixtureRequest) -> Face:
    """Each page."""
    return request.param


@pytest.fixture
def page(face: Face, context_of: Opener) -> Iterator[Page]:
    """A page in the browser of whoever opens it."""
    page = context_of(face.username).new_page()
    yield page
    page.close()


def faults(page: Page) -> list[str]:
    """What axe has against a page."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['html'][:200]} {node['failureSummary']}" for one in found for node in one["nodes"]]


def test_a_page(face: Face, page: Page, sandbox: Sandbox, stage: Stage) -> None:
    """Nothing that axe finds, from left to right and from right to left; no wider than a phone; light."""
    weight: list[int] = []

    def count(response: Response) -> None:
        weight.append(len(response.body()) if response.status < 300 else 0)

    page.on("response", count)
    with watching(page, sandbox):
        answer = page.goto(address(sandbox, stage, face), wait_until="networkidle")
        assert answer is not None
        assert answer.status == {"refused": 403, "nowhere": 404}.get(face.name, 200)
        assert faults(page) == []
        assert 0 < sum(weight) <= HEAVIEST
        page.set_viewport_size({"width": NARROW, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
        assert face.name in SCROLLING or not page.evaluate(_SCROLLED)
        page.set_extra_http_headers({"Accept-Language": "ar"})
        page.reload(wait_until="networkidle")
        assert page.evaluate("document.documentElement.dir") == "rtl"
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
