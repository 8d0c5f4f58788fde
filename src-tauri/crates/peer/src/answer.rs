//! What the server asks of whoever stands behind it.

/// A call that has passed every check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Whether the program lives. Anybody on the machine may ask.
    Live,
    /// Whether it is ready for work.
    Ready,
    /// The metrics.
    Metrics,
    /// The state of the runtime.
    System,
    /// The supervision tree.
    Tree,
    /// A request of the console's own contract, as JSON.
    Rpc(Vec<u8>),
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
    /// JSON.
    Json,
    /// Prometheus' text format 0.0.4.
    Metrics,
}

impl ContentType {
    /// Its header.
    #[must_use]
    pub const fn header(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Metrics => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// What the body is.
    pub content_type: ContentType,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A JSON answer.
    #[must_use]
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type: ContentType::Json, body: body.into() }
    }
}

/// Answers calls. It may block: it is called on a thread for that, several at a
/// time. A panic is the caller's error 500 and harms nobody else.
pub trait Answer: Send + Sync + 'static {
    /// Answers one call.
    fn answer(&self, call: Call) -> Reply;
}

impl<F: Fn(Call) -> Reply + Send + Sync + 'static> Answer for F {
    fn answer(&self, call: Call) -> Reply {
        self(call)
    }
}
