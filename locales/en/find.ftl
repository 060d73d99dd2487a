# The first page, and looking for events.
home-title = What is on
home-lead = Parties, concerts, meals, meetups: find what is on, say that you come, and bring your people.
home-now = On right now
home-soon = Soon
home-near = Near you
home-popular = Many people go
home-all = All
home-map = Look at the map
home-nothing = Nothing is on yet
home-nothing-yet = Be the one who changes that: it takes a title and a day.
home-first = Make the first event
home-near-nothing = Nothing is on within 25 km. Have a look further away, or make something happen.

find-title = Events
find-title-of = Events of { $group }
find-words = Words to look for
find-words-hint = jollof, jazz, Lagos …
find-go = Search
find-more = Dates, place and more
find-from = From
find-to = To
find-tag = Tag
find-near = Near
find-near-hint = Latitude and longitude, such as 6.45,3.39
find-near-me = Near me
find-near-failed = Your place cannot be found
find-within = Not farther than
find-within-any = As it comes
find-km = { $km } km
find-order = Order
find-order-best = As it suits
find-order-start = Soonest first
find-order-popular = Most people first
find-order-new = Newest first
find-ways = Ways to look
find-list = List
find-month = Month
find-map = Map
find-when-next = Coming up
find-when-now = On now
find-when-past = Past
find-following = Of my groups
find-tags = Tags
find-results = What was found
find-nothing = Nothing fits. Try fewer words, or another time.
find-nothing-yet = Nothing is coming up yet.
find-all = Show everything

month-previous = Month before
month-next = Month after
month-today = This month
month-more = { $count ->
    [one] and one more
   *[other] and { $count } more
}
month-nothing = Nothing is on in this month.
month-cut = There is more than fits on this page: look for less.

map-name = Map of what was found
map-nothing = Nothing that was found has a place on the map.
map-nowhere = { $count ->
    [one] One more event has no place on the map.
   *[other] { $count } more events have no place on the map.
}
map-pin-of = { $count ->
    [one] One event
   *[other] { $count } events
}
map-closer = Look closer
map-km = { $km } km
map-m = { $m } m
map-cut = The first 200 events are shown: look for less to see the others.

pages = Pages
previous = Back
next = More
