"""A real Prometheus and its promtool on `/metrics`, the rules and the dashboard."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from conftest import Serve, openai_client
from support.prometheus import PROMETHEUS, PROMTOOL, Prometheus, promtool
from support.samples import CHAT_MODEL, QUESTION
from support.server import COMMAND, Server

pytestmark = pytest.mark.skipif(not (PROMETHEUS and PROMTOOL), reason="Debian's package prometheus is not installed")

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OPEN_METRICS = "application/openmetrics-text;version=1.0.0"


def scrape(server: Server, accept: str = "text/plain", **headers: str) -> tuple[str, str]:
    request = urllib.request.Request(server.admin_url + "/metrics", headers={"accept": accept, **headers})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers["content-type"], answer.read().decode()


@pytest.fixture(scope="module")
def used(launch: Serve) -> Server:
    """A gateway that has answered, streamed, answered from its cache, and failed."""
    server = launch("serve", "--simulate", environment={"AURELIS_CACHE": "use"})
    with openai_client(server) as client:
        for _ in range(2):
            client.chat.completions.create(model=CHAT_MODEL, messages=QUESTION)
        for _ in client.chat.completions.create(model="openai/gpt-4o", messages=QUESTION, stream=True):
            pass
        for index in range(5):
            with pytest.raises(openai.APIStatusError):
                client.chat.completions.create(model=f"made-up-{index}", messages=QUESTION)
    return server


@pytest.fixture(scope="module")
def prometheus(used: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    rules = tmp_path_factory.mktemp("rules") / "alerts.yml"
    shutil.copy(DEPLOY / "alerts.yml", rules)
    with Prometheus(tmp_path_factory.mktemp("prometheus"), used.admin_url, rules=rules) as running:
        running.until('count_over_time(up{job="aurelis"}[10s]) > 4')
        yield running


def test_promtool_finds_nothing_wrong(used: Server) -> None:
    kind, text = scrape(used)
    assert kind == "text/plain; version=0.0.4; charset=utf-8"
    checked = promtool("check", "metrics", stdin=text)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_both_formats_tell_the_same(used: Server) -> None:
    kind, open_metrics = scrape(used, OPEN_METRICS)
    assert kind == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert open_metrics.endswith("# EOF\n")
    names = lambda text: {line.split(" ")[0] for line in text.splitlines() if not line.startswith("#")}  # noqa: E731
    assert names(open_metrics) == names(scrape(used)[1])


def test_a_real_prometheus_takes_every_sample(used: Server, prometheus: Prometheus) -> None:
    (target,) = prometheus.ask("targets")["activeTargets"]
    assert (target["health"], target["lastError"]) == ("up", "")
    lines = [line for line in scrape(used, OPEN_METRICS)[1].splitlines() if line and not line.startswith("#")]
    taken = int(prometheus.until("scrape_samples_scraped")[0]["value"][1])
    assert abs(taken - len(lines)) <= 3  # series of connections come and go
    known = prometheus.ask("metadata")
    described = {line.split(" ")[2] for line in scrape(used)[1].splitlines() if line.startswith("# HELP")}
    assert {name.removesuffix("_total") for name in described} <= {name.removesuffix("_total") for name in known}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ('sum(aurelis_requests_total{model="gpt-4o-mini",task="general",cached="no",outcome="answered"})', 1),
        ('sum(aurelis_requests_total{model="gpt-4o-mini",cached="hit"})', 1),
        ('sum(aurelis_requests_total{model="other",outcome="unknown_model"})', 5),
        ('count(count by (model) (aurelis_requests_total > 0))', 3),
        ('sum(aurelis_errors_total{category="unknown_model"})', 5),
        ('sum(aurelis_errors_total)', 5),
        ('count(aurelis_model_health)', 2),
        ('sum(aurelis_time_to_first_token_seconds_count{model="gpt-4o"})', 1),
        ('sum(aurelis_response_time_seconds_count)', 8),
        ('sum(aurelis_response_time_seconds_bucket{le="0.1"} >= 0) > bool 0', 1),
        ('sum(aurelis_attempts_total{outcome="answered"})', 2),
        ('sum(aurelis_requests_in_flight)', 0),
        ('sum(aurelis_model_health{model="gpt-4o"})', 1),
        ('sum(aurelis_circuit_state)', 0),
        ('sum(aurelis_tokens_total{kind="completion"}) > bool 0', 1),
        ('sum(aurelis_tokens_saved_total{kind="prompt"}) > bool 0', 1),
        ('sum(aurelis_quota_used{model="gpt-4o-mini",unit="requests",period="day"})', 1),
        ('sum(aurelis_quota_remaining{model="gpt-4o-mini",period="day"} + aurelis_quota_used) - sum(aurelis_quota_limit{model="gpt-4o-mini",period="day"})', 0),
        ('sum(aurelis_cache_lookups_total{layer="memory",result="hit"}) > bool 0', 1),
        ('sum(aurelis_pool_connections) > bool 0', 1),
        ('process_resident_memory_bytes{job="aurelis"} > bool 1e6', 1),
        ('time() - process_start_time_seconds{job="aurelis"} < bool 600', 1),
        ('sum(aurelis_build_info)', 1),
    ],
)  # fmt: skip
def test_series_tell_what_happened(prometheus: Prometheus, expression: str, value: float) -> None:
    (result,) = prometheus.until(expression)
    assert float(result["value"][1]) == value


def documented() -> list[str]:
    """Every expression of the documentation and of the dashboard."""
    text = (ROOT / "Documentation" / "metrics.md").read_text()
    blocks = re.findall(r"```promql\n(.*?)```", text, re.DOTALL)
    expressions = [line.strip() for block in blocks for line in block.splitlines() if line.strip()]
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    for panel in dashboard["panels"]:
        expressions += [target["expr"] for target in panel.get("targets", [])]
    return expressions


def test_every_expression_that_is_shown_is_understood(prometheus: Prometheus) -> None:
    expressions = documented()
    assert len(expressions) > 40
    for expression in expressions:
        plain = expression.replace("$__rate_interval", "5m").replace("$instance", ".*").replace("$model", ".*")
        assert "$" not in plain, expression
        prometheus.query(plain)


def test_every_series_is_documented_and_every_documented_one_is_there(used: Server) -> None:
    text = (ROOT / "Documentation" / "metrics.md").read_text()
    named = set(re.findall(r"^\| `((?:aurelis|process)_[a-z_]+)", text, re.MULTILINE))
    kinds = {line.split(" ")[2] for line in scrape(used)[1].splitlines() if line.startswith("# TYPE")}
    assert kinds <= named
    # Those that need a key, a collector, a wait, a failure or another layer are told only then.
    rest = "aurelis_key_quota_|aurelis_tracing_|aurelis_wait_|aurelis_route_paused|aurelis_audit_lost|aurelis_cache_refused"
    assert {name for name in named - kinds if not re.match(rest, name)} == set()


def test_the_dashboard_asks_only_for_series_that_are_documented() -> None:
    text = (ROOT / "Documentation" / "metrics.md").read_text()
    for expression in documented():
        for name in re.findall(r"\b(?:aurelis|process)_[a-z_]+", expression):
            base = re.sub(r"_(bucket|sum|count)$", "", name)
            assert f"`{base}" in text, name


def test_the_rules_are_sound_and_fire_when_they_should() -> None:
    checked = promtool("check", "rules", "alerts.yml", directory=DEPLOY)
    assert checked.returncode == 0, checked.stderr
    tested = promtool("test", "rules", "alerts-test.yml", directory=DEPLOY)
    assert tested.returncode == 0, tested.stderr
    configured = promtool("check", "config", "prometheus.yml", directory=DEPLOY)
    assert configured.returncode == 0, configured.stderr


def test_the_rules_work_on_real_series(prometheus: Prometheus) -> None:
    prometheus.until("ALERTS or vector(1)")
    (group,) = prometheus.ask("rules")["groups"]
    assert [rule["lastError"] for rule in group["rules"] if rule.get("lastError")] == []
    assert all(rule["health"] in ("ok", "unknown") for rule in group["rules"])


def test_pages_of_other_sites_do_not_read_it(used: Server) -> None:
    for headers in ({"origin": "https://evil.example"}, {"host": "evil.example"}):
        with pytest.raises(urllib.error.HTTPError) as refused:
            scrape(used, **headers)
        assert refused.value.code == 403


def test_an_exposed_control_plane_wants_an_admin_key(launch: Serve, tmp_path: Path) -> None:
    data = tmp_path / "data"
    create = [COMMAND, "keys", "create", "prom", "--admin", "--data-dir", str(data)]
    key = subprocess.run(create, capture_output=True, text=True, check=True, timeout=30).stdout.strip()
    configuration = tmp_path / "aurelis.yaml"
    configuration.write_text(f"simulate: true\nadmin: {{ host: 0.0.0.0 }}\ndata_dir: {data}\n")
    server = launch("serve", "--config", str(configuration), data_directory=False)
    server.admin_url = server.admin_url.replace("0.0.0.0", "127.0.0.1")
    with pytest.raises(urllib.error.HTTPError) as refused:
        scrape(server)
    assert refused.value.code == 401
    assert "aurelis_build_info" in scrape(server, authorization=f"Bearer {key}")[1]
    secret = tmp_path / "key"
    secret.write_text(key)
    with Prometheus(tmp_path, server.admin_url, bearer=secret) as running:
        running.until('up{job="aurelis"} == 1')
