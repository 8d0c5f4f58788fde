//! The routes: from HTTP to a [`Call`] and back.

use crate::answer::{Answer, Call, Reply};
use crate::gate::{self, Buckets, LIVE};
use crate::limits::Limits;
use crate::overdue::Work;
use crate::server::Counters;
use crate::token::Token;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Calls for health that run beside the others, so that long calls don't make
/// the console look dead.
pub const HEALTH_CALLS_MAX: usize = 2;

/// What every request needs.
pub struct Served {
    pub answer: Arc<dyn Answer>,
    pub token: Token,
    pub port: u16,
    pub limits: Limits,
    pub buckets: Buckets,
    pub calls: Arc<Semaphore>,
    pub health_calls: Arc<Semaphore>,
    pub counters: Arc<Counters>,
}

/// The routes behind the gate.
pub fn router(served: Arc<Served>) -> Router {
    let route = |call: Call| {
        get(move |State(served): State<Arc<Served>>| async move { answer(&served, call.clone()).await })
    };
    Router::new()
        .route(LIVE, route(Call::Live))
        .route("/health/ready", route(Call::Ready))
        .route("/metrics", route(Call::Metrics))
        .route("/api/system", route(Call::System))
        .route("/api/tree", route(Call::Tree))
        .route("/api/rpc", post(rpc))
        .fallback(async || {
            refusal(StatusCode::NOT_FOUND, "not_found", "There is nothing under this address.")
        })
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&served), gate::check))
        .with_state(served)
}

async fn rpc(State(served): State<Arc<Served>>, request: Request) -> Response {
    // A form of a web page can't send this type without being asked first.
    if !is_json(request.headers()) {
        return refusal(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "bad_request",
            "The body has to be application/json.",
        );
    }
    match body(request.into_body(), &served.limits).await {
        Ok(bytes) => answer(&served, Call::Rpc(bytes)).await,
        Err(refused) => refused,
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

async fn body(body: Body, limits: &Limits) -> Result<Vec<u8>, Response> {
    match timeout(limits.body_timeout, to_bytes(body, limits.body_bytes_max)).await {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        Ok(Err(_)) => {
            Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, "bad_request", "The body is too large, or broke off."))
        }
        Err(_) => Err(refusal(StatusCode::REQUEST_TIMEOUT, "timeout", "The body did not come in time.")),
    }
}

/// Has a call answered on a thread that may block.
async fn answer(served: &Served, call: Call) -> Response {
    let is_health = matches!(call, Call::Live | Call::Ready);
    let room = if is_health { &served.health_calls } else { &served.calls };
    let Ok(permit) = Arc::clone(room).try_acquire_owned() else {
        served.counters.busy();
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "too_many", "Too many calls are under way.");
    };
    let (work_begun, deadline) = Work::begin(&served.counters.overdue);
    let behind = Arc::clone(&served.answer);
    // The permit goes with the work: a call that is given up still takes its place.
    let work = tokio::task::spawn_blocking(move || {
        let _held = (permit, work_begun);
        behind.answer(call)
    });
    match timeout(served.limits.call_timeout, work).await {
        Ok(Ok(reply)) => {
            served.counters.served();
            response(reply)
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "a call failed");
            served.counters.failed();
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The call failed.")
        }
        Err(_) => {
            served.counters.failed();
            deadline.pass();
            refusal(StatusCode::GATEWAY_TIMEOUT, "timeout", "The call takes too long; its work goes on.")
        }
    }
}

fn response(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, reply.content_type.header())], reply.body).into_response()
}

/// An error in the shape of the console's own.
pub fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    let body = serde_json::json!({ "code": code, "message": message, "remedy": "" }).to_string();
    response(Reply::json(status.as_u16(), body))
}
