//! How a letter is written (RFC 5322, and MIME).

use anyhow::Context;
use chrono::{DateTime, Utc};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MessageBuilder, MultiPart, SinglePart};
use lettre::{Address, Message};
use url::Host;

use super::Letter;
use crate::clock;

/// The letter as it goes out, from a sender of the site at this host.
pub fn write(letter: &Letter, from: &Mailbox, host: &str) -> anyhow::Result<Message> {
    let to = ascii_domain(&letter.to).parse::<Address>();
    let to = Mailbox::new(None, to.context("this is no address to send to")?);
    let builder = Message::builder()
        .from(from.clone())
        .to(to)
        .subject(one_line(&letter.subject))
        .date(DateTime::<Utc>::from(clock::now()).into())
        .message_id(Some(format!("<{}@{}>", letter.name, host)));
    let builder = raw(builder, "Auto-Submitted", "auto-generated")?;
    let builder = match &letter.unsubscribe {
        Some(url) => {
            let builder = raw(builder, "List-Unsubscribe", &format!("<{url}>"))?;
            raw(builder, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click")?
        }
        None => builder,
    };
    let said = MultiPart::alternative()
        .singlepart(SinglePart::plain(letter.text.clone()))
        .singlepart(SinglePart::html(letter.html.clone()));
    let Some(invite) = &letter.calendar else { return Ok(builder.multipart(said)?) };
    let kind = format!("text/calendar; charset=utf-8; method={}", invite.method);
    let file = Attachment::new("event.ics".to_owned());
    let file = file.body(invite.text.clone(), ContentType::parse(&kind)?);
    Ok(builder.multipart(MultiPart::mixed().multipart(said).singlepart(file))?)
}

/// Whether letters can be sent to an address: not to some that are allowed, with quotes in them.
pub fn is_address(text: &str) -> bool {
    let header = text.parse::<Address>().map(|address| Mailbox::new(None, address).to_string());
    header.is_ok_and(|header| header.parse::<Mailbox>().is_ok())
}

/// The address with its domain as name servers know it (RFC 5891).
fn ascii_domain(address: &str) -> String {
    let Some((user, domain)) = address.rsplit_once('@') else { return address.to_owned() };
    match Host::parse(domain) {
        Ok(Host::Domain(domain)) => format!("{user}@{domain}"),
        _ => address.to_owned(),
    }
}

fn raw(builder: MessageBuilder, name: &str, value: &str) -> anyhow::Result<MessageBuilder> {
    let name = HeaderName::new_from_ascii(name.to_owned()).context("no name of a header")?;
    Ok(builder.raw_header(HeaderValue::new(name, value.to_owned())))
}

/// A subject is a line, whatever a title holds.
fn one_line(text: &str) -> String {
    text.split(char::is_control).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_sent_as_name_servers_know_it() {
        assert_eq!(ascii_domain("ada@exämple.com"), "ada@xn--exmple-cua.com");
        assert_eq!(ascii_domain("ada@example.com"), "ada@example.com");
        assert!(is_address("ada@example.com") && !is_address("\"a b\"@example.com"));
    }
}
