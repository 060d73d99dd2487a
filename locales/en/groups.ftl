# Groups: their pages, their forms, and what is done in them.
group-open = Open
group-closed = Closed
group-private = Private
group-open-means = Everybody sees it, and joins with one click.
group-closed-means = Everybody sees it. The admins let people in who ask.
group-private-means = Only members see it. They are invited.
group-role-owner = owner
group-role-admin = admin
group-role-member = member
group-members-count = { $count ->
    [one] one member
   *[other] { $count } members
}
group-followers-count = { $count ->
    [0] no followers yet
    [one] one follower
   *[other] { $count } followers
}
group-you-are = You: { $role }
group-you-follow = You follow it
group-pages = Pages of the list
group-next = More
group-previous = Back

# The list
group-list-title = Groups
group-list-hint = People who hold events together. Join one, or start your own.
group-list-search = Search groups
group-list-search-button = Search
group-list-chips = Which groups
group-list-all = All
group-list-mine = Mine
group-list-followed = Followed
group-list-found = Groups with “{ $words }”
group-list-all-title = All groups
group-list-mine-title = Groups that you belong to
group-list-followed-title = Groups that you follow
group-list-none = There are no groups here yet.
group-list-none-next = Start the first one, and invite the people you like to meet.
group-list-none-mine = You belong to no group yet.
group-list-none-mine-next = Look around among all groups, or start one of your own.
group-list-none-followed = You follow no group yet.
group-list-none-followed-next = Follow one, and you find its events among yours.
group-list-none-found = No group has these words.
group-list-none-found-next = Try fewer words, or only the beginning of one.
group-list-see-all = See all groups
group-start = Start a group

# Invitations of one's own
group-offers-title = You are invited
group-offers-none = Nobody has invited you at the moment.
group-offers-none-next = When somebody invites you into a group, you can answer here.
group-offer = { $inviter } invites you to { $group }.
group-offer-by-nobody = You are invited to { $group }.
group-offer-as-member = You will be a member. Good until { $until }.
group-offer-as-admin = You will be an admin, and help to look after it. Good until { $until }.
group-offer-accept = Accept
group-offer-decline = Decline
group-offer-accept-which = Accept the invitation to { $group }
group-offer-decline-which = Decline the invitation to { $group }

# Its page, and the tabs of the others
group-tabs = Pages of the group
group-tab-about = About
group-tab-members = Members
group-tab-announcements = Announcements
group-tab-requests = Requests
group-tab-invitations = Invitations
group-tab-bans = Bans
group-tab-audit = Trail
group-edit = Edit
group-owner = Looked after by
group-you = You and this group
group-belong-owner = You own this group.
group-belong-admin = You are an admin of this group.
group-belong-member = You are a member of this group.
group-belong-banned = The admins of this group have banned you. You cannot join it or follow it.
group-belong-not = You are not a member.
group-sign-in = Sign in to join
group-join = Join
group-leave = Leave
group-leave-sure = Leave the group
group-leave-open = You can come back whenever you like.
group-leave-closed = To come back, you would have to ask again.
group-leave-private = You would not see it any more, and come back only by an invitation.
group-leave-owner = Before you leave, hand it over to somebody: see its members.
group-follow = Follow
group-unfollow = Stop following
group-follow-means = Its events show up among yours. Nobody sees who follows.
group-ask = Ask to be let in
group-ask-message = A few words for the admins
group-ask-hint = Who you are, or who you know here. You may leave it empty.
group-ask-send = Send the request
group-asked = You have asked to be let in. The admins will answer.
group-ask-withdraw = Take the request back
group-by-invitation = This group is joined by invitation.
group-new-event = New event
group-events = Next events
group-events-none = Nothing is planned yet.
group-events-none-member = Why not plan something? A walk, a dinner, a party.
group-events-none-guest = Follow the group, and you hear of it when something is.
group-events-calendar = Calendar
group-events-past = Past events
group-events-all = All of its events
group-news = Announcements
group-news-all = All announcements
group-announced-by = by { $author }

