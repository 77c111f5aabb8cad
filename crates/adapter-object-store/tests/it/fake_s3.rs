//! A small S3 server: one bucket in memory, with scripted faults.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The fault of a request that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The request is carried out, and the connection is closed before the answer.
    LostAnswer,
    /// The request is carried out, and the answer is 500.
    ErrorAfter,
    /// The request is not carried out, and the answer is 500.
    ErrorBefore,
}

#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, Vec<u8>>,
    uploads: HashMap<String, BTreeMap<u32, Vec<u8>>>,
    /// The faults of the next requests, in their order; each waits for a request of its method.
    faults: VecDeque<(&'static str, Fault)>,
    /// The status and the code that every request is refused with.
    refusal: Option<(u16, &'static str)>,
    requests: u64,
}

/// The server; it stops with its runtime.
#[derive(Clone)]
pub struct FakeS3 {
    pub address: SocketAddr,
    bucket: Arc<Mutex<Bucket>>,
}

struct Request {
    method: String,
    /// The decoded key in the bucket; empty for the bucket itself.
    key: String,
    bucket: String,
    query: HashMap<String, String>,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

struct Response {
    status: u16,
    headers: String,
    body: Vec<u8>,
}

impl Response {
    fn of(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: String::new(), body: body.into() }
    }

    fn refusal(status: u16, code: &str) -> Self {
        Self::of(
            status,
            format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message></Error>"),
        )
    }

    fn tagged(mut self, size: usize) -> Self {
        let _ = write!(self.headers, "ETag: \"{size}\"\r\nLast-Modified: Mon, 05 Jan 2026 09:00:00 GMT\r\n");
        self
    }
}

impl FakeS3 {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self { address: listener.local_addr().unwrap(), bucket: Arc::default() };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = accepting.clone();
                tokio::spawn(async move { server.serve(stream).await });
            }
        });
        server
    }

    /// The variables that make a service use this server.
    pub fn variables(&self) -> Vec<(String, String)> {
        [
            ("AWS_ENDPOINT_URL", format!("http://{}", self.address)),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    pub fn next(&self, method: &'static str, fault: Fault) {
        self.lock().faults.push_back((method, fault));
    }

    pub fn refuse(&self, refusal: Option<(u16, &'static str)>) {
        self.lock().refusal = refusal;
    }

    pub fn requests(&self) -> u64 {
        self.lock().requests
    }

    fn lock(&self) -> MutexGuard<'_, Bucket> {
        self.bucket.lock().unwrap()
    }

    async fn serve(&self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        while let Some(request) = read(&mut stream).await {
            let (response, is_lost) = self.answer(&request);
            if is_lost {
                return;
            }
            let length = response.body.len();
            let head = format!(
                "HTTP/1.1 {} x\r\nContent-Length: {length}\r\n{}\r\n",
                response.status, response.headers
            );
            let body = if request.method == "HEAD" { &[][..] } else { &response.body };
            if stream.write_all(&[head.as_bytes(), body].concat()).await.is_err() {
                return;
            }
        }
    }

    fn answer(&self, request: &Request) -> (Response, bool) {
        let mut bucket = self.lock();
        bucket.requests += 1;
        if let Some((status, code)) = bucket.refusal {
            return (Response::refusal(status, code), false);
        }
        if request.bucket != "bucket" {
            return (Response::refusal(404, "NoSuchBucket"), false);
        }
        let fault =
            bucket.faults.front().filter(|(method, _)| *method == request.method).map(|(_, fault)| *fault);
        if fault.is_some() {
            bucket.faults.pop_front();
        }
        if fault == Some(Fault::ErrorBefore) {
            return (Response::refusal(500, "InternalError"), false);
        }
        let response = bucket.carry_out(request);
        match fault {
            Some(Fault::ErrorAfter) => (Response::refusal(500, "InternalError"), false),
            fault => (response, fault == Some(Fault::LostAnswer)),
        }
    }
}

impl Bucket {
    fn carry_out(&mut self, request: &Request) -> Response {
        let query = |name: &str| request.query.get(name).map(String::as_str);
        match (request.method.as_str(), query("uploadId")) {
            ("GET", _) if request.key.is_empty() => self.list(query("prefix"), query("start-after")),
            ("GET" | "HEAD", _) => match self.objects.get(&request.key) {
                Some(object) => Response::of(200, object.clone()).tagged(object.len()),
                None => Response::refusal(404, "NoSuchKey"),
            },
            ("PUT", Some(upload)) => {
                let Some(parts) = self.uploads.get_mut(upload) else {
                    return Response::refusal(404, "NoSuchUpload");
                };
                let number = query("partNumber").unwrap().parse().unwrap();
                parts.insert(number, request.body.clone());
                Response::of(200, "").tagged(request.body.len())
            }
            ("PUT", None) => self.put(request),
            ("POST", Some(upload)) => {
                let Some(parts) = self.uploads.remove(upload) else {
                    return Response::refusal(404, "NoSuchUpload");
                };
                self.objects.insert(request.key.clone(), parts.into_values().flatten().collect());
                let done =
                    "<CompleteMultipartUploadResult><ETag>\"x\"</ETag></CompleteMultipartUploadResult>";
                Response::of(200, done)
            }
            ("POST", None) if request.query.contains_key("uploads") => {
                let id = format!("upload-{}", self.requests);
                self.uploads.insert(id.clone(), BTreeMap::new());
                let text = format!(
                    "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
                );
                Response::of(200, text)
            }
            ("POST", None) => {
                let body = String::from_utf8(request.body.clone()).unwrap();
                let mut deleted = "<DeleteResult>".to_owned();
                for key in body.split("<Key>").skip(1) {
                    let key = key.split("</Key>").next().unwrap();
                    self.objects.remove(key);
                    let _ = write!(deleted, "<Deleted><Key>{key}</Key></Deleted>");
                }
                Response::of(200, deleted + "</DeleteResult>")
            }
            ("DELETE", Some(upload)) => {
                self.uploads.remove(upload);
                Response::of(204, "")
            }
            ("DELETE", None) => {
                self.objects.remove(&request.key);
                Response::of(204, "")
            }
            _ => Response::refusal(501, "NotImplemented"),
        }
    }

    fn put(&mut self, request: &Request) -> Response {
        if let Some(source) = request.headers.get("x-amz-copy-source") {
            let source = decoded(source.trim_start_matches('/'));
            let source = source.strip_prefix("bucket/").unwrap();
            let Some(object) = self.objects.get(source).cloned() else {
                return Response::refusal(404, "NoSuchKey");
            };
            self.objects.insert(request.key.clone(), object);
            return Response::of(200, "<CopyObjectResult><ETag>\"x\"</ETag></CopyObjectResult>");
        }
        if request.headers.get("if-none-match").is_some_and(|tag| tag == "*")
            && self.objects.contains_key(&request.key)
        {
            return Response::refusal(412, "PreconditionFailed");
        }
        self.objects.insert(request.key.clone(), request.body.clone());
        Response::of(200, "").tagged(request.body.len())
    }

    fn list(&self, prefix: Option<&str>, after: Option<&str>) -> Response {
        let mut text = "<ListBucketResult><IsTruncated>false</IsTruncated>".to_owned();
        for (key, object) in &self.objects {
            if prefix.is_none_or(|prefix| key.starts_with(prefix))
                && after.is_none_or(|after| after < key.as_str())
            {
                let size = object.len();
                let _ = write!(
                    text,
                    "<Contents><Key>{key}</Key><LastModified>2026-01-05T09:00:00.000Z</LastModified><ETag>\"{size}\"</ETag>\
                     <Size>{size}</Size></Contents>"
                );
            }
        }
        Response::of(200, text + "</ListBucketResult>")
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let mut words = lines.first()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?);
    let headers: HashMap<_, _> = lines[1..]
        .iter()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = path.trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    let query = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let query = query.map(|(name, value)| (name.to_owned(), decoded(value))).collect();
    Some(Request { method, key: decoded(key), bucket: bucket.to_owned(), query, headers, body })
}

fn decoded(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut decoded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (code, rest) = piece.split_at(2);
        decoded.push(char::from(u8::from_str_radix(code, 16).unwrap()));
        decoded.push_str(rest);
    }
    decoded
}
