//! Days and times, as each language writes them.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::Language;

impl Language {
    /// A day with its weekday and its year: Saturday, 28 November 2026.
    pub fn day(&self, day: NaiveDate) -> String {
        self.date("date-full", day)
    }

    /// A day in few letters: Sat 28 Nov 2026.
    pub fn short_day(&self, day: NaiveDate) -> String {
        self.date("date-short", day)
    }

    /// A month with its year: November 2026.
    pub fn month(&self, day: NaiveDate) -> String {
        self.date("date-month", day)
    }

    /// A month in few letters: Nov.
    pub fn short_month(&self, day: NaiveDate) -> String {
        day.format_localized("%b", self.names).to_string()
    }

    /// What a day of the week is called, whole and in few letters.
    pub fn weekday(&self, day: NaiveDate) -> (String, String) {
        let name = |pattern| day.format_localized(pattern, self.names).to_string();
        (name("%A"), name("%a"))
    }

    /// A time of the day: 20:00.
    pub fn time(&self, time: NaiveTime) -> String {
        time.format(&self.say("time-short")).to_string()
    }

    /// A day and a time: Sat 28 Nov 2026, 20:00.
    pub fn moment(&self, at: NaiveDateTime) -> String {
        let (day, time) = (self.short_day(at.date()), self.time(at.time()));
        self.tell("date-and-time", &[("day", (&day).into()), ("time", (&time).into())])
    }

    fn date(&self, pattern: &str, day: NaiveDate) -> String {
        day.format_localized(&self.say(pattern), self.names).to_string()
    }
}
