/// The class of a failure: the three digits of the HTTP status, and `CBS_` before them on the wire.
///
/// ```
/// use client_wire::Status;
///
/// assert_eq!(Status::Conflict.http(), 409);
/// assert_eq!(Status::Conflict.wire(), "CBS_409");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The request cannot be read or parsed.
    BadRequest,
    /// The request has no token, or none that the service accepts.
    Unauthorized,
    /// The caller may not do this.
    Forbidden,
    /// There is no such client, or no such path.
    NotFound,
    /// The path does not take this method.
    MethodNotAllowed,
    /// The request took too long.
    RequestTimeout,
    /// A business rule refuses the request, or the client has changed in the meantime.
    Conflict,
    /// The body is larger than the limit.
    PayloadTooLarge,
    /// The body is not JSON by its content type.
    UnsupportedMediaType,
    /// The caller asks too often.
    TooManyRequests,
    /// A bug of the service, or corrupt data.
    Internal,
    /// A dependency of the service is unavailable. Nothing was written, and the caller can try again.
    Unavailable,
    /// Whether the command was done is unknown; only an idempotency key makes a repetition safe.
    UnknownOutcome,
}

impl Status {
    /// Every class.
    pub const ALL: [Self; 13] = [
        Self::BadRequest,
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::RequestTimeout,
        Self::Conflict,
        Self::PayloadTooLarge,
        Self::UnsupportedMediaType,
        Self::TooManyRequests,
        Self::Internal,
        Self::Unavailable,
        Self::UnknownOutcome,
    ];

    /// The HTTP status.
    pub const fn http(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::Conflict => 409,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
            Self::UnknownOutcome => 504,
        }
    }

    /// The `statusCode` of the envelope.
    pub const fn wire(self) -> &'static str {
        match self {
            Self::BadRequest => "CBS_400",
            Self::Unauthorized => "CBS_401",
            Self::Forbidden => "CBS_403",
            Self::NotFound => "CBS_404",
            Self::MethodNotAllowed => "CBS_405",
            Self::RequestTimeout => "CBS_408",
            Self::Conflict => "CBS_409",
            Self::PayloadTooLarge => "CBS_413",
            Self::UnsupportedMediaType => "CBS_415",
            Self::TooManyRequests => "CBS_429",
            Self::Internal => "CBS_500",
            Self::Unavailable => "CBS_503",
            Self::UnknownOutcome => "CBS_504",
        }
    }

    /// The head of the message, as the contract publishes it.
    pub const fn head(self) -> &'static str {
        match self {
            Self::BadRequest => "Validation error",
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden => "Forbidden",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::RequestTimeout => "Request timed out",
            Self::Conflict => "Conflict",
            Self::PayloadTooLarge => "Request body too large",
            Self::UnsupportedMediaType => "Unsupported media type",
            Self::TooManyRequests => "Too many requests",
            Self::Internal => "Internal server error",
            Self::Unavailable => "Service unavailable",
            Self::UnknownOutcome => "Outcome unknown",
        }
    }
}