# The form
group-new-title = Start a group
group-new-hint = A club, a choir, a street, three friends: whoever holds events together.
group-edit-title = Edit the group
group-name = Name
group-description = What it is about
group-description-hint = Who you are, what you do, and when you meet.
group-visibility = Who may join
group-picture = Picture
group-picture-hint = JPEG, PNG, WebP or GIF, up to 10 MB. Choose it again if the form comes back.
group-picture-alt = What the picture shows
group-picture-alt-hint = For people who cannot see it.
group-picture-remove = Remove the picture
group-create = Start the group
group-save = Save
group-cancel = Cancel
group-delete = Delete the group
group-delete-title = Delete { $group }?
group-delete-means = The group is gone for everybody, with its members, invitations and announcements. There is no way back.
group-delete-events = Its events stay. They belong to whoever made them, and nobody sees them who did not see them before.
group-delete-sure = Yes, delete it
group-delete-not = No, keep it

# Members
group-members-title = Members
group-members-none = Nobody is on this page any more.
group-member-you = you
group-member-since = since { $day }
group-member-manage = Manage
group-member-manage-whom = Manage { $name }
group-member-role = Role
group-member-role-save = Change the role
group-member-hand-over = Make them the owner
group-member-remove = Remove from the group
group-member-ban = Ban
group-member-ban-means = They are out at once, and cannot join, ask or follow until you lift the ban.
group-reason = Reason
group-reason-hint = Only admins see it. You may leave it empty.
group-add-title = Add somebody
group-add-hint = They are in at once, without being asked. To ask them first, invite them.
group-add = Add
group-username = Username
group-hand-over-title = Hand { $group } over to { $name }?
group-hand-over-means = { $name } will own the group: they alone may delete it or hand it on.
group-hand-over-you = You become an admin. Only { $name } can make you the owner again.
group-hand-over-sure = Yes, hand it over
group-hand-over-not = No, go back

# Requests
group-requests-title = Requests
group-requests-none = Nobody is waiting.
group-requests-none-next = When somebody asks to be let in, you hear of it, and they stand here.
group-requests-not-closed = Only closed groups are asked: this one is not.
group-request-at = asked { $when }
group-request-accept = Let in
group-request-refuse = Refuse

# Invitations that it gave out
group-invitations-title = Invitations
group-invitations-hint = An invitation is good for two weeks, and for one person.
group-invite-user = Invite somebody who has an account
group-invite-email = Invite somebody by e-mail
group-invite-link = Make a link
group-invite-link-hint = Whoever has the link can join, once. Send it to one person.
group-invite-role = They will be
group-invite-as-member = a member
group-invite-as-admin = an admin
group-invite-send = Invite
group-invite-send-letter = Send the invitation
group-invite-make-link = Make the link
group-invite-unverified = Confirm your own e-mail address first: then letters can be sent for you.
group-invite-settings = Go to your settings
group-email = E-mail address
group-link-title = Here is the link
group-link-once = It is shown only now. Copy it, and send it to one person.
group-link = Link of the invitation
group-link-copy = Copy or share
group-link-copied = Copied
group-invitations-open = Open invitations
group-invitations-none = No invitation is open.
group-invitations-none-next = Those that you send stand here until they are answered.
group-invitation-of-link = Whoever has the link
group-invitation-as = as { $role }, until { $until }
group-invitation-by = invited by { $inviter }
group-invitation-revoke = Take back
group-invitation-revoke-whose = Take back the invitation of { $name }

# Bans
group-bans-title = Bans
group-bans-none = Nobody is banned.
group-bans-none-next = That is how it should be.
group-ban-by = banned by { $actor }, { $when }
group-ban-at = banned { $when }
group-ban-lift = Lift the ban
group-ban-lift-whose = Lift the ban on { $name }
group-ban-title = Ban somebody

