# What people say under an event.
talk-title = Comments
talk-title-of = Comments on { $event }
talk-back = Back to the event
talk-all = See all comments
talk-previous = Earlier comments
talk-next = Later comments
talk-empty = Nobody has said anything yet. Be the first: ask something, or say what you are looking forward to.
talk-nothing-here = There is nothing more here.
talk-sign-in-first = Sign in to say something

talk-comment-of = Comment by { $name }
talk-picture-of = Picture { $number } by { $name }
talk-edited = edited
talk-answers = in answer to this
talk-deleted = This comment was deleted.
talk-like = Like
talk-likes = { $count ->
    [one] one person likes this
   *[other] { $count } people like this
}
talk-answer = Answer
talk-answer-to = Answer { $name }
talk-edit = Edit
talk-delete = Delete

talk-write = Say something
talk-write-answer = Answer
talk-your-comment = Your comment
talk-your-answer = Your answer
talk-add-pictures = Add pictures
talk-pictures-hint = { $count ->
    [one] One at most,
   *[other] { $count } at most, each
} up to 10 MB: JPEG, PNG, WebP or GIF.
talk-drop-hint = You can also paste them into the text, or drop them here.
talk-describe = Describe your pictures
talk-describe-hint = For people who do not see them. The first description belongs to the first picture, and so on.
talk-describe-one = What picture { $number } shows
talk-alt = What it shows
talk-take-out = Take it out
talk-send = Send
talk-save = Save
talk-cancel = Cancel
talk-refused = Something is not right yet: look at the fields that are marked. Your text is still here, but pictures have to be chosen again.

talk-wrong-kind = { "{name}" } is no JPEG, PNG, WebP or GIF.
talk-too-large = { "{name}" } is larger than 10 MB.
talk-unreadable = { "{name}" } cannot be read as a picture.
talk-too-many = { $count ->
    [0] There is no room for more pictures.
    [one] There is room for one picture.
   *[other] There is room for { $count } pictures.
}
talk-preparing = Getting your pictures ready
talk-ready = { "{count}" } of { "{most}" } pictures
talk-sending = Sending
talk-arrived = All is there. One moment.
talk-failed = This did not get through. Your text and your pictures are still here: try again.
talk-signed-out = You are signed out. Sign in on another page of your browser, then send this again: nothing is lost.

talk-edit-title = Edit your comment
talk-pictures = Pictures
talk-remove = Take away
talk-delete-title = Delete this comment?
talk-delete-warning = Its pictures and its likes go with it. If it has answers, they stay.
talk-delete-really = Delete it
talk-keep = Keep it
