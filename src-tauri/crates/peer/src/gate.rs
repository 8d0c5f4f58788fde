//! Who may pass: the checks in front of every route.
//!
//! A web page that the operator visits can send requests to loopback too. It
//! can't choose Host (a name that was made to point here is refused) nor hide
//! its Origin, and it does not know the token.

use crate::limits::Limits;
use crate::routes::{Served, refusal};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::sync::Arc;

/// The one route for strangers.
pub const LIVE: &str = "/health/live";

/// Token buckets, one for those who know the token and one for everybody else,
/// so that strangers can't use up what the operator needs.
pub struct Buckets {
    known: DefaultDirectRateLimiter,
    strangers: DefaultDirectRateLimiter,
}

impl Buckets {
    pub fn new(limits: &Limits) -> Self {
        let known = Quota::per_second(limits.known_per_sec).allow_burst(limits.known_burst);
        let strangers = Quota::per_second(limits.strangers_per_sec).allow_burst(limits.strangers_burst);
        Self { known: RateLimiter::direct(known), strangers: RateLimiter::direct(strangers) }
    }
}

/// Lets a request pass to its route, or answers it here.
pub async fn check(State(served): State<Arc<Served>>, request: Request, next: Next) -> Response {
    let verdict = judge(&served, &request);
    let mut response = match verdict {
        Ok(()) => next.run(request).await,
        Err(refused) => {
            served.counters.refused(refused);
            refused.response()
        }
    };
    harden(response.headers_mut());
    response
}

/// Why a request does not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is addressed to somebody else, or comes from a strange web page.
    Foreign,
    /// It lacks the token.
    Unauthorised,
    /// Too many.
    TooMany,
}

impl Refused {
    fn response(self) -> Response {
        let mut response = match self {
            Self::Foreign => refusal(StatusCode::FORBIDDEN, "forbidden", "This address is not served."),
            Self::Unauthorised => {
                refusal(StatusCode::UNAUTHORIZED, "unauthorised", "The token is missing or wrong.")
            }
            Self::TooMany => refusal(StatusCode::TOO_MANY_REQUESTS, "too_many", "Too many requests."),
        };
        let more = match self {
            Self::Foreign => None,
            Self::Unauthorised => Some((header::WWW_AUTHENTICATE, "Bearer")),
            Self::TooMany => Some((header::RETRY_AFTER, "1")),
        };
        if let Some((name, value)) = more {
            response.headers_mut().insert(name, axum::http::HeaderValue::from_static(value));
        }
        response
    }
}

fn judge(served: &Served, request: &Request) -> Result<(), Refused> {
    let headers = request.headers();
    let is_known = offered(headers).is_some_and(|offered| served.token.is(offered));
    let bucket = if is_known { &served.buckets.known } else { &served.buckets.strangers };
    bucket.check().map_err(|_| Refused::TooMany)?;
    // A request line with a host of its own would make the Host header meaningless.
    let is_ours = request.uri().authority().is_none() && is_addressed_here(headers, served.port);
    if !is_ours || !is_from_here(headers, served.port) {
        return Err(Refused::Foreign);
    }
    if is_known || request.uri().path() == LIVE { Ok(()) } else { Err(Refused::Unauthorised) }
}

/// The token that a request offers.
fn offered(headers: &HeaderMap) -> Option<&[u8]> {
    headers.get(header::AUTHORIZATION)?.as_bytes().strip_prefix(b"Bearer ")
}

/// One Host header, and it names this server.
fn is_addressed_here(headers: &HeaderMap, port: u16) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    hosts.next().is_none() && host.is_some_and(|host| names(port).iter().any(|name| name == host))
}

/// No Origin, as of a program; or the one of this server itself.
fn is_from_here(headers: &HeaderMap, port: u16) -> bool {
    let is_ours = |origin: &str| names(port).iter().any(|name| origin == format!("http://{name}"));
    headers.get_all(header::ORIGIN).iter().all(|origin| origin.to_str().is_ok_and(is_ours))
}

fn names(port: u16) -> [String; 2] {
    [format!("127.0.0.1:{port}"), format!("localhost:{port}")]
}

/// Nothing of an answer is kept by anybody, or taken for something else.
fn harden(headers: &mut HeaderMap) {
    let fixed = |value| axum::http::HeaderValue::from_static(value);
    headers.insert(header::CACHE_CONTROL, fixed("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_requests_to_this_very_address_pass() {
        let is_ours = |lines: &[(&'static str, &str)]| is_addressed_here(&headers(lines), 4000);
        assert!(is_ours(&[("host", "127.0.0.1:4000")]) && is_ours(&[("host", "localhost:4000")]));
        let strange = ["evil.example:4000", "127.0.0.1", "127.0.0.1:4001", "localhost:4000.evil.example", ""];
        assert!(strange.iter().all(|host| !is_ours(&[("host", host)])));
        assert!(!is_ours(&[]));
        assert!(!is_ours(&[("host", "127.0.0.1:4000"), ("host", "evil.example")]));
    }

    #[test]
    fn pages_of_other_origins_do_not_pass_and_programs_do() {
        let is_ours = |lines: &[(&'static str, &str)]| is_from_here(&headers(lines), 4000);
        assert!(is_ours(&[]) && is_ours(&[("origin", "http://127.0.0.1:4000")]));
        let strange = ["http://evil.example", "null", "https://127.0.0.1:4000", "http://127.0.0.1:4001", ""];
        assert!(strange.iter().all(|origin| !is_ours(&[("origin", origin)])));
    }
}
