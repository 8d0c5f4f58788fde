//! What the page can invoke: two commands that hand over to the contract.

use api::frame::FrameRequest;
use api::{Api, ApiError, ErrorCode, Request, Response};
use std::sync::Arc;
use tauri::State;

/// Answers a request, away from the threads that draw.
#[tauri::command]
pub async fn rpc(api: State<'_, Arc<Api>>, request: Request) -> Result<Response, ApiError> {
    let api = Arc::clone(&api);
    tauri::async_runtime::spawn_blocking(move || api.answer(request)).await.unwrap_or_else(|error| {
        Err(ApiError::new(ErrorCode::Internal, format!("The request failed: {error}."), ""))
    })
}

/// One frame of a trace as raw bytes.
#[tauri::command]
pub async fn frame(
    api: State<'_, Arc<Api>>,
    request: FrameRequest,
) -> Result<tauri::ipc::Response, ApiError> {
    api.frame(&request).map(tauri::ipc::Response::new)
}
