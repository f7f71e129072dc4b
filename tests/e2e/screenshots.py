"""Pictures of every page: as it is, on a phone, and from right to left. ``python -m tests.e2e.screenshots FOLDER``."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.e2e.browsing import log_in
from tests.e2e.conftest import FLAGS
from tests.e2e.faces import FACES, Stage, address, set_stage
from tests.running import Sandbox, running_sandbox

#: By the name of the folder: width in CSS pixels, and the language asked for.
LOOKS = {"light": (1200, "en"), "mobile": (360, "en"), "rtl": (1200, "ar")}


def take(browser: Browser, sandbox: Sandbox, stage: Stage, folder: Path) -> None:
    """Take all pictures, whole pages each."""
    for look, (width, language) in LOOKS.items():
        (folder / look).mkdir(parents=True, exist_ok=True)
        for username in sorted({face.username for face in FACES}):
            context = browser.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce")
            page = context.new_page()
            log_in(page, sandbox, username)
            page.set_extra_http_headers({"Accept-Language": language})
            for face in (face for face in FACES if face.username == username):
                page.goto(address(sandbox, stage, face), wait_until="networkidle")
                page.screenshot(path=folder / look / f"{face.name}.png", full_page=True)
            context.close()


def main(folder: Path) -> None:
    """Start the sandbox and a browser, and take them."""
    with tempfile.TemporaryDirectory() as var, running_sandbox(Path(var)) as sandbox, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=FLAGS)
        take(browser, sandbox, set_stage(sandbox), folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
