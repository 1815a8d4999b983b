//! A client so plain that it can send what no decent client would, and knows what was answered and what was not.

use serde_json::Value as Json;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What came back.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[must_use]
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or(Json::Null)
    }
}

/// A signed-in client, or a stranger.
#[derive(Clone, Debug, Default)]
pub struct Client {
    pub port: u16,
    pub headers: Vec<(String, String)>,
}

impl Client {
    #[must_use]
    pub fn new(port: u16) -> Self {
        Self { port, headers: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Signs in; `None` when refused.
    #[must_use]
    pub fn sign_in(&self, login: &str, password: &str) -> Option<Self> {
        let body = serde_json::json!({"login": login, "password": password}).to_string();
        let answer = self.send("POST", "/api/sign-in", body.as_bytes()).ok()?;
        let cookie = answer.header("set-cookie")?.split(';').next()?.to_owned();
        let csrf = answer.json().get("csrf")?.as_str()?.to_owned();
        Some(Self::new(self.port).with("cookie", &cookie).with("x-csrf", &csrf))
    }

    /// # Errors
    /// When there is no whole answer: then nobody knows whether it was done.
    pub fn send(&self, method: &str, path: &str, body: &[u8]) -> io::Result<Answer> {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n",
            body.len()
        );
        if !self.headers.iter().any(|(n, _)| n == "content-type") {
            head.push_str("content-type: application/json\r\n");
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        self.raw(&[head.as_bytes(), body].concat())
    }

    /// Sends these bytes as they are.
    ///
    /// # Errors
    /// When there is no whole answer.
    pub fn raw(&self, bytes: &[u8]) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        // Who refuses a body that is too large answers before it has read it.
        let sent = stream.write_all(bytes);
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        if answer.is_empty() {
            sent?;
            read?;
        }
        parsed(&answer).ok_or_else(|| io::Error::other("no whole answer"))
    }

    /// # Errors
    /// When there is no whole answer.
    pub fn get(&self, path: &str) -> io::Result<Answer> {
        self.send("GET", path, b"")
    }

    /// # Errors
    /// When there is no whole answer.
    pub fn post(&self, path: &str, body: &Json) -> io::Result<Answer> {
        self.send("POST", path, body.to_string().as_bytes())
    }
}

/// `%` before everything that is not a letter or digit.
#[must_use]
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

fn parsed(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(bytes.get(..end)?).into_owned();
    let rest = bytes.get(end + 4..)?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|l| l.split_once(':'))
        .map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned()))
        .collect();
    let mut answer = Answer { status, headers, body: Vec::new() };
    answer.body = match (answer.header("transfer-encoding"), answer.header("content-length")) {
        (Some(_), _) => chunks(rest)?,
        (None, Some(length)) => rest.get(..length.parse().ok()?)?.to_vec(),
        (None, None) => rest.to_vec(),
    };
    Some(answer)
}

fn chunks(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    loop {
        let end = rest.windows(2).position(|w| w == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(rest.get(..end)?).ok()?, 16).ok()?;
        if size == 0 {
            return Some(out);
        }
        out.extend_from_slice(rest.get(end + 2..end + 2 + size)?);
        rest = rest.get(end + 4 + size..)?;
    }
}
