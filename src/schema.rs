//! Every table, as the compiler knows it. The migrations say the same to the databases.
#![expect(missing_docs, reason = "the migrations say what each column is")]

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    users (id) {
        id -> BigInt,
        username -> Text,
        username_key -> Text,
        email -> Text,
        email_key -> Text,
        password_hash -> Text,
        display_name -> Text,
        bio -> Text,
        timezone -> Text,
        is_admin -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        avatar -> Nullable<Text>,
        words_version -> BigInt,
        email_verified_at -> Nullable<Timestamp>,
    }
}

table! {
    sessions (id) {
        id -> BigInt,
        user_id -> BigInt,
        generation -> BigInt,
        created_at -> Timestamp,
        used_at -> Timestamp,
        expires_at -> Timestamp,
        user_agent -> Text,
    }
}

table! {
    groups (id) {
        id -> BigInt,
        owner_id -> BigInt,
        name -> Text,
        description -> Text,
        visibility -> Text,
        member_count -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        image -> Nullable<Text>,
        words_version -> BigInt,
        follower_count -> BigInt,
    }
}

table! {
    memberships (group_id, user_id) {
        group_id -> BigInt,
        user_id -> BigInt,
        role -> Text,
        created_at -> Timestamp,
    }
}

table! {
    events (id) {
        id -> BigInt,
        creator_id -> BigInt,
        group_id -> Nullable<BigInt>,
        title -> Text,
        description -> Text,
        location -> Text,
        latitude -> Nullable<Double>,
        longitude -> Nullable<Double>,
        url -> Text,
        start_date -> Date,
        end_date -> Date,
        start_time -> Nullable<Time>,
        end_time -> Nullable<Time>,
        timezone -> Text,
        starts_at -> Timestamp,
        ends_at -> Timestamp,
        days -> BigInt,
        status -> Text,
        visibility -> Text,
        listed -> Bool,
        capacity -> Nullable<BigInt>,
        tags -> Text,
        interested_count -> BigInt,
        going_count -> BigInt,
        popularity -> BigInt,
        comment_count -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        words_version -> BigInt,
        thumbnail -> Nullable<Text>,
        seats_taken -> BigInt,
        rsvp -> Text,
    }
}

table! {
    interests (event_id, user_id) {
        event_id -> BigInt,
        user_id -> BigInt,
        status -> Text,
        created_at -> Timestamp,
        guests -> BigInt,
        line -> Nullable<BigInt>,
    }
}

table! {
    comments (id) {
        id -> BigInt,
        event_id -> BigInt,
        author_id -> Nullable<BigInt>,
        parent_id -> Nullable<BigInt>,
        body -> Text,
        like_count -> BigInt,
        edited -> Bool,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

table! {
    likes (comment_id, user_id) {
        comment_id -> BigInt,
        user_id -> BigInt,
        created_at -> Timestamp,
    }
}

table! {
    tags (id) {
        id -> BigInt,
        name -> Text,
    }
}

table! {
    event_tags (tag_id, event_id) {
        tag_id -> BigInt,
        event_id -> BigInt,
    }
}

table! {
    jobs (id) {
        id -> BigInt,
        kind -> Text,
        subject -> Text,
        run_at -> Timestamp,
        claimed_until -> Nullable<Timestamp>,
        is_wanted_again -> Bool,
        attempts -> BigInt,
        error -> Nullable<Text>,
        failed_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

table! {
    files (name) {
        name -> Text,
        content_type -> Text,
        width -> BigInt,
        height -> BigInt,
        bytes -> BigInt,
        is_leaving -> Bool,
        brought_at -> Timestamp,
    }
}

table! {
    images (id) {
        id -> BigInt,
        file_name -> Text,
        alt -> Text,
        user_id -> Nullable<BigInt>,
        group_id -> Nullable<BigInt>,
        event_id -> Nullable<BigInt>,
        comment_id -> Nullable<BigInt>,
        created_at -> Timestamp,
    }
}

table! {
    idempotency_keys (id) {
        id -> Text,
        fingerprint -> Text,
        running_until -> Timestamp,
        status -> Nullable<BigInt>,
        location -> Nullable<Text>,
        body -> Nullable<Binary>,
        created_at -> Timestamp,
    }
}

table! {
    notifications (id) {
        id -> BigInt,
        user_id -> BigInt,
        kind -> Text,
        actor_id -> Nullable<BigInt>,
        event_id -> Nullable<BigInt>,
        group_id -> Nullable<BigInt>,
        comment_id -> Nullable<BigInt>,
        subject_id -> Nullable<BigInt>,
        title -> Text,
        detail -> Text,
        is_shown -> Bool,
        is_to_be_mailed -> Bool,
        mailed_at -> Nullable<Timestamp>,
        read_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

table! {
    follows (group_id, user_id) {
        group_id -> BigInt,
        user_id -> BigInt,
        created_at -> Timestamp,
    }
}

table! {
    notification_settings (user_id, kind) {
        user_id -> BigInt,
        kind -> Text,
        in_app -> Bool,
        by_mail -> Bool,
    }
}

table! {
    bans (group_id, user_id) {
        group_id -> BigInt,
        user_id -> BigInt,
        actor_id -> Nullable<BigInt>,
        reason -> Text,
        created_at -> Timestamp,
    }
}

table! {
    invitations (id) {
        id -> BigInt,
        group_id -> BigInt,
        inviter_id -> Nullable<BigInt>,
        user_id -> Nullable<BigInt>,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        role -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

table! {
    join_requests (group_id, user_id) {
        group_id -> BigInt,
        user_id -> BigInt,
        message -> Text,
        created_at -> Timestamp,
    }
}

table! {
    announcements (id) {
        id -> BigInt,
        group_id -> BigInt,
        author_id -> Nullable<BigInt>,
        title -> Text,
        body -> Text,
        created_at -> Timestamp,
    }
}

table! {
    group_deeds (id) {
        id -> BigInt,
        group_id -> BigInt,
        actor_id -> Nullable<BigInt>,
        action -> Text,
        user_id -> Nullable<BigInt>,
        detail -> Text,
        created_at -> Timestamp,
    }
}

joinable!(sessions -> users (user_id));
joinable!(notifications -> users (actor_id));
joinable!(groups -> users (owner_id));
joinable!(memberships -> groups (group_id));
joinable!(memberships -> users (user_id));
joinable!(events -> users (creator_id));
joinable!(events -> groups (group_id));
joinable!(event_tags -> tags (tag_id));
joinable!(event_tags -> events (event_id));
joinable!(interests -> events (event_id));
joinable!(interests -> users (user_id));
joinable!(comments -> users (author_id));
joinable!(likes -> comments (comment_id));
joinable!(images -> files (file_name));
joinable!(images -> groups (group_id));
joinable!(images -> events (event_id));
joinable!(follows -> groups (group_id));
joinable!(bans -> users (user_id));
joinable!(invitations -> groups (group_id));
joinable!(join_requests -> users (user_id));
joinable!(announcements -> users (author_id));

allow_tables_to_appear_in_same_query!(
    users,
    sessions,
    groups,
    memberships,
    events,
    interests,
    comments,
    likes,
    tags,
    event_tags,
    jobs,
    files,
    images,
    idempotency_keys,
    notifications,
    notification_settings,
    follows,
    bans,
    invitations,
    join_requests,
    announcements,
    group_deeds
);
