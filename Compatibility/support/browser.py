"""The dashboard in a real Chromium, as an operator has it before them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
MISSING = "Chromium is not installed (Debian: apt-get install chromium)"

# What the policy forbids, what takes long, and what is painted first, as the browser itself sees it.
WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
window.longTasks = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.longTasks.push(Math.round(entry.duration));
}).observe({ type: 'longtask', buffered: true });
"""


@dataclass
class Visit:
    """One look at the dashboard, and all that went wrong during it."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def assert_clean(self, *expected: str) -> None:
        """Nothing was logged but what is expected, nothing thrown, nothing forbidden."""
        unexpected = [text for text in self.complaints if not any(word in text for word in expected)]
        assert not unexpected, unexpected
        assert self.page.evaluate("window.violations") == []

    def state(self) -> str:
        return self.page.inner_text("#state-title")

    def rows(self) -> int:
        return self.page.locator("#decisions-grid tbody tr:not(.space)").count()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Without a sandbox of its own: containers, where tests run as root, have no room for one.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visiting(browser: Browser, url: str, **options: object) -> Iterator[Visit]:
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    context.set_default_timeout(10_000)
    context.add_init_script(WATCH)
    visit = Visit(context.new_page())
    visit.page.on("console", lambda line: visit.complaints.append(line.text) if line.type in ("error", "warning") else None)
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    try:
        visit.page.goto(url)
        yield visit
    finally:
        context.close()
