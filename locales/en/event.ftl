# The page of one event.
event-all-day = All day
event-zone = { $city } time ({ $offset })
event-moment = { $moment } ({ $offset })
event-local-time = { $time } on your clock
event-facts = When and where
event-when = When
event-where = Where
event-link = Link
event-by-whom = Organised by
event-picture = The whole picture
event-open-map = Open in your map app
event-see-map = See it on OpenStreetMap
event-from = { $from } –
event-add-to-calendar = Add to calendar
event-tags = Tags
event-about = About

event-on-now = On right now
event-unlisted = Not in any list
event-unlisted-hint = Only people who have the address find this event.
event-is-cancelled = This event is cancelled.
event-is-draft = This is a draft. Nobody sees it but those who can change it.
event-is-over = This event is over.
event-group-only = For the members of { $group }
event-group-only-lost = For a group alone

event-part = Are you coming?
event-part-going = You are going
event-part-waiting = You are on the waitlist
event-part-interested = You are interested
event-part-begun = It has begun
event-part-over = Who was there
event-part-went = You were going
event-part-cancelled = Taking part
event-cancelled-hint = It is called off, so nobody can say that they come. Ask whoever organises it why.
event-late-hint = It is too late to say that you are going. You can still be interested, and hear when something changes.
event-nobody-yet = Nobody has said yet that they go. Be the first.
event-went = { $count ->
    [one] One person went
   *[other] { $count } people went
}
event-were-interested = { $count ->
    [one] One was interested
   *[other] { $count } were interested
}
event-people-go = { $count ->
    [one] One person goes
   *[other] { $count } people go
}
event-are-interested = { $count ->
    [one] One is interested
   *[other] { $count } are interested
}
event-left = { $count ->
    [0] No seats left
    [one] One seat left
   *[other] { $count } seats left
}
event-deadline = Say so until { $time }
event-deadline-passed = It closed on { $time }
event-go = I am going
event-join-waitlist = Join the waitlist
event-full-hint = All seats are taken or promised. Whoever waits gets a seat when one is free and it is their turn.
event-be-interested = I am interested
event-interested-instead = I am only interested
event-sign-in-first = You sign in first, and come straight back here.
event-position = { $position ->
    [one] You are first in line.
   *[other] You are number { $position } in line.
}
event-position-hint = When it is your turn and a seat is free, it is yours at once, and we tell you.
event-with-guests = { $count ->
    [0] You come alone.
    [one] You bring one guest.
   *[other] You bring { $count } guests.
}
event-guests = Do you bring anybody?
event-how-many-guests = Guests besides you
event-guests-hint = All of you get seats together, or wait together.
event-change = Change or withdraw
event-save-guests = Save the number of guests
event-not-going = I am not coming
event-leave-waitlist = Leave the waitlist
event-not-interested = I am not interested any more

event-refused-full = There is no room for that many. Your seats stay as they were.
event-refused-cancelled = This event has been cancelled, so nothing was changed.
event-refused-over = This event is over, so nothing was changed.
event-refused-late = It is too late to say that you are going.
event-refused-members = Only members of the group can go. Join it first.
event-refused = The organisers have decided that you cannot take part. If you think that is a mistake, talk to them.

event-tools = For organisers
event-edit = Edit
event-guest-list = Guests
event-duplicate = Duplicate
event-cancel = Cancel it

event-people = Who is going
event-people-hidden = Only organisers see this list.
event-people-none = Nobody yet. When somebody says that they go, they stand here.
event-people-all = See everybody who goes
event-people-sign-in = Sign in to see who is going
event-people-of = Who is going to { $title }
event-people-back = Back to the event
event-people-next = Further
event-people-previous = Back

event-share = Share
event-share-done = Address copied
event-address = Address of this page
event-address-hint = Copy it, and send it to whoever should come.
