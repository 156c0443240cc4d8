//! PDFs: whether one asks for a password.

use crate::model::{AppError, ErrorKind};
use pdf_extract::Document;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Largest PDF that is opened here.
pub(super) const MAX_PDF_BYTES: u64 = 50_000_000;

/// Whether the PDF opens only with a password. One that merely forbids printing opens with an empty one.
pub(super) fn needs_password(bytes: &[u8]) -> bool {
    // Its reader gives up on some damaged files by panicking; whoever reads the text later hears of that.
    let opened = catch_unwind(AssertUnwindSafe(|| Document::load_mem(bytes)));
    match opened {
        Ok(Ok(document)) => document.is_encrypted() && document.authenticate_password("").is_err(),
        Ok(Err(error)) => is_about_password(&error),
        Err(_) => false,
    }
}

/// Whether a PDF could not be read for want of its password.
pub(super) fn is_about_password(error: &pdf_extract::Error) -> bool {
    matches!(
        error,
        pdf_extract::Error::Decryption(_) | pdf_extract::Error::InvalidPassword
    )
}

/// The sentence for a PDF that opens only with a password.
pub(super) fn protected(name: &str) -> AppError {
    AppError::new(
        ErrorKind::Invalid,
        format!(
            "{name} is protected with a password, so no model could read it. Save it without one and upload that."
        ),
    )
}
