//! The guest list as a file that spreadsheets read.

use super::Participation;
use crate::error::Result;

/// One line for each, in UTF-8 with the mark that tells Excel so.
pub fn write(rows: &[Participation]) -> Result<Vec<u8>> {
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    let wrong = |err: csv::Error| anyhow::Error::new(err);
    out.write_record(["username", "display_name", "status", "guests", "position", "since"])
        .map_err(wrong)?;
    for row in rows {
        out.write_record([
            harmless(&row.user.username),
            harmless(&row.user.display_name),
            row.status.as_str().to_owned(),
            row.guests.to_string(),
            row.position.map(|place| place.to_string()).unwrap_or_default(),
            chrono::DateTime::<chrono::Utc>::from(row.created_at).to_rfc3339(),
        ])
        .map_err(wrong)?;
    }
    Ok(out.into_inner().map_err(|err| anyhow::anyhow!("{err}"))?)
}

/// A spreadsheet would run a name that begins like a formula (OWASP, CSV Injection).
fn harmless(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_name_is_a_formula() {
        assert_eq!(harmless("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(harmless("-ada"), "'-ada");
        assert_eq!(harmless("Ada"), "Ada");
    }
}
