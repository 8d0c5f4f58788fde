//! Who may pass, and what is answered.

use crate::bench::{KNOWN, bench, echo};
use peer::{ContentType, Limits, Reply};

#[test]
fn calls_with_the_token_reach_what_stands_behind() {
    let bench = bench(Limits::default(), echo);
    let cases = [
        ("/health/live", "Live"),
        ("/health/ready", "Ready"),
        ("/metrics", "Metrics"),
        ("/api/system", "System"),
        ("/api/tree", "Tree"),
    ];
    for (path, call) in cases {
        let (status, text) = bench.get(path);
        assert_eq!((status, text.ends_with(call)), (200, true), "{path}: {text}");
    }
    let head =
        format!("POST /api/rpc HTTP/1.1\n{KNOWN}Content-Type: application/json\nContent-Length: 2\n\n");
    let (status, text) = bench.raw(&head, b"{}");
    assert_eq!((status, text.ends_with("Rpc([123, 125])")), (200, true), "{text}");
}

#[test]
fn strangers_are_told_that_the_program_lives_and_nothing_else() {
    let bench = bench(Limits::default(), echo);
    let ask = |path: &str| {
        bench.raw(&format!("GET {path} HTTP/1.1\nHost: 127.0.0.1:{{port}}\nConnection: close\n\n"), b"")
    };
    assert_eq!(ask("/health/live").0, 200);
    for path in ["/health/ready", "/metrics", "/api/system", "/api/tree", "/api/rpc", "/no/such/thing"] {
        let (status, text) = ask(path);
        assert_eq!(status, 401, "{path}");
        assert!(text.to_lowercase().contains("www-authenticate: bearer"), "{text}");
    }
    assert_eq!(bench.server.view().unauthorised, 6);
}

#[test]
fn a_wrong_token_does_not_pass() {
    let bench = bench(Limits::default(), echo);
    for token in ["", "0", "{token}0", "Bearer {token}"] {
        let head = format!(
            "GET /metrics HTTP/1.1\nHost: 127.0.0.1:{{port}}\nAuthorization: Bearer {token}\nConnection: close\n\n"
        );
        assert_eq!(bench.raw(&head, b"").0, 401, "{token:?}");
    }
}

#[test]
fn a_name_that_was_made_to_point_here_is_not_served() {
    let bench = bench(Limits::default(), echo);
    let with_host = |line: &str| {
        bench
            .raw(
                &format!(
                    "GET /health/live HTTP/1.1\n{line}Authorization: Bearer {{token}}\nConnection: close\n\n"
                ),
                b"",
            )
            .0
    };
    assert_eq!(with_host("Host: localhost:{port}\n"), 200);
    assert_eq!(with_host("Host: evil.example:{port}\n"), 403);
    assert_eq!(with_host(""), 403);
    let absolute =
        "GET http://evil.example/health/live HTTP/1.1\nHost: 127.0.0.1:{port}\nConnection: close\n\n";
    assert_eq!(bench.raw(absolute, b"").0, 403);
}

#[test]
fn a_strange_web_page_does_not_pass_even_with_the_token() {
    let bench = bench(Limits::default(), echo);
    let from = |origin: &str| bench.raw(&format!("GET /metrics HTTP/1.1\n{KNOWN}Origin: {origin}\n\n"), b"");
    let (status, text) = from("http://evil.example");
    assert_eq!(status, 403);
    assert!(!text.to_lowercase().contains("access-control"), "{text}");
    assert_eq!(from("http://127.0.0.1:{port}").0, 200);
    assert_eq!(bench.server.view().foreign, 1);
}

#[test]
fn a_form_of_a_web_page_is_not_taken_for_a_request() {
    let bench = bench(Limits::default(), echo);
    let head = format!("POST /api/rpc HTTP/1.1\n{KNOWN}Content-Type: text/plain\nContent-Length: 2\n\n");
    assert_eq!(bench.raw(&head, b"{}").0, 415);
    assert_eq!(bench.get("/api/rpc").0, 405);
    assert_eq!(bench.get("/no/such/thing").0, 404);
}

#[test]
fn an_answer_keeps_its_status_and_type_and_is_not_stored() {
    let metrics = |_| Reply { status: 503, content_type: ContentType::Metrics, body: b"up 0\n".to_vec() };
    let bench = bench(Limits::default(), metrics);
    let (status, text) = bench.get("/metrics");
    assert_eq!(status, 503);
    let text = text.to_lowercase();
    for header in ["text/plain; version=0.0.4", "cache-control: no-store", "x-content-type-options: nosniff"]
    {
        assert!(text.contains(header), "{text}");
    }
}
