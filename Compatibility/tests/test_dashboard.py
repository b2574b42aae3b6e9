"""The dashboard in a real browser: what it shows, what its controls do, and what hostile names cannot do to it."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from conftest import PROVIDER_TOKEN, Serve
from support.browser import CHROMIUM, MISSING, Visit, chromium, visiting
from support.provider import ScriptedProvider
from support.samples import completion, error
from support.server import COMMAND, Server

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)

MODEL = "gpt-4o-mini"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def caching(launch: Serve) -> Server:
    return launch("serve", "--simulate", "--tier", "enterprise", environment={"AURELIS_CACHE": "use"})


@pytest.fixture
def dashboard(browser: Browser, caching: Server) -> Iterator[Visit]:
    with visiting(browser, caching.admin_url) as visit:
        expect(visit.page.locator("#connection-text")).to_have_text("Live")
        yield visit
        visit.assert_clean()


@pytest.fixture
def fresh(launch: Serve) -> Server:
    """A gateway that nobody has asked anything."""
    return launch("serve", "--simulate", "--tier", "enterprise", environment={"AURELIS_CACHE": "use"})


def ask(server: Server, content: str, model: str = MODEL, **headers: str) -> httpx2.Response:
    body = {"model": model, "messages": [{"role": "user", "content": content}]}
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.post(f"{server.url}/v1/chat/completions", json=body, headers=fields, timeout=20)


def is_kept(server: Server, content: str, **headers: str) -> bool:
    return ask(server, content, **headers).headers["x-aurelis-cache"].startswith("hit")


# What it shows


def test_it_loads_without_a_complaint_and_says_what_to_do_first(browser: Browser, fresh: Server, capsys) -> None:
    with visiting(browser, fresh.admin_url) as visit:
        expect(visit.page.locator("#state-title")).to_have_text("Ready")
        expect(visit.page.locator("#components")).to_contain_text("storage: ")
        expect(visit.page.locator("#decisions-grid .empty")).to_contain_text("Nothing has been asked yet")
        expect(visit.page.locator("#usage .body")).to_contain_text("Nothing has been used today")
        expect(visit.page.locator("#routes .body")).to_contain_text("No route has been used yet")
        visit.assert_clean()
        paint = visit.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        with capsys.disabled():
            print(f"\nthe dashboard's first paint: {paint:.0f} ms")


def test_the_page_and_its_parts_are_locked_down_and_revalidated(fresh: Server) -> None:
    page = httpx2.get(fresh.admin_url + "/")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'") and "unsafe" not in policy
    for name in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"):
        assert name in policy
    parts = set(re.findall(r'"(/assets/[^"]+)"', page.text))
    assert len(parts) > 5
    for path in ["/", *parts]:
        part = httpx2.get(fresh.admin_url + path)
        assert part.status_code == 200 and part.headers["x-content-type-options"] == "nosniff"
        assert part.headers["content-security-policy"] == policy and part.headers["referrer-policy"] == "no-referrer"
        again = httpx2.get(fresh.admin_url + path, headers={"if-none-match": part.headers["etag"]})
        assert again.status_code == 304 and not again.content


def test_requests_show_as_they_end(dashboard: Visit, caching: Server) -> None:
    page = dashboard.page
    ask(caching, "a live question", x_aurelis_task="codeReview")
    row = page.locator("#decisions-grid tbody tr", has_text="codeReview").first
    expect(row).to_contain_text(MODEL)
    expect(row).to_contain_text("answered")
    expect(page.locator("#state-title")).to_have_text("All is well")
    expect(page.locator("#routes .body")).to_contain_text(MODEL)
    expect(page.locator("#chart-requests svg")).to_have_attribute("aria-label", re.compile("Requests a second: now .*, at most (?!0;)"))
    ask(caching, "a live question")
    ask(caching, "a live question")
    expect(page.locator("#cache .big")).to_have_text(re.compile(r"\d+ %"))
    expect(page.locator("#usage .body")).to_contain_text("without a key", timeout=20_000)
    expect(page.locator("#quotas [role=meter]").first).to_have_attribute("aria-valuetext", re.compile(r"\d+ of \d+ left"))


def test_both_stretches_of_time_are_drawn(dashboard: Visit, caching: Server) -> None:
    ask(caching, "drawn")
    page = dashboard.page
    expect(page.locator("#chart-requests path.area-asked")).to_have_attribute("d", re.compile("^M"))
    day = page.get_by_role("button", name="24 hours")
    day.click()
    expect(day).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#chart-latency path.line-p95")).to_have_attribute("d", re.compile("^M"))


VERDICTS = """async (cases) => {
  const { Store } = await import('/assets/store.js');
  const { verdict } = await import('/assets/summary.js');
  return cases.map(([before, now]) => {
    const store = new Store();
    const none = () => new Array(300).fill(0);
    const columns = { start_ms: 0, step_ms: 1_000, requests: none(), failed: none() };
    [[10, before], [290, now]].forEach(([at, [requests, failed]]) => {
      columns.requests[at] = requests;
      columns.failed[at] = failed;
    });
    store.connection.state = 'live';
    store.finished.requests = 1;
    store.seconds.merge(columns);
    const { level, title, detail } = verdict(store);
    return [level, title, detail];
  });
}"""


def test_the_headline_is_about_the_same_minutes_as_the_sentence_below_it(dashboard: Visit) -> None:
    # Requests and failures of some minutes ago, and of the last minute.
    cases = {
        ((100, 0), (50, 0)): "All is well",
        ((1000, 3), (50, 0)): "Well, but for a few requests",
        ((100, 99), (0, 0)): "Many requests fail",
        ((100, 99), (50, 0)): "Requests are answered again",
        ((1000, 0), (50, 25)): "Many requests fail",
        ((1000, 0), (50, 50)): "Nothing is answered",
        ((20, 20), (0, 0)): "Nothing is answered",
        ((5, 0), (1, 1)): "A request failed",
    }
    told = dashboard.page.evaluate(VERDICTS, [list(case) for case in cases])
    assert {case: title for case, (_, title, _) in zip(cases, told, strict=True)} == cases
    for level, title, detail in told:
        assert ("none failed" in detail) == (title == "All is well"), detail
        assert (level == "good") == (title in ("All is well", "Well, but for a few requests"))


def test_what_is_not_loaded_was_not_searched(browser: Browser, fresh: Server) -> None:
    lost = ask(fresh, "the first of all", x_aurelis_task="refactoring")
    for _ in range(260):
        ask(fresh, "again and again")
    with visiting(browser, fresh.admin_url) as visit:
        page = visit.page
        expect(page.locator("#decisions-count")).to_have_text("the newest 250 requests")
        page.fill("#filter-text", lost.headers["x-aurelis-request-id"])
        expect(page.locator("#decisions-count")).to_have_text("0 of the newest 250 requests")
        expect(page.locator("#decisions-grid .empty")).to_contain_text("there are older ones")
        page.get_by_role("button", name="Look further back").click()
        expect(page.locator("#decisions-grid tbody")).to_contain_text("refactoring")
        expect(page.locator("#decisions-count")).to_have_text("1 of 261 requests")
        expect(page.get_by_role("button", name="Look further back")).to_be_hidden()
        page.fill("#filter-text", "nothing is like that")
        expect(page.locator("#decisions-grid .empty")).to_contain_text("None of 261 requests is like that. Change")
        visit.assert_clean()


def test_a_value_between_two_gaps_can_be_seen_and_tables_line_up(browser: Browser, fresh: Server) -> None:
    ask(fresh, "alone")
    with visiting(browser, fresh.admin_url) as visit:
        expect(visit.page.locator("#chart-latency path.dot-p50")).to_have_attribute("d", re.compile("^M.*a3,3"))
        expect(visit.page.locator("#usage table")).to_have_count(2)
        edges = visit.page.eval_on_selector_all(
            "#usage table", "tables => tables.map(table => [...table.rows[0].cells].map(cell => cell.getBoundingClientRect().right))"
        )
        assert edges[0] == edges[1]
        tops = visit.page.eval_on_selector_all(".chart .legend", "list => list.map(each => each.getBoundingClientRect().top)")
        assert tops[0] == tops[1]
        visit.assert_clean()


SCALE = """async ([most, words]) => {
  const { TimeChart, roundTime } = await import('/assets/chart.js');
  const { duration } = await import('/assets/format.js');
  const figure = document.createElement('figure');
  figure.className = 'card chart';
  document.querySelector('main').append(figure);
  const chart = new TimeChart(figure, {
    title: 'A chart', kind: 'lines', layers: [{ name: 'p50', label: 'A line', value: (point) => point }],
    format: (value) => words || (value === 0 ? '0' : duration(value)), ceiling: roundTime, nothing: '', summary: () => '',
  });
  chart.show({ points: [0, most], start: 0, step: 1_000 });
  const marks = [...figure.querySelectorAll('text[text-anchor=end]')];
  const room = Math.min(...marks.map((mark) => mark.getBoundingClientRect().left)) - figure.getBoundingClientRect().left;
  figure.remove();
  return [marks.map((mark) => mark.textContent), room];
}"""


@pytest.mark.parametrize("width", [1400, 390])
def test_a_scale_of_time_is_round_and_has_the_room_that_its_words_take(browser: Browser, caching: Server, width: int) -> None:
    scales = {
        140: ["0", "100 ms", "200 ms"],
        45_000: ["0", "25.0 s", "50.0 s"],
        51_000: ["0", "30.0 s", "1 min"],
        100_000: ["0", "1 min", "2 min"],
        700_000: ["0", "10 min", "20 min"],
        3_000_000: ["0", "30 min", "1 h"],
        30_000_000: ["0", "5 h", "10 h"],
    }
    with visiting(browser, caching.admin_url, viewport={"width": width, "height": 900}) as visit:
        for most, marks in scales.items():
            told, room = visit.page.evaluate(SCALE, [most, ""])
            assert told == marks
            assert room >= 16
        assert visit.page.evaluate(SCALE, [1, "41 min 40 s, or longer"])[1] >= 16
        visit.assert_clean()


def test_a_decision_is_explained_by_click_and_by_key(dashboard: Visit, caching: Server) -> None:
    answer = ask(caching, "explain me")
    page = dashboard.page
    page.fill("#filter-text", answer.headers["x-aurelis-request-id"])
    row = page.locator("#decisions-grid tbody tr:not(.space)")
    expect(row).to_have_count(1)
    dialog = page.locator("#trace-dialog")
    row.click()
    expect(dialog).to_contain_text("Who was considered")
    expect(dialog).to_contain_text(f"answered by {MODEL} at simulator")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    row.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text(answer.headers["x-aurelis-request-id"])
    dialog.get_by_role("button", name="Close").click()
    expect(row.get_by_role("button")).to_be_focused()


# What it does


@pytest.mark.parametrize("what", ["event", "model", "tag", "task", "all"])
def test_kept_answers_are_invalidated(dashboard: Visit, caching: Server, what: str) -> None:
    question, headers = f"kept until {what}", {"x_aurelis_cache_tags": "release-2", "x_aurelis_task": "codeReview"}
    ask(caching, question, **headers)
    assert is_kept(caching, question, **headers)
    page = dashboard.page
    page.click("#invalidate-open")
    page.check(f"input[name=what][value={what}]")
    submit = page.locator("#invalidate-submit")
    expect(submit).to_be_disabled()
    if what == "all":
        page.check("#invalidate-sure")
    else:
        # An event concerns the answers that are tagged with its name too.
        value = {"event": "release-2", "model": MODEL, "tag": "release-2", "task": "codeReview"}[what]
        page.fill("#invalidate-value", value)
    submit.click()
    expect(page.locator("#announcer")).to_contain_text("invalidated")
    assert not is_kept(caching, question, **headers)


def test_what_cannot_be_invalidated_says_why(dashboard: Visit) -> None:
    page = dashboard.page
    page.click("#invalidate-open")
    page.check("input[name=what][value=task]")
    page.fill("#invalidate-value", "cooking")
    page.click("#invalidate-submit")
    expect(page.locator("#invalidate-error")).to_contain_text("unknown task")
    dashboard.assert_clean("400")
    dashboard.complaints.clear()
    page.keyboard.press("Escape")
    expect(page.locator("#invalidate-dialog")).to_be_hidden()


def test_an_open_circuit_is_shown_and_reset(browser: Browser, launch: Serve, provider: ScriptedProvider) -> None:
    provider.replies(503, error(None, "down"))
    options = ("--base-url", provider.url, "--api-key-env", "PROVIDER_TOKEN")
    server = launch("serve", *options, environment={"PROVIDER_TOKEN": PROVIDER_TOKEN})
    with visiting(browser, server.admin_url) as visit:
        expect(visit.page.locator("#connection-text")).to_have_text("Live")
        for _ in range(5):
            ask(server, "down?")
        routes = visit.page.locator("#routes")
        expect(routes).to_contain_text("open")
        expect(routes).to_contain_text("tried again in")
        expect(visit.page.locator("#state")).to_have_attribute("data-level", re.compile("warn|bad"))
        # Two looks that agree, or a quarter of a minute.
        worse = re.compile("models: (less than it should|unwell)")
        expect(visit.page.locator("#components")).to_contain_text(worse, timeout=30_000)
        routes.get_by_role("button", name=re.compile(f"Reset {MODEL} at")).click()
        expect(routes).to_contain_text("closed")
        circuits = httpx2.get(server.admin_url + "/admin/circuits").json()["circuits"]
        assert [circuit["state"] for circuit in circuits] == ["closed"]
        expect(routes.get_by_role("button", name="Reset all")).to_be_disabled()
        visit.assert_clean()


def test_a_provider_that_refuses_the_key_is_said_to(browser: Browser, launch: Serve, provider: ScriptedProvider) -> None:
    provider.replies(401, error(None, "no"))
    options = ("--base-url", provider.url, "--api-key-env", "PROVIDER_TOKEN")
    server = launch("serve", *options, environment={"PROVIDER_TOKEN": PROVIDER_TOKEN})
    with visiting(browser, server.admin_url) as visit:
        expect(visit.page.locator("#connection-text")).to_have_text("Live")
        for _ in range(3):
            ask(server, "who am I?")
        routes = visit.page.locator("#routes")
        expect(routes).to_contain_text("key refused")
        expect(routes.get_by_role("button", name=re.compile("^Reset"))).to_be_disabled()
        expect(visit.page.locator("#state-title")).to_have_text("Nothing is answered")
        expect(visit.page.locator("#state-notes")).to_contain_text("refuses the gateway's key")
        visit.assert_clean()


def test_an_admin_key_opens_it_for_the_tab_and_no_longer(browser: Browser, launch: Serve, tmp_path: Path) -> None:
    directory = ("--data-dir", str(tmp_path / "data"))
    server = launch("serve", "--simulate", *directory, data_directory=False)
    made = subprocess.run([COMMAND, "keys", "create", "ops", "--admin", *directory], capture_output=True, text=True, timeout=30)
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    # Put into effect within a second.
    while httpx2.get(server.admin_url + "/admin/quota").status_code == 200:
        time.sleep(0.05)
    with visiting(browser, server.admin_url) as visit:
        page = visit.page
        expect(page.locator("#key-dialog")).to_be_visible()
        expect(page.locator("#state-title")).to_have_text("Locked")
        # To a person before a field, not to a program.
        expect(page.locator("#key-reason")).to_contain_text("aurelisadmin_")
        expect(page.locator("#key-dialog")).not_to_contain_text("Bearer")
        for wrong in ["wrong", "aurelisadmin_ops_cut"]:
            page.fill("#key-input", wrong)
            page.keyboard.press("Enter")
            expect(page.locator("#key-error")).to_contain_text("This key does not open it")
            expect(page.locator("#key-error")).not_to_contain_text("aurelis_<")
        page.fill("#key-input", key)
        page.get_by_role("button", name="Unlock").click()
        expect(page.locator("#connection-text")).to_have_text("Live")
        expect(page.locator("#key-dialog")).to_be_hidden()
        assert key not in page.content()
        page.reload()
        expect(page.locator("#connection-text")).to_have_text("Live")
        page.get_by_role("button", name="Forget the key").click()
        expect(page.locator("#key-dialog")).to_be_visible()
        assert page.evaluate("sessionStorage.length") == 0
        visit.assert_clean("401")
    with visiting(browser, server.admin_url) as other:
        expect(other.page.locator("#key-dialog")).to_be_visible()


def test_a_gateway_that_ends_is_said_to_be_gone(browser: Browser, fresh: Server) -> None:
    with visiting(browser, fresh.admin_url) as visit:
        expect(visit.page.locator("#connection-text")).to_have_text("Live")
        assert fresh.stop() == 0
        expect(visit.page.locator("#state-title")).to_have_text("Not connected")
        expect(visit.page.locator("#connection-text")).to_contain_text("trying again")


# What it withstands

HOSTILE = "<img src=x onerror='window.pwned=1'><script>window.pwned=2</script>\u202e\"&amp;"


def test_hostile_names_and_errors_are_text(browser: Browser, launch: Serve, provider: ScriptedProvider) -> None:
    provider.replies(400, error("bad", f"no such thing: {HOSTILE}"))
    options = ("--base-url", provider.url, "--api-key-env", "PROVIDER_TOKEN")
    server = launch("serve", *options, environment={"PROVIDER_TOKEN": PROVIDER_TOKEN})
    with visiting(browser, server.admin_url) as visit:
        page = visit.page
        expect(page.locator("#connection-text")).to_have_text("Live")
        assert ask(server, "x", model=HOSTILE).status_code >= 400
        row = page.locator("#decisions-grid tbody tr:not(.space)").first
        expect(row).to_contain_text("<img src=x onerror=")
        row.click()
        expect(page.locator("#trace-dialog")).to_contain_text("no such thing: <img src=x")
        assert page.evaluate("window.pwned") is None
        assert page.locator("main img, dialog img, main script, dialog script").count() == 0
        assert "\u202e" not in page.inner_text("body")
        visit.assert_clean()


def test_ten_thousand_requests_do_not_slow_it(browser: Browser, fresh: Server, capsys) -> None:
    body = {"model": MODEL, "messages": [{"role": "user", "content": "again and again"}]}
    with visiting(browser, fresh.admin_url) as visit, httpx2.Client(timeout=20) as client:
        page = visit.page
        expect(page.locator("#connection-text")).to_have_text("Live")
        count = page.locator("#decisions-count")

        def listed() -> int:
            found = re.search(r"[\d,]+", count.inner_text())
            return int(found.group().replace(",", "")) if found else 0

        sent = 0
        while sent < 10_400:
            for _ in range(400):
                client.post(f"{fresh.url}/v1/chat/completions", json=body)
            sent += 400
            # No more at once than one look of the feed tells.
            page.wait_for_function(
                "want => parseInt(document.getElementById('decisions-count').textContent.match(/[0-9,]+/)?.[0].replaceAll(',', '')) >= want",
                arg=min(sent, 10_000),
            )
        assert listed() == 10_000
        nodes = page.evaluate("document.querySelectorAll('*').length")
        assert nodes < 1_500 and visit.rows() < 60
        page.evaluate("window.longTasks = []")
        page.fill("#filter-text", "gpt-4o-mini answered")
        page.evaluate("document.getElementById('decisions-grid').scrollTop = 200_000")
        page.locator("#decisions-grid tbody tr:not(.space) button").nth(10).focus()
        for key in ["End", "PageUp", "ArrowUp", "Home"]:
            page.keyboard.press(key)
        expect(page.locator("tr[aria-rowindex='2'] button")).to_be_focused()
        tasks = page.evaluate("window.longTasks")
        visit.assert_clean()
        with capsys.disabled():
            print(f"\n10,000 requests: {nodes} elements, tasks above 50 ms while searching and scrolling: {tasks}")


# Whom it is for


def settle(visit: Visit, server: Server) -> None:
    expect(visit.page.locator("#connection-text")).to_have_text("Live")
    for index in range(3):
        ask(server, f"look at it {index}", x_aurelis_task="documentation")
    expect(visit.page.locator("#decisions-grid tbody")).to_contain_text("documentation")
    expect(visit.page.locator("#quotas [role=meter]").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1600])
def test_it_is_readable_for_everybody(browser: Browser, caching: Server, scheme: str, width: int) -> None:
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "reduced_motion": "reduce"}
    with visiting(browser, caching.admin_url, **options) as visit:
        settle(visit, caching)
        page = visit.page
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"
        rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}
        for opener, closer in [(None, None), ("#invalidate-open", "Escape"), ("#decisions-grid tbody tr button", "Escape")]:
            if opener:
                page.locator(opener).first.click()
                expect(page.locator("dialog[open]")).to_be_visible()
            results = Axe().run(page, options=rules)
            assert results.violations_count == 0, results.generate_report()
            if closer:
                page.keyboard.press(closer)
        visit.assert_clean()


def test_everything_can_be_done_with_keys_alone(dashboard: Visit, caching: Server) -> None:
    settle(dashboard, caching)
    page = dashboard.page
    page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                """() => {
                  const node = document.activeElement;
                  const style = getComputedStyle(node);
                  const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
                  return [node.id || node.dataset.range || node.closest('[id]')?.id, seen];
                }"""
            )
        )
        if reached[-1][0] == "decisions-grid":
            break
    names = [name for name, _ in reached]
    assert all(seen for _, seen in reached), reached
    for name in ["seconds", "minutes", "invalidate-open", "filter-text", "filter-outcome", "decisions-grid"]:
        assert name in names, names
