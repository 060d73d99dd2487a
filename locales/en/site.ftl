# What every page says. Codes of `language-names` are those of the C library: language_COUNTRY.
language-names = en_GB
a-number = { $number }
date-full = %A, %-d %B %Y
date-short = %a %-d %b %Y
date-month = %B %Y
time-short = %H:%M
date-and-time = { $day }, { $time }

skip-to-content = Skip to the content
nav-label = Parts of the site
nav-events = Events
nav-groups = Groups
nav-new-event = New event
nav-menu-of = Menu of { $name }
nav-notifications = Notifications
nav-mine = My events
nav-profile = My page
nav-settings = Settings
nav-sign-out = Sign out
nav-sign-in = Sign in
nav-sign-up = Sign up
footer-made-with = { $site } runs on Owambe, the party that everyone comes to.
footer-api = For developers

error-title = Sorry
error-sorry = Sorry, { $message }
error-home = Go to the first page
error-name-the-request = If you tell whoever runs this site about it, name the request
error-advice = Go back and try once more. If it stays like this, tell whoever runs this site.
error-advice-not-found = It may be gone, or the address is not quite right, or it is for others than you. If you have an account, sign in first.
error-advice-forbidden = You are known here, but this is for others. Ask whoever organises it.
error-advice-too-many-requests = Wait for a minute, then try again. Nothing is lost.
error-advice-busy = Many people are here at this moment. Try again in a few seconds.
error-advice-too-large = Choose smaller pictures: up to 10 MB each.
error-advice-internal = It is our fault and not yours, and it is written down. Try again in a while.

from-to = { $from } – { $to }
form-refused = Something is not right yet. Nothing is lost: look at the fields that are marked.
event-of-group = by { $group }
event-cancelled = Cancelled
event-draft = Draft
event-going = { $count ->
    [one] one person goes
   *[other] { $count } people go
}
event-seats-left = { $count ->
    [0] no seats left
    [one] one seat left
   *[other] { $count } seats left
}
