# Making events, changing them, and looking after those who come.
organise-new = New event
organise-edit = Change your event
organise-back = Back to the event
organise-copied = This is a copy of “{ $title }”. Choose its days; everything else is as it was there.
organise-changed = Somebody else has changed this event while you were at it. What you typed is still here. If you save it now, it takes the place of their version.
organise-called-off-meanwhile = They have called it off, and it stays off when you save your version.
organise-see-other = See their version
organise-picture-lost = A form that is shown again cannot hold on to a picture.
organise-picture-again = Choose your picture once more.
organise-kept = What you typed here before is back.
organise-kept-drop = Start afresh

organise-what = What it is
organise-title = Title
organise-count = { "{used}" } of { "{most}" } characters
organise-description = Description
organise-description-hint = What happens, who is it for, what to bring? A few lines are enough.
organise-when = When
organise-start-date = First day
organise-start-time = Begins at
organise-start-time-hint = Leave the times empty if it lasts all day.
organise-end-date = Last day
organise-end-date-hint = Leave it empty if it ends on the day it begins.
organise-end-time = Ends at
organise-zone = Time zone
organise-zone-hint = The clocks where it happens, such as Africa/Lagos.
organise-on-clocks = on the clocks of { $zone }
organise-where = Where
organise-place = Place
organise-place-hint = As you would tell a friend: a name, a street, or a link to join online.
organise-map = Exact spot, for who looks for events nearby
organise-latitude = Latitude, from -90 to 90
organise-longitude = Longitude, from -180 to 180
organise-here = Where I am now
organise-here-failed = Your device does not tell where you are
organise-picture = Picture
organise-picture-now = The picture that it has now
organise-picture-away = Take this picture away
organise-picture-choose = Choose a picture
organise-picture-other = Choose another picture
organise-picture-hint = JPEG, PNG, WebP or GIF, up to 10 MB.
organise-picture-chosen = The picture that you chose
organise-picture-too-large = This picture is larger than 10 MB. Choose a smaller one.
organise-alt = What the picture shows
organise-alt-hint = One sentence for people who cannot see it.

organise-more = Tags and a link
organise-tags = Tags
organise-tags-hint = Up to 10, with commas between them: food, music, outdoors
organise-link = A page about it elsewhere
organise-link-hint = It begins with https://
organise-seats-and-guests = Seats and guests
organise-seats = Seats
organise-seats-hint = Leave it empty if there is room for everybody. When all seats are taken, people wait in line.
organise-deadline = Answers until
organise-deadline-hint = On the clocks where it happens. After that nobody more can say that they go.
organise-order = When seats become free
organise-order-strict = Strictly in turn
organise-order-fit = The first who fits, with guests
organise-guest-list = Who sees who goes
organise-guest-list-hidden = Only the organisers
organise-guest-list-guests = Everybody who goes
organise-guest-list-all = Everybody who sees the event
organise-access = Group, and who may see it
organise-group = Group
organise-group-none = None, it is yours alone
organise-visibility = Who may see it
organise-public = Everybody
organise-public-hint = It is listed, and anybody can find it.
organise-unlisted = Who has the link
organise-unlisted-hint = It is in no list. Whoever has the link sees it.
organise-group-only = Only the group
organise-group-only-hint = Only members of the group see it.
organise-status = Is it ready?
organise-scheduled = Published
organise-scheduled-hint = People can find it and say that they come.
organise-draft = Draft
organise-draft-hint = Only you, and those who look after its group, see it.
organise-draft-again-hint = It disappears for everybody else, and all who take part are told that it is off.
organise-is-cancelled = This event is called off, and stays so when you save it.
organise-save = Save
organise-save-over = Save my version
organise-preview = Preview
organise-preview-title = What it will look like
organise-preview-text = This is a preview. Nothing is saved yet.
organise-preview-back = Go on editing
organise-else = What else you can do

