# Accounts: signing up and in, the settings, notifications, and the page of a person.

sign-in-title = Sign in
sign-in-login = Username or e-mail address
sign-in-password = Password
sign-in-button = Sign in
sign-in-forgot = I forgot my password
sign-in-new = New here?
sign-in-sign-up = Get an account

sign-up-title = Get an account
sign-up-why = With an account you can say that you come, hold events of your own, and hear when something changes.
sign-up-name-hint = What others see, such as Ada Obi. Without one, they see your username.
sign-up-email-hint = For letters about your events. Nobody else sees it.
sign-up-button = Sign up
sign-up-known = You have an account already?

password-current = Password that you have now
password-new = New password
password-hint = Of 8 characters at least. A few words that nobody would guess are good.
password-button = Change the password
password-others = Everywhere else where you are signed in, you will have to sign in again.

forgot-title = A new password
forgot-how = Give the address of your account. A letter will bring you a link to choose a new password.
forgot-button = Send the letter
forgot-remembered = I remember it after all
forgot-sent-title = Look into your mail
forgot-sent = If there is an account with this address, a letter is on its way. The link in it is good for an hour. Is it not there in a few minutes, look among the unwanted mail, or ask again.
forgot-again = Ask again

link-void-title = This link is not valid, or not any more
verify-title = Your address
verify-asked-title = Is this your address?
verify-asked = A letter with this link went to it. If you have an account here and this is your address, say so: then the site can write to you.
verify-button = Yes, this is my address
verify-done-title = Thank you
verify-done = Your address is verified.
verify-void = Links are good for three days, and for the address that they were sent to. Ask for a new one in your settings.
verify-to-settings = Go to your settings

reset-title = A new password
reset-for = A new password for { $name }
reset-button = Keep this password
reset-everywhere = Wherever you are signed in, you will have to sign in again.
reset-done-title = Your password is changed
reset-done = Sign in with the new one.
reset-void = Links to a new password are good for an hour, and work once.
reset-ask-anew = Ask for a new one

unsubscribe-title = Letters about { $about }
unsubscribe-asked = Do you want no more of them?
unsubscribe-button = Stop these letters
unsubscribe-done = No more of them will reach you. Your list of notifications stays as it is.
unsubscribe-again = Send them again after all
unsubscribe-again-done = They will reach you again.
unsubscribe-all = Choose for every kind of notification

settings-parts = Parts of the settings
settings-profile = Profile
settings-password = Password
settings-devices = Devices
settings-sessions = Where you are signed in
settings-notifications = What you want to hear of
settings-account = Account
settings-save = Save
settings-saved = That is kept.
settings-verified = This address is verified: letters reach you.
settings-email-hint = Nobody else sees it. A new address has to be verified by a letter.
settings-unverified = Nobody knows yet whether { $email } is yours, so no letters go there. The link in the letter that went to it says so.
settings-send-again = Send the letter again
settings-letter-sent = A letter is on its way to { $email }.
settings-picture = Picture
settings-picture-none = You have no picture yet: others see the first letter of your name.
settings-picture-choose = Choose a picture
settings-picture-hint = JPEG, PNG, WebP or GIF, of up to 10 MB. Where it was taken is left out.
settings-picture-alt = What it shows
settings-picture-alt-hint = For who does not see it, such as: Ada with a drum.
settings-picture-button = Show this picture
settings-picture-remove = Take the picture away
settings-picture-sure = Others will see the first letter of your name.
settings-picture-remove-button = Take it away
settings-about = About
settings-in-list = In the list
settings-by-letter = By letter
settings-in-list-of = In the list: { $about }
settings-by-letter-of = By letter: { $about }
settings-no-letters = Letters reach you once your address is verified.
settings-no-letters-link = Verify it

sessions-why = If you do not know one of these, sign it out and change your password.
sessions-app = An app
sessions-browser = { $browser } on { $system }
sessions-this = this one
sessions-since = Since { $since }, last used on { $used }
sessions-end-of = Sign out { $place }
sessions-end-others = Sign out everywhere else

account-export-title = Take your data along
account-export = Everything that is held about you, in one file (JSON): your profile, your events, comments, answers and settings.
account-export-button = Download everything
account-delete-title = Delete the account
account-delete = Your comments and answers go, and so do your events. Groups that have other members go on with whoever has been there longest, and keep their events. Nobody can bring any of it back.
account-delete-sure = I want to delete my account
account-password-hint = So that nobody else can do this.
account-delete-button = Delete my account for good

notification-settings = Choose what you hear of
notification-none = Nothing new. When something changes about the events and groups that you take part in, it stands here.
notification-gone = What that was about is not there any more, or you cannot see it any more.
notification-none-next = Look at events
notification-unread-count = { $count ->
    [one] One is new.
   *[other] { $count } are new.
}
notification-read-all = Mark all as read
notification-new = new
notification-dismiss = Dismiss
notification-dismiss-of = Dismiss: { $text }
notification-newer = Newer
notification-older = Older
notification-somebody = Somebody
notification-moved-up = A seat at “{ $title }” is yours.
notification-event-changed = “{ $title }” has changed: { $detail }.
notification-event-cancelled = “{ $title }” is cancelled.
notification-event-comment = { $who } wrote under “{ $title }”.
notification-comment-answer = { $who } answered your comment under “{ $title }”.
notification-group-event = There is a new event in a group of yours: “{ $title }”.
notification-group-invitation = { $who } invites you to the group “{ $title }”.
notification-group-request = { $who } asks to join the group “{ $title }”.
notification-request-accepted = You are a member of the group “{ $title }” now.
notification-request-refused = The admins of the group “{ $title }” have not taken you in.
notification-group-role-owner = { $who } has made you the owner of the group “{ $title }”.
notification-group-role-admin = { $who } has made you an admin of the group “{ $title }”.
notification-group-role-member = { $who } has made you a member of the group “{ $title }”.
notification-announcement = { $who } tells the group “{ $title }”: { $detail }
notification-change-title = what it is called
notification-change-place = where it is
notification-change-status = it takes place after all
notification-change-time = when it is

about-moved-up = seats that you get
about-event-changed = changes of events that you take part in
about-event-cancelled = events that are cancelled
about-event-comment = comments on your events
about-comment-answer = answers to your comments
about-group-event = new events of your groups
about-group-invitation = invitations to groups
about-group-request = people who ask to join your groups
about-request-accepted = groups that take you in
about-request-refused = groups that do not take you in
about-group-role = your role in groups
about-announcement = announcements of your groups

person-field-name = Name to go by
person-name-hint = What others see. Without one, they see your username.
person-field-username = Username
person-username-hint = Letters A to Z, digits, dots, dashes and underscores. You sign in with it.
person-field-email = E-mail address
person-field-bio = About you
person-bio-hint = Everybody sees it.
person-field-zone = Time zone
person-zone-hint = Times are shown on the clocks of this zone, such as Africa/Lagos.
person-since = here since { $month }
person-to-settings = Change your profile
person-no-bio = You have said nothing about yourself yet.
person-events = Upcoming events
person-no-events = { $name } has no public events coming up.
person-no-events-own = You have no public events coming up.
person-earlier = Earlier
person-later = Later
