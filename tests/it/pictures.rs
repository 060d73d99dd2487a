//! The pictures in `tests/pictures`: the good ones come out as they look, the hostile ones do no harm.

use std::path::{Path, PathBuf};

use axum::http::{Method, StatusCode};
use image::RgbaImage;
use owambe::files::Size;
use owambe::images::picture::{Picture, read};
use serde_json::Value;

use crate::helpers::{Person, TestApp};

const AVATAR: &str = "/api/users/profile/avatar/";

type Colours = [[u8; 4]; 4];

const RED: [u8; 4] = [255, 0, 0, 255];
const HOLE: [u8; 4] = [0, 0, 0, 0];
const QUARTERS: Colours = [RED, [0, 255, 0, 255], [0, 0, 255, 255], [255; 4]];
const WITH_HOLE: Colours = [RED, [0, 255, 0, 255], [0, 0, 255, 255], HOLE];

const fn grey(level: u8) -> [u8; 4] {
    [level, level, level, 255]
}

/// What the README of the folder says comes out.
fn expected(name: &str) -> Colours {
    match name {
        "grey.jpg" | "grey16.png" => [grey(0), grey(85), grey(170), grey(255)],
        "grey-alpha.png" => [grey(0), grey(85), grey(170), HOLE],
        "onebit.png" => [grey(0), grey(255), grey(255), grey(0)],
        "rgba.png" | "palette.png" | "still.gif" | "alpha.webp" => WITH_HOLE,
        "wide.jpg" | "tall.png" => [[200, 100, 50, 255]; 4],
        "p3.jpg" | "one.png" => [RED; 4],
        _ => QUARTERS,
    }
}

fn folder(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures").join(name);
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 30, "{} files are in {name}", files.len());
    files
}

fn name(file: &Path) -> &str {
    file.file_name().unwrap().to_str().unwrap()
}

/// The colours in the middles of the quarters.
fn colours(pixels: &RgbaImage) -> Colours {
    let (width, height) = pixels.dimensions();
    let at = |x: u32, y: u32| pixels.get_pixel(width * x / 4, height * y / 4).0;
    [at(1, 1), at(3, 1), at(1, 3), at(3, 3)]
}

/// Whether they look the same: what is not to be seen has no colour.
fn look_alike(one: &Colours, other: &Colours) -> bool {
    one.iter().zip(other).all(|(one, other)| {
        let is_hole = one[3] == 0 && other[3] == 0;
        is_hole || one.iter().zip(other).all(|(one, other)| one.abs_diff(*other) <= 12)
    })
}

fn made_of(file: &Path) -> Picture {
    read(&std::fs::read(file).unwrap()).unwrap_or_else(|err| panic!("{}: {err}", file.display()))
}

#[test]
fn good_pictures_come_out_upright_in_their_colours_and_in_three_sizes() {
    for file in folder("good") {
        let picture = made_of(&file);
        let sides: Vec<_> = picture.sizes.iter().map(|(size, _)| *size).collect();
        assert_eq!(sides, Size::ALL);
        for (size, bytes) in &picture.sizes {
            let pixels = image::load_from_memory(bytes).unwrap().into_rgba8();
            let (seen, said) = (colours(&pixels), expected(name(&file)));
            assert!(look_alike(&seen, &said), "{} {size:?}: {seen:?}", file.display());
            let (width, height) = pixels.dimensions();
            assert!(width <= picture.width && height <= picture.height);
            assert!(width.max(height) <= size.side());
            // As wide to as high as before, within a pixel.
            let skew = i64::from(width) * i64::from(picture.height)
                - i64::from(height) * i64::from(picture.width);
            assert!(skew.abs() <= i64::from(picture.width.max(picture.height)), "{skew}");
        }
        let shape = (picture.width, picture.height);
        match name(&file) {
            "wide.jpg" => assert_eq!(shape, (1500, 40)),
            "tall.png" => assert_eq!(shape, (40, 1500)),
            "large.jpg" => assert_eq!(shape, (2000, 1500)),
            "one.png" => assert_eq!(shape, (1, 1)),
            other => assert_eq!(shape, (48, 32), "{other}"),
        }
    }
}

#[test]
fn what_is_not_picture_is_gone() {
    let mut marked = 0;
    for file in folder("good") {
        const SECRET: &[u8] = b"SECRET-GPS-MARKER";
        let has = |bytes: &[u8]| bytes.windows(SECRET.len()).any(|part| part == SECRET);
        marked += usize::from(has(&std::fs::read(&file).unwrap()));
        for (_, bytes) in made_of(&file).sizes {
            assert!(!has(&bytes), "{} tells", file.display());
            for chunk in [&b"Exif\0"[..], b"http://ns.adobe.com", b"ICC_PROFILE", b"EXIF", b"XMP "]
            {
                assert!(
                    !bytes.windows(chunk.len()).any(|part| part == chunk),
                    "{}",
                    file.display()
                );
            }
        }
    }
    assert!(marked >= 9, "only {marked} files held the secret to begin with");
}

