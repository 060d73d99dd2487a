use axum::http::StatusCode;
use serde_json::json;

use crate::helpers::TestApp;

#[tokio::test]
async fn one_sees_all_of_oneself_and_others_see_no_address() {
    let app = TestApp::new();
    let ada = app.person("ada").await;

    let own = ada.get("/api/users/profile/").await.expect(StatusCode::OK);
    assert_eq!(own["email"], "ada@example.com");
    assert_eq!(own["avatar"], json!(null));

    let public = app.anonymous().get(&format!("/api/users/{}/", ada.id())).await;
    let public = public.expect(StatusCode::OK);
    assert_eq!(public["username"], "ada");
    assert!(public.get("email").is_none() && public.get("timezone").is_none());
}

#[tokio::test]
async fn a_patch_changes_what_is_there_and_a_put_replaces_the_rest() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let path = "/api/users/profile/update/";

    let bio = json!({"bio": "I bring the jollof.", "timezone": "Africa/Lagos"});
    let patched = ada.patch(path, bio).await.expect(StatusCode::OK);
    assert_eq!(patched["username"], "ada");
    assert_eq!(patched["bio"], "I bring the jollof.");
    assert_eq!(patched["timezone"], "Africa/Lagos");
    assert_eq!(ada.patch(path, json!({})).await.expect(StatusCode::OK), patched);

    let cleared = ada.patch(path, json!({"bio": null})).await.expect(StatusCode::OK);
    assert_eq!(cleared["bio"], "");
    assert_eq!(ada.patch(path, json!({"username": null})).await.faults(), ["username"]);

    assert_eq!(ada.put(path, json!({"bio": "x"})).await.faults(), ["email", "username"]);
    let put = json!({"username": "ada2", "email": "ada2@example.com"});
    let replaced = ada.put(path, put).await.expect(StatusCode::OK);
    assert_eq!(replaced["username"], "ada2");
    assert_eq!(replaced["bio"], "");
    assert_eq!(replaced["timezone"], "UTC");
}

#[tokio::test]
async fn nobody_takes_anothers_name_or_address_but_may_keep_their_own() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    app.person("bola").await;
    let path = "/api/users/profile/update/";

    let taken = json!({"username": "BOLA", "email": "Bola@Example.com"});
    assert_eq!(ada.patch(path, taken).await.faults(), ["email", "username"]);

    let own = ada.patch(path, json!({"username": "ADA"})).await.expect(StatusCode::OK);
    assert_eq!(own["username"], "ADA");
}

#[tokio::test]
async fn everything_wrong_with_a_profile_is_said_at_once() {
    let app = TestApp::new();
    let ada = app.person("ada").await;

    let wrong = json!({
        "username": "a b", "email": "nowhere", "display_name": "x".repeat(101),
        "bio": 7, "timezone": "Mars/Olympus",
    });
    let faults = ada.patch("/api/users/profile/update/", wrong).await.faults();
    assert_eq!(faults, ["bio", "display_name", "email", "timezone", "username"]);
}
