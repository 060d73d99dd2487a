//! Where bytes lie: the same in a folder and in a bucket, and what happens when there is no room.

use axum::http::{Method, StatusCode};
use bytes::Bytes;
use futures_util::TryStreamExt;
use owambe::error::Error;
use owambe::storage::Storage;
use serde_json::json;

use crate::helpers::{TestApp, picture, s3_settings};

async fn read(storage: &Storage, name: &str, range: Option<std::ops::Range<u64>>) -> Vec<u8> {
    let (_, stream) = storage.get(name, range).await.unwrap();
    stream.try_collect::<Vec<Bytes>>().await.unwrap().concat()
}

#[tokio::test]
async fn what_is_put_is_there_whole_and_in_part_until_it_is_deleted() {
    let app = TestApp::new();
    let storage = &app.app.storage;
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| n.to_be_bytes()[3]).collect();

    storage.put("abc.jpg", bytes.clone().into()).await.unwrap();
    storage.put("abc.jpg", bytes.clone().into()).await.unwrap();

    assert_eq!(read(storage, "abc.jpg", None).await, bytes);
    assert_eq!(read(storage, "abc.jpg", Some(1000..1010)).await, bytes[1000..1010]);
    assert_eq!(storage.get("abc.jpg", Some(5..9)).await.unwrap().0, 200_000);
    assert_eq!(storage.size("abc.jpg").await.unwrap(), 200_000);
    assert_eq!(storage.names().await.unwrap(), ["abc.jpg"]);

    storage.delete("abc.jpg").await.unwrap();
    storage.delete("abc.jpg").await.unwrap();
    assert!(matches!(storage.get("abc.jpg", None).await, Err(Error::NotFound(_))));
    assert_eq!(storage.names().await.unwrap(), [""; 0]);
}

#[test]
fn a_storage_url_names_a_bucket_or_a_folder_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/files");

    Storage::open(path.to_str().unwrap()).unwrap();
    Storage::open(&format!("file://{}", path.display())).unwrap();
    assert!(path.is_dir());
    for wrong in ["s3:///prefix", "ftp://party.example/files", "https://party.example"] {
        assert!(Storage::open(wrong).is_err(), "{wrong}");
    }
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let err = Storage::open(file.to_str().unwrap()).unwrap_err();
    assert!(format!("{err:#}").contains("cannot store files in"), "{err:#}");
}

/// A storage that nothing can reach: a folder that is gone, or a bucket with nobody behind it.
fn out_of_reach() -> (Storage, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    if let Some(mut settings) = s3_settings() {
        "http://127.0.0.1:9".clone_into(&mut settings[0].1);
        return (Storage::s3(&"s3://nowhere".parse().unwrap(), settings).unwrap(), dir);
    }
    let path = dir.path().join("files");
    let storage = Storage::folder(&path).unwrap();
    std::fs::remove_dir(&path).unwrap();
    std::fs::write(&path, "not a folder any more").unwrap();
    (storage, dir)
}

#[tokio::test]
async fn while_the_storage_is_down_nothing_is_half_there() {
    let (storage, _dir) = out_of_reach();
    let app = TestApp::with_storage(storage);
    let ada = app.person("ada").await;
    let event = ada.event(json!({})).await;
    let comment = ada.comment(&event, "See you there!").await;

    let path = format!("/api/comments/{}/images/", comment["id"]);
    let reply = ada.upload(Method::POST, &path, &[("image", &picture(9, 9))]).await;

    let problem = reply.expect(StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(problem["code"], "storage_unavailable");
    assert!(reply.headers.contains_key("retry-after"));
    assert!(!reply.text.contains("127.0.0.1") && !reply.text.contains("tmp"), "{}", reply.text);
    let images = app.anonymous().get(&path).await.expect(StatusCode::OK);
    assert_eq!(images["results"], json!([]));
    let shown = app.anonymous().get(&format!("/api/events/{}/", event["id"])).await;
    shown.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_file_that_the_storage_lost_is_not_there() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let path = "/api/users/profile/avatar/";
    let put = ada.upload(Method::PUT, path, &[("image", &picture(9, 9))]).await;
    let avatar = put.expect(StatusCode::CREATED);
    for name in app.app.storage.names().await.unwrap() {
        app.app.storage.delete(&name).await.unwrap();
    }

    let path = avatar["url"].as_str().unwrap().replace("http://owambe.test", "");
    app.anonymous().get(&path).await.expect(StatusCode::NOT_FOUND);
}

#[test]
fn what_lies_in_the_folder_and_is_not_ours_stays() {
    let dir = tempfile::tempdir().unwrap();
    let old = std::time::SystemTime::now() - std::time::Duration::from_hours(72);
    let draft = format!("ab/ab{}.jpg#1", "0".repeat(62));
    for name in ["Holiday/Party #1.jpg", "ab/Party #1.jpg", &draft] {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::File::create(&path).unwrap().set_modified(old).unwrap();
    }

    Storage::folder(dir.path()).unwrap();

    let is_there = |name: &str| dir.path().join(name).exists();
    assert!(is_there("Holiday/Party #1.jpg") && is_there("ab/Party #1.jpg"));
    assert!(!is_there(&draft), "what a dead server left is thrown away");
}
