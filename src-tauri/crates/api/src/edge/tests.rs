//! The contract over HTTP, with a real server, a real client and other people's parsers.

use crate::{Api, Folders, Readiness, Request, Response, System, TreeNode};
use peer::Client;
use prometheus_parse::{Sample, Scrape, Value};
use runtime::{Config, Console};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

struct Bench {
    api: Arc<Api>,
    client: Client,
    _folder: tempfile::TempDir,
}

fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let folders = Folders { scenarios: at("scenarios"), recordings: at("recordings"), settings: None };
    let console = Console::start(Config { seed: 1, ..Config::default() }).unwrap();
    let api = Arc::new(Api::new(console, folders));
    api.serve_in(0, &at("doors")).unwrap();
    let client = Client::of_console_in(&at("doors")).unwrap();
    Bench { api, client, _folder: folder }
}

impl Bench {
    fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> T {
        serde_json::from_slice(&self.client.get(path).unwrap().body).unwrap()
    }

    fn rpc(&self, json: &str) -> (u16, String) {
        let answered = self.client.rpc(json.as_bytes().to_vec()).unwrap();
        (answered.status, String::from_utf8(answered.body).unwrap())
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        assert_eq!(self.api.console().shut_down(), Vec::<String>::new());
    }
}

#[test]
fn http_gives_what_the_window_gets() {
    let bench = bench();
    let system: System = bench.get("/api/system");
    assert!(system.checks.len() >= 5, "{:?}", system.checks);
    assert!(system.entrances.iter().any(|row| row.name == "http" && row.passed > 0));
    let tree: TreeNode = bench.get("/api/tree");
    assert_eq!(tree.strategy.as_deref(), Some("rest_for_one"));
    let tiers: Vec<&str> = tree.children.iter().map(|tier| tier.name.as_str()).collect();
    assert_eq!(tiers, ["infrastructure", "registries", "storage", "bio", "domain", "edge"]);
    let ready: Readiness = bench.get("/health/ready");
    assert!(ready.ready, "{ready:?}");
    assert_eq!(bench.client.get("/health/live").unwrap().body, br#"{"live":true}"#);
}

#[test]
fn requests_are_answered_with_the_status_of_their_error() {
    let bench = bench();
    let request = serde_json::to_string(&Request::Scenarios).unwrap();
    let (status, body) = bench.rpc(&request);
    assert_eq!(status, 200);
    assert!(matches!(serde_json::from_str(&body), Ok(Response::Scenarios(_))), "{body}");
    assert_eq!(bench.rpc(r#"{"ask":"stop_scenario"}"#).0, 409);
    assert_eq!(bench.rpc(r#"{"ask":"verify","path":"/no/such/file"}"#).0 / 100, 4);
    for nonsense in ["", "{", "[]", r#"{"ask":"format_disk"}"#, r#"{"ask":"verify"}"#] {
        assert_eq!(bench.rpc(nonsense).0, 400, "{nonsense}");
    }
}

#[test]
fn the_metrics_are_read_by_a_parser_of_others() {
    let bench = bench();
    let _ = bench.client.get("/api/tree").unwrap();
    let text = String::from_utf8(bench.client.get("/metrics").unwrap().body).unwrap();
    let scrape = Scrape::parse(text.lines().map(|line| Ok(line.to_owned()))).unwrap();
    let find = |name: &str, label: Option<(&str, &str)>| -> Option<&Sample> {
        let fits = |sample: &&Sample| label.is_none_or(|(key, value)| sample.labels.get(key) == Some(value));
        scrape.samples.iter().filter(|sample| sample.metric == name).find(fits)
    };
    assert_eq!(find("sensocto_sensors", None).map(|sample| &sample.value), Some(&Value::Gauge(0.0)));
    let passed = find("sensocto_entrance_passed_total", Some(("entrance", "http"))).unwrap();
    assert!(matches!(passed.value, Value::Counter(n) if n >= 2.0), "{passed:?}");
    assert!(find("sensocto_check_status", Some(("check", "disk"))).is_some());
    assert!(find("sensocto_queue_capacity", Some(("queue", "recorder"))).is_some());
    let bytes_max = find("sensocto_queue_bytes_max", Some(("queue", "recorder")));
    assert!(
        matches!(bytes_max.map(|sample| &sample.value), Some(Value::Gauge(n)) if *n == f64::from(24 << 20))
    );
    let bound = find("sensocto_registry_bound", Some(("registry", "join codes"))).unwrap();
    assert_eq!(bound.value, Value::Gauge(5000.0));
    strictly(&text);
}

/// Prometheus' own client for Python is strict; where it is installed it must agree.
fn strictly(text: &str) {
    let script = "
import sys
from prometheus_client.parser import text_string_to_metric_families as parse
seen = set()
for family in parse(sys.stdin.read()):
    assert family.documentation and family.type in ('counter', 'gauge', 'summary'), family
    for sample in family.samples:
        key = (sample.name, tuple(sorted(sample.labels.items())))
        assert key not in seen, key
        seen.add(key)
assert len(seen) > 20, seen
";
    let has_it = |python: &&&str| {
        let asked =
            Command::new(python).args(["-c", "import prometheus_client"]).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    let Some(python) = ["python3", "/usr/bin/python3"].iter().find(has_it) else { return };
    let mut python = Command::new(python).args(["-c", script]).stdin(Stdio::piped()).spawn().unwrap();
    python.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(python.wait().unwrap().success());
}

#[test]
fn an_ending_console_takes_its_server_with_it() {
    let bench = bench();
    bench.api.console().shut_down();
    testkit::wait_until(Duration::from_secs(10), "the end", || bench.client.get("/health/live").is_err());
}

#[test]
fn a_sensor_is_asked_over_http_and_one_that_is_not_there_is_told_apart() {
    let bench = bench();
    let scenario = include_str!("../../../../../assets/scenarios/first_light.yaml");
    let path = bench._folder.path().join("one.yaml");
    std::fs::write(&path, scenario).unwrap();
    bench.api.answer(Request::StartScenario { id: path.display().to_string() }).unwrap();
    testkit::wait_until(Duration::from_secs(20), "samples", || bench.api.system().counters.delivered > 20);
    let id = bench.api.system().sensors[0].id.clone();
    let (status, body) = bench.rpc(&format!(r#"{{"ask":"ask_sensor","sensor":"{id}"}}"#));
    let Ok(Response::Asked(asked)) = serde_json::from_str(&body) else { panic!("{status}: {body}") };
    assert_eq!((status, &asked.sensor.id), (200, &id));
    assert!(asked.account.delivered > 0 && asked.sensor.streams.iter().any(|row| row.offered > 0));
    for (unknown, code) in [("nobody", 404), ("<img>", 400)] {
        let (status, body) = bench.rpc(&format!(r#"{{"ask":"ask_sensor","sensor":"{unknown}"}}"#));
        assert_eq!(status, code, "{body}");
    }
    let system = bench.api.system();
    assert!(system.latencies.iter().any(|row| row.call == "sensor read" && row.count >= 1));
}