#[test]
fn what_is_sent_twice_is_kept_once() {
    for file in folder("good") {
        let (one, other) = (made_of(&file), made_of(&file));
        assert_eq!(one.sizes, other.sizes, "{}", file.display());
    }
}

/// Which hostile files are refused, and which may come out as harmless pictures.
fn is_harmless(name: &str) -> bool {
    let harmless = [
        "truncated.jpg",
        "bomb-lying.png",
        "bomb-ztxt.png",
        "bomb-iccp.png",
        "lying-size.jpg",
        "lying-size-less.jpg",
        "frame-outside.gif",
        "polyglot.gif",
        "polyglot.jpg",
        "polyglot.png",
    ];
    harmless.contains(&name)
}

async fn check_harmless(app: &TestApp, image: &Value, file: &Path) {
    const MARKER: &[u8] = b"POLYGLOT-MARKER";
    let thumbnails = &image["thumbnails"];
    for url in [&image["url"], &thumbnails["320"], &thumbnails["960"]] {
        let path = url.as_str().unwrap().replace("http://owambe.test", "");
        let served = app.anonymous().get(&path).await;
        assert_eq!(served.status, StatusCode::OK);
        let kind = served.headers["content-type"].to_str().unwrap();
        assert!(["image/jpeg", "image/png", "image/webp"].contains(&kind));
        assert_eq!(served.headers["x-content-type-options"], "nosniff");
        let carries = served.bytes.windows(MARKER.len()).any(|part| part == MARKER);
        assert!(!carries, "{} is still two things", file.display());
        image::load_from_memory(&served.bytes).unwrap();
    }
}

async fn send(ada: &Person<'_>, file: &Path) -> crate::helpers::Reply {
    let bytes = std::fs::read(file).unwrap();
    ada.upload(Method::PUT, AVATAR, &[("image", &bytes)]).await
}

#[tokio::test]
async fn hostile_files_leave_the_server_well_and_the_storage_clean() {
    let app = TestApp::new();
    let ada = app.person("ada").await;

    for file in folder("hostile") {
        let reply = send(&ada, &file).await;
        match reply.status {
            StatusCode::BAD_REQUEST => assert_eq!(reply.faults(), ["image"], "{}", file.display()),
            StatusCode::CREATED | StatusCode::OK if is_harmless(name(&file)) => {
                check_harmless(&app, &reply.json(), &file).await;
            }
            other => panic!("{}: {other} {}", file.display(), reply.text),
        }
    }

    let _where_there_is_one = ada.delete(AVATAR).await;
    app.sql("update files set brought_at = '2000-01-01 00:00:00'").await;
    app.sql("update jobs set run_at = '2000-01-01 00:00:00'").await;
    app.do_jobs().await;
    assert_eq!(app.app.storage.names().await.unwrap(), [""; 0]);
    send(&ada, &folder("good")[0]).await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_unpacked() {
    let app = TestApp::new();
    let ada = app.person("ada").await;

    let heavy = vec![0xff; 10_000_001];
    let reply = ada.upload(Method::PUT, AVATAR, &[("image", &heavy)]).await;
    assert_eq!(reply.expect(StatusCode::PAYLOAD_TOO_LARGE)["code"], "too_large");

    for bomb in ["bomb.png", "bomb.gif", "bomb.webp", "bomb.jpg"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures/hostile").join(bomb);
        let problem = send(&ada, &file).await.expect(StatusCode::BAD_REQUEST);
        let said = problem["errors"]["image"][0].as_str().unwrap();
        assert!(said.contains("more than 40 megapixels"), "{bomb}: {said}");
    }
}

#[tokio::test]
async fn what_is_thinner_than_thread_is_refused_and_what_is_long_is_kept() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let put = async |picture: &[u8]| ada.upload(Method::PUT, AVATAR, &[("image", picture)]).await;

    let refused = put(&crate::helpers::picture(30_001, 1)).await;
    assert_eq!(refused.faults(), ["image"]);
    let long = put(&crate::helpers::picture(30_000, 2)).await.expect(StatusCode::CREATED);
    assert_eq!(long["width"], 30_000);
    let see_through = image::RgbaImage::from_pixel(20_000, 10, image::Rgba([9, 9, 9, 9]));
    let mut png = std::io::Cursor::new(Vec::new());
    see_through.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let kept = put(&png.into_inner()).await.expect(StatusCode::OK);
    assert_eq!((&kept["width"], &kept["content_type"]), (&16_383.into(), &"image/webp".into()));
}
