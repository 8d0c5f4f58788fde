//! Too much, too often, too slow: each is bounded, and the others are served.

use crate::bench::{Bench, KNOWN, bench, echo, read_all, status_of};
use peer::{Call, Limits, Reply};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::num::NonZeroU32;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(300);
const SOON: Duration = Duration::from_secs(10);

fn rpc(bench: &Bench, body: &[u8]) -> (u16, String) {
    let length = body.len();
    let head = format!(
        "POST /api/rpc HTTP/1.1\n{KNOWN}Content-Type: application/json\nContent-Length: {length}\n\n"
    );
    bench.raw(&head, body)
}

#[test]
fn a_body_beyond_the_limit_is_refused_also_when_it_hides_its_length() {
    let bench = bench(Limits { body_bytes_max: 1000, ..Limits::default() }, echo);
    assert_eq!(rpc(&bench, &[b' '; 1000]).0, 200);
    assert_eq!(rpc(&bench, &[b' '; 1001]).0, 413);
    let head = format!(
        "POST /api/rpc HTTP/1.1\n{KNOWN}Content-Type: application/json\nTransfer-Encoding: chunked\n\n"
    );
    let chunk = format!("7d0\r\n{}\r\n0\r\n\r\n", " ".repeat(2000));
    assert_eq!(bench.raw(&head, chunk.as_bytes()).0, 413);
}

#[test]
fn a_head_without_end_is_refused() {
    let bench = bench(Limits::default(), echo);
    let head = format!("GET /metrics HTTP/1.1\n{KNOWN}X-Long: {}\n\n", "x".repeat(100_000));
    let (status, text) = bench.raw(&head, b"");
    assert!(status == 431 || text.is_empty(), "{status}");
    assert_eq!(bench.get("/metrics").0, 200);
}

#[test]
fn callers_that_say_nothing_or_stop_in_the_middle_are_let_go() {
    let limits = Limits { head_timeout: SHORT, body_timeout: SHORT, connections_max: 4, ..Limits::default() };
    let bench = bench(limits, echo);
    // They take every place there is …
    let mut silent: Vec<_> = (0..4).map(|_| bench.connect()).collect();
    silent[1].write_all(b"GET /health").unwrap();
    let head =
        format!("POST /api/rpc HTTP/1.1\n{KNOWN}Content-Type: application/json\nContent-Length: 10\n\n{{");
    silent[2].write_all(bench.filled(&head).as_bytes()).unwrap();
    // … and the next one is served all the same, as soon as they are let go.
    assert_eq!(bench.get("/metrics").0, 200);
    assert_eq!(status_of(&read_all(&mut silent[2])).0, 408);
    for stream in &mut silent {
        assert!(is_let_go(stream), "a caller still holds its place");
    }
}

/// The server has ended the connection, and not this side its patience.
fn is_let_go(stream: &mut TcpStream) -> bool {
    stream.set_read_timeout(Some(SOON)).unwrap();
    let patience_is_over =
        |error: std::io::Error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
    !stream.read_to_end(&mut Vec::new()).is_err_and(patience_is_over)
}

#[test]
fn strangers_in_a_flood_use_up_their_own_limit_only() {
    let one = const { NonZeroU32::new(1).unwrap() };
    let bench = bench(Limits { strangers_per_sec: one, strangers_burst: one, ..Limits::default() }, echo);
    let stranger = || bench.raw("GET /metrics HTTP/1.1\nHost: 127.0.0.1:{port}\nConnection: close\n\n", b"");
    let statuses: Vec<u16> = (0..10).map(|_| stranger().0).collect();
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_eq!(bench.get("/metrics").0, 200);
    assert!(bench.server.view().too_many > 0);
}

#[test]
fn the_operators_own_calls_are_limited_too() {
    let few = const { NonZeroU32::new(2).unwrap() };
    let bench = bench(Limits { known_per_sec: few, known_burst: few, ..Limits::default() }, echo);
    let statuses: Vec<u16> = (0..10).map(|_| bench.get("/metrics").0).collect();
    assert!(statuses.contains(&200) && statuses.contains(&429), "{statuses:?}");
}

#[test]
fn a_call_that_panics_is_an_error_of_its_own() {
    let answer = |call: Call| match call {
        Call::Tree => panic!("planted"),
        call => echo(call),
    };
    let bench = bench(Limits::default(), answer);
    assert_eq!(bench.get("/api/tree").0, 500);
    assert_eq!(bench.get("/metrics").0, 200);
    assert_eq!(bench.server.view().failed, 1);
}

#[test]
fn long_calls_take_their_own_places_and_health_is_answered_beside_them() {
    let (release, gate) = sync_channel::<()>(0);
    let gate = Mutex::new(gate);
    let answer = move |call: Call| {
        if call == Call::System {
            let _ = gate.lock().unwrap().recv();
        }
        echo(call)
    };
    let limits = Limits { calls_max: 1, call_timeout: SHORT, ..Limits::default() };
    let bench = Arc::new(bench(limits, answer));
    assert_eq!(bench.get("/api/system").0, 504, "it takes too long");
    assert_eq!(bench.get("/metrics").0, 503, "its work still takes the only place");
    let overdue = || (bench.server.view().overdue, bench.server.view().overdue_now);
    assert_eq!(overdue(), (1, 1), "and is counted as long as it lasts");
    assert_eq!((bench.get("/health/ready").0, bench.get("/health/live").0), (200, 200));
    drop(release);
    testkit::wait_until(SOON, "the place", || bench.get("/metrics").0 == 200);
    assert!(bench.server.view().busy > 0);
    assert_eq!(overdue(), (1, 0));
}

#[test]
fn a_server_that_is_stopped_ends_while_callers_hang_on() {
    let mut bench = bench(Limits::default(), |call| Reply::json(200, format!("{call:?}")));
    let _silent = bench.connect();
    assert_eq!(bench.get("/metrics").0, 200);
    assert!(bench.stop());
}