organise-copy = Copy
organise-publish = Publish
organise-cancel = Call it off
organise-cancel-title = Call this event off?
organise-cancel-text = Its page stays where it is and says that it is cancelled, so that nobody stands before a closed door. You can bring it back later.
organise-cancel-told = { $count ->
    [0] Nobody else takes part who would have to be told.
    [one] One person takes part and will be told.
   *[other] { $count } people take part and will be told.
}
organise-cancel-not = No, it takes place
organise-cancel-draft = This is a draft: nobody else has seen it, so there is nothing to call off. If you do not need it, delete it.
organise-restore = Bring it back
organise-restore-title = Bring this event back?
organise-restore-text = It is called off at the moment. If you bring it back, all who take part are told that it takes place after all.
organise-restore-not = No, it stays off
organise-delete = Delete
organise-delete-title = Delete this event?
organise-delete-text = It is gone for good, for everybody, and with it:
organise-delete-words = its page, its description and its picture
organise-delete-guests = the list of who goes ({ $going }) and who is interested ({ $interested })
organise-delete-comments = { $count ->
    [one] one comment
   *[other] { $count } comments
}
organise-delete-told = { $count ->
    [one] One person takes part and will be told that it is off.
   *[other] { $count } people take part and will be told that it is off.
}
organise-delete-rather = Deleting is for mistakes. If it only does not take place, call it off instead: then its page stays and says so.
organise-delete-do = Delete for good
organise-delete-not = Keep it

guests-title = Guests
guests-summary = { $going ->
    [0] Nobody goes yet
    [one] One person goes
   *[other] { $going } people go
}{ $guests ->
    [0] .
    [one] , and they bring one more.
   *[other] , and they bring { $guests } more.
}
guests-seats-left = { $count ->
    [0] No seats are left.
    [one] One seat is left.
   *[other] { $count } seats are left.
}
guests-download = Download as a spreadsheet
guests-more-seats = Change seats and rules
guests-parts = Parts of the guest list
guests-going = Going
guests-waiting = Waiting
guests-interested = Interested
guests-refused = Refused
guests-nobody-goes = Nobody has said yet that they go. Share the event with those who might.
guests-nobody-waits = Nobody waits for a seat.
guests-nobody-interested = Nobody only keeps an eye on it. Share the event with those who might.
guests-nobody-refused = You have refused nobody. That is good news.
guests-share = Go to the event
guests-brings = { $count ->
    [one] brings one more
   *[other] brings { $count } more
}
guests-place = number { $place } in line
guests-since = since { $moment }
guests-seat = Give a seat
guests-more = More
guests-remove = Take off the list
guests-remove-hint = They lose their seat or place, and may come back.
guests-refuse = Refuse
guests-refuse-hint = They lose their seat or place, and cannot come back until you allow it.
guests-lift = Allow again
guests-full = There is no room for them: the seats are taken.
guests-off = This event is called off, so nobody gets a seat.
guests-over = This event is over, so nobody gets a seat.
guests-members = Only members of the group can go, and they are not in it.

mine-title = My events
mine-tabs = Kinds of my events
mine-tab-going = I go
mine-tab-organised = I organise
mine-tab-groups = From my groups
mine-times = When
mine-coming-up = Coming up
mine-drafts = Drafts
mine-past = Past
mine-now = On now
mine-going = You go
mine-waiting = You wait for a seat
mine-interested = You are interested
mine-you-go = You go
mine-you-wait = You wait
mine-place = You wait: number { $place } in line
mine-you-look-on = You are interested
mine-with-guests = { $count ->
    [one] with one guest
   *[other] with { $count } guests
}
mine-nothing-coming = Nothing is coming up for you. Find something that you would like to go to.
mine-nothing-past = You have been nowhere yet. That is easily changed.
mine-nothing-organised = You organise nothing at the moment. A picnic, a reading, a party: it takes two minutes.
mine-no-drafts = You have no drafts. When you are not sure yet about an event, keep it here until you are.
mine-nothing-organised-before = Nothing that you organised is over yet.
mine-nothing-of-groups = No events of groups are coming up. Join groups or follow them, and what they hold shows up here.
mine-make = Make an event
mine-find-groups = Find groups
mine-find-events = Find events
mine-edit = Edit
mine-going-count = { $count ->
    [0] nobody goes yet
    [one] one person goes
   *[other] { $count } people go
}
mine-interested-count = { $count ->
    [0] nobody is interested
    [one] one is interested
   *[other] { $count } are interested
}
