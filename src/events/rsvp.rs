//! The rules by which people take part in an event, as its organisers set them.

use serde::{Deserialize, Serialize};

use crate::clock::Instant;

crate::word! {
    /// Who moves up when seats are free: strictly the first in line, or the first whose party fits.
    WaitlistOrder { Strict = "strict", Fit = "fit" }
}

crate::word! {
    /// Who sees who is going: the organisers alone, those who are going too, or everybody who sees
    /// the event.
    GuestList { Hidden = "hidden", Guests = "guests", All = "all" }
}

/// The rules themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// From when on nobody more can go.
    pub until: Option<Instant>,
    /// Who moves up.
    pub order: WaitlistOrder,
    /// Who sees who is going.
    pub guest_list: GuestList,
}

impl Default for Rules {
    fn default() -> Self {
        Self { until: None, order: WaitlistOrder::Strict, guest_list: GuestList::Hidden }
    }
}

/// The rules as they are kept: JSON.
#[derive(
    Clone, Debug, PartialEq, Eq, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Rsvp(String);

crate::column!(Rsvp is Text, as String);

impl Rsvp {
    /// The rules; what is not said is as at first.
    pub fn rules(&self) -> Rules {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl From<Rules> for Rsvp {
    fn from(rules: Rules) -> Self {
        Self(serde_json::to_string(&rules).unwrap_or_else(|_| "{}".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_kept_as_they_are_and_nothing_is_the_default() {
        let until = Some(Instant::EPOCH);
        let rules = Rules { until, order: WaitlistOrder::Fit, guest_list: GuestList::All };
        assert_eq!(Rsvp::from(rules).rules(), rules);
        assert_eq!(Rsvp("{}".to_owned()).rules(), Rules::default());
    }
}
