//! What the sample site is made of.

use chrono_tz::Tz;

/// Given names, from many places.
pub const NAMES: &[&str] = &[
    "Ada", "Bola", "Chidi", "Dayo", "Emeka", "Funmi", "Gbenga", "Halima", "Ife", "Jide", "Kemi",
    "Lanre", "Morayo", "Ngozi", "Obi", "Peju", "Rotimi", "Sade", "Tunde", "Uche", "Wale", "Yemi",
    "Zainab", "Amara", "Bjorn", "Camille", "Diego", "Elif", "Freya", "Giulia", "Hiroshi", "Ines",
    "Jonas", "Katya", "Lucia", "Mateo", "Noor", "Olga", "Priya", "Rafael",
];

/// A place that events are held at.
pub struct Place {
    /// Its name, with its city.
    pub name: &'static str,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// The zone its clocks show.
    pub zone: Tz,
}

const fn place(name: &'static str, latitude: f64, longitude: f64, zone: Tz) -> Place {
    Place { name, latitude, longitude, zone }
}

/// Places around a few real cities.
pub const PLACES: &[Place] = &[
    place("Freedom Park, Lagos", 6.4488, 3.3958, Tz::Africa__Lagos),
    place("Terra Kulture, Lagos", 6.4302, 3.4221, Tz::Africa__Lagos),
    place("Lekki Conservation Centre, Lagos", 6.4419, 3.5358, Tz::Africa__Lagos),
    place("Mauerpark, Berlin", 52.5436, 13.4024, Tz::Europe__Berlin),
    place("c-base, Berlin", 52.5129, 13.4201, Tz::Europe__Berlin),
    place("Victoria Park, London", 51.5362, -0.0394, Tz::Europe__London),
    place("Brixton Village, London", 51.4625, -0.1128, Tz::Europe__London),
    place("La Recyclerie, Paris", 48.8975, 2.3444, Tz::Europe__Paris),
    place("Prospect Park, New York", 40.6602, -73.969, Tz::America__New_York),
    place("Uhuru Park, Nairobi", -1.2898, 36.8172, Tz::Africa__Nairobi),
];

/// Groups: a name, and what it is about.
pub const GROUPS: &[(&str, &str)] = &[
    ("Lagos Rustaceans", "We meet, we eat, we compile. Beginners sit in the first row."),
    ("Jollof Society", "One pot, many opinions. We settle nothing and eat everything."),
    ("Sunday Runners", "Ten slow kilometres, and breakfast afterwards."),
    ("Board Game Night", "Bring a game or just yourself. We explain the rules twice."),
    ("Neighbourhood Garden", "Beds, bees and compost. Gloves are provided."),
    ("Afrobeat Listening Club", "One record an evening, from the first groove to the last."),
    ("Mothers of Twins", "Those who know, know."),
    ("Repair Café", "Do not throw it away. We have screwdrivers."),
];

/// Events: a title, what it is about, its tags, the hour it starts, and how many hours it lasts.
pub const EVENTS: &[(&str, &str, &[&str], u32, u32)] = &[
    ("Jollof Night", "Three pots, one winner. Bring a spoon and an appetite.", &["food"], 19, 4),
    ("Introduction to Rust", "From nothing to a working server in one evening.", &["tech"], 18, 3),
    ("Aso Ebi Fitting", "Last chance to have your fabric measured.", &["fashion"], 11, 5),
    (
        "Highlife in the Park",
        "A live band, under the trees. Free for all.",
        &["music", "free"],
        17,
        5,
    ),
    ("Sunday Long Run", "Ten kilometres at a pace that lets you talk.", &["sport", "free"], 7, 2),
    ("Open Mic", "Five minutes each. Poems, songs, jokes, silence.", &["music"], 20, 3),
    ("Naming Ceremony", "Come and meet the newest member of the family.", &["family"], 10, 6),
    ("Board Games and Chin Chin", "Games for two to eight people.", &["games", "food"], 18, 5),
    (
        "Compost Workshop",
        "What belongs in it, what does not, and why it is warm.",
        &["garden"],
        10,
        2,
    ),
    ("Film Club: Eyimofe", "We watch, then we talk.", &["film"], 19, 3),
    ("Repair Café", "Lamps, zips, toasters. We look at them together.", &["repair", "free"], 14, 4),
    ("Yorùbá for Beginners", "Ẹ káàbọ̀! The first ten sentences.", &["language"], 18, 2),
    ("Fela's Birthday", "Shirts optional. Trumpets welcome.", &["music", "party"], 21, 6),
    ("Street Food Market", "Forty stalls, from suya to puff-puff.", &["food", "market"], 12, 9),
    (
        "Database Evening",
        "One file or many machines? Two talks and a discussion.",
        &["tech"],
        19,
        2,
    ),
    (
        "Wedding of Kemi and Jonas",
        "Church at ten, party until the generator stops.",
        &["family", "party"],
        10,
        12,
    ),
];

/// What people say under an event.
pub const COMMENTS: &[&str] = &[
    "See you there!",
    "Can I bring my little brother?",
    "Is there parking nearby?",
    "I was there last time, it was wonderful.",
    "Will it rain?",
    "What should we bring?",
    "Finally! I have waited for this all year.",
    "Somebody please record it.",
    "Is it wheelchair accessible?",
    "I can give two people a lift from the mainland.",
    "Ẹ kú iṣẹ́! Thank you for organising this.",
    "Save me a seat in front.",
];

/// What people answer.
pub const ANSWERS: &[&str] = &[
    "Of course!",
    "Yes, behind the building.",
    "Just yourself.",
    "It is, there is a ramp at the side door.",
    "Me too!",
    "I will ask and write here.",
];

/// What the members of a group are told: a title, and the rest.
pub const ANNOUNCEMENTS: &[(&str, &str)] = &[
    ("Welcome", "Good to have you all here. Say hello under the next event."),
    ("We move", "From next month on we meet in Freedom Park, at the same hour."),
    ("Who brings the speakers?", "Ours gave up after the last party. Tell us if you have some."),
    ("Thank you", "Two hundred plates, and not one left over. You were wonderful."),
];

/// What people say who ask to be let into a group.
pub const REQUESTS: &[&str] = &[
    "I heard of you at the market.",
    "A friend of mine is in already.",
    "I make the best jollof in Yaba.",
];
