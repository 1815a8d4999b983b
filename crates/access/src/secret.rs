//! Passwords and tokens. Made outside of commands, which may run twice and so know no randomness.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use sha2::{Digest, Sha256};

/// OWASP's password storage guide: argon2id with 19 MiB, two passes, one lane. `CELOTA_ARGON2_KIB` lowers the
/// memory where many sign in at once on purpose, as in a test.
fn hasher() -> Argon2<'static> {
    let memory = std::env::var("CELOTA_ARGON2_KIB").ok().and_then(|m| m.parse().ok()).unwrap_or(19 * 1024);
    let params = Params::new(memory, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The text to keep of a password; `None` when the system has no randomness to give.
#[must_use]
pub fn hash_password(password: &str) -> Option<String> {
    hasher().hash_password(password.as_bytes()).ok().map(|h| h.to_string())
}

pub(crate) fn is_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|h| hasher().verify_password(password.as_bytes(), &h).is_ok())
}

/// 256 bits that nobody guesses, as hexadecimal text.
///
/// # Errors
/// When the system has no randomness to give.
pub fn random_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 32];
    #[expect(
        clippy::disallowed_methods,
        reason = "called by the server and the command line, never by a command"
    )]
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// What is kept of a token: it is long and random, so a plain hash suffices.
#[must_use]
pub fn digest(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}