# Announcements
group-announcements-title = Announcements
group-announcements-none = Nothing was announced yet.
group-announcements-none-admin = What you announce here reaches all members.
group-announcements-none-member = When the admins announce something, you hear of it.
group-announce-title = Announce something
group-announce-hint = All members are notified.
group-announcement-title = What it is about
group-announcement-body = What they are to know
group-announce = Announce it
group-announcement-delete = Delete
group-announcement-delete-sure = Delete it for everybody
group-announcements-back = All announcements

# The trail
group-audit-title = Trail
group-audit-hint = What was done to the group, and by whom. Only admins see it.
group-audit-none = Nothing on this page.
group-deed-somebody = somebody whose account is gone
group-deed-reason = Reason: { $reason }
group-deed-field-name = the name
group-deed-field-description = the description
group-deed-field-visibility = who may join
group-deed-created = { $actor } started the group
group-deed-changed = { $actor } changed { $detail }
group-deed-image-changed = { $actor } changed the picture
group-deed-image-removed = { $actor } removed the picture
group-deed-joined = { $actor } joined
group-deed-added = { $actor } added { $user } as { $detail }
group-deed-left = { $actor } left
group-deed-gone = { $user } left: their account was deleted
group-deed-removed = { $actor } removed { $user }
group-deed-role-changed = { $actor } changed the role of { $user } to { $detail }
group-deed-handed-over = { $actor } handed the group over to { $user }
group-deed-inherited = { $user } became the owner, as the account of the last one was deleted
group-deed-invited = { $actor } invited { $user } as { $detail }
group-deed-invited-somebody = { $actor } made an invitation for a new { $detail }
group-deed-invitation-accepted = { $actor } accepted an invitation
group-deed-invitation-declined = { $actor } declined an invitation
group-deed-invitation-revoked = { $actor } took back the invitation of { $user }
group-deed-invitation-taken-back = { $actor } took back an invitation
group-deed-requested = { $actor } asked to be let in
group-deed-request-withdrawn = { $actor } took their request back
group-deed-request-accepted = { $actor } let { $user } in
group-deed-request-refused = { $actor } refused the request of { $user }
group-deed-banned = { $actor } banned { $user }
group-deed-unbanned = { $actor } lifted the ban on { $user }
group-deed-announced = { $actor } announced “{ $detail }”
group-deed-announcement-deleted = { $actor } deleted the announcement “{ $detail }”
group-deed-event-created = { $actor } made the event “{ $detail }”
group-deed-event-changed = { $actor } changed the event “{ $detail }”
group-deed-event-cancelled = { $actor } cancelled the event “{ $detail }”
group-deed-event-deleted = { $actor } deleted the event “{ $detail }”
group-deed-event-moved-in = { $actor } moved the event “{ $detail }” into the group
group-deed-event-moved-out = { $actor } moved the event “{ $detail }” out of the group

# The page behind an invitation's link
group-link-page = An invitation
group-link-welcome = Welcome to { $group }
group-link-welcome-member = You are a member now.
group-link-welcome-admin = You are an admin now.
group-link-look = Sign in and look around
group-link-invited = You are invited to { $group }
group-link-by = { $inviter } would like to have you there.
group-link-as-member = As a member. The invitation is good until { $until }, for one person.
group-link-as-admin = As an admin. The invitation is good until { $until }, for one person.
group-link-join-as = Join as { $name }
group-link-somebody-else = Not { $name }? Sign out first, then open the link again.
group-link-known = I have an account
group-link-login = Username or e-mail address
group-link-password = Password
group-link-join = Join
group-link-new = I am new
group-link-username-hint = Letters, digits, dots, dashes and underscores.
group-link-password-hint = 8 characters at least.
group-link-sign-up = Sign up and join
group-link-void = This invitation is not valid, or not any more
group-link-void-next = An invitation is good for two weeks, and for one person. Ask whoever invited you for a new one.
