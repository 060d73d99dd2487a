//! Who may do what: every route, every role, and every kind of object, against a table.
//!
//! A route that is not in the table fails the test. So does one that says of a hidden object
//! anything else than of one that does not exist.

use std::collections::BTreeMap;

use axum::http::Method;
use diesel::connection::SimpleConnection;
use owambe::db::Tx;
use owambe::error::Result;
use owambe::events::seats::{Answer, Wish};
use owambe::events::{self, Change, Day, Status, Title};
use owambe::files::Size;
use owambe::groups::{self, GroupId, Name, NewGroup, Role, Visibility};
use owambe::images::{self, Alt, Kept, Place};
use owambe::input::Input;
use owambe::notifications::{Kind, Notice};
use owambe::users::{User, Username};
use owambe::{comments, interests, notifications, sessions};
use serde_json::{Value, json};

use crate::helpers::{PASSWORD, Reply, TestApp, picture};
use crate::openapi::operations;

/// The columns. `member`, `admin` and `owner` are so in the groups that the objects belong to;
/// `revoked` and `expired` are a member's tokens.
///
/// The rows under a route: `own` is an object that the caller made; the others were made by
/// somebody else: `other` in an open group, `private` in a private group, `draft` not published,
/// `none` does not exist. `-` stands where a route has no object.
///
/// For interests, `own` and `other` say whose they are; `private`, `draft` and `none` say which
/// event one's own are about. For members, `own` is the caller in the open group, `other` somebody
/// else there, `private` somebody else in the private one. So it is for bans and for requests, whose
/// open group is a closed one. For invitations, `own` is one of the caller, `other` and `private` are
/// of somebody else.
const TABLE: &str = "
                                              anonymous stranger member admin owner site revoked expired
POST /api/users/register/
  -                                              201      201     201    201   201   201   401     401
POST /api/users/login/
  -                                              200      200     200    200   200   200   401     401
POST /api/users/token/refresh/
  -                                              400      400     400    400   400   400   401     401
POST /api/users/logout/
  -                                              401      204     204    204   204   204   401     401
POST /api/users/password/change/
  -                                              401      400     400    400   400   400   401     401
GET /api/users/
  -                                              401      400     400    400   400   400   401     401
POST /api/users/email/verify/send/
  -                                              401      204     204    204   204   204   401     401
POST /api/users/email/verify/
POST /api/users/password/reset/confirm/
  -                                              400      400     400    400   400   400   401     401
POST /api/users/password/reset/
  -                                              204      204     204    204   204   204   401     401
GET /api/users/profile/
  -                                              401      200     200    200   200   200   401     401
DELETE /api/users/profile/
  -                                              401      400     400    400   400   400   401     401
GET /api/users/profile/export/
  -                                              401      200     200    200   200   200   401     401
PUT /api/users/profile/update/
PATCH /api/users/profile/update/
  -                                              401      200     200    200   200   200   401     401
GET /api/users/profile/avatar/
  -                                              401      200     200    200   200   200   401     401
PUT /api/users/profile/avatar/
  -                                              401      201     201    201   201   201   401     401
DELETE /api/users/profile/avatar/
  -                                              401      204     204    204   204   204   401     401
GET /api/users/{id}/
  own                                            200      200     200    200   200   200   401     401
  other                                          200      200     200    200   200   200   401     401
  none                                           404      404     404    404   404   404   401     401

GET /api/notifications/
GET /api/notifications/settings/
POST /api/notifications/read/
  -                                              401      200     200    200   200   200   401     401
POST /api/notifications/{id}/read/
  own                                            401      200     200    200   200   200   401     401
  other                                          401      404     404    404   404   404   401     401
  none                                           401      404     404    404   404   404   401     401
DELETE /api/notifications/{id}/read/
DELETE /api/notifications/{id}/
  own                                            401      204     204    204   204   204   401     401
  other                                          401      404     404    404   404   404   401     401
  none                                           401      404     404    404   404   404   401     401
PATCH /api/notifications/settings/{kind}/
  own                                            401      200     200    200   200   200   401     401
  none                                           401      404     404    404   404   404   401     401

GET /api/events/
  -                                              200      200     200    200   200   200   401     401
GET /api/tags/
  -                                              200      200     200    200   200   200   401     401
POST /api/events/create/
POST /api/events/
  -                                              401      201     201    201   201   201   401     401
GET /api/events/{id}/
GET /api/events/{id}/comments/
GET /api/events/{id}/thumbnail/
GET /api/comments/{id}/images/
GET /api/images/{id}/
GET /images/{name}
  own                                            200      200     200    200   200   200   401     401
  other                                          200      200     200    200   200   200   401     401
  private                                        404      404     200    200   200   200   401     401
  draft                                          404      404     404    200   200   200   401     401
  none                                           404      404     404    404   404   404   401     401
PUT /api/events/update/{id}/
PUT /api/events/{id}/
PATCH /api/events/update/{id}/
PATCH /api/events/{id}/
GET /api/events/{id}/interests/
  own                                            401      200     200    200   200   200   401     401
  other                                          401      403     403    200   200   200   401     401
  private                                        401      404     403    200   200   200   401     401
  draft                                          401      404     404    200   200   200   401     401
  none                                           401      404     404    404   404   404   401     401
GET /api/events/{id}/interests.csv
  own                                            401      200     200    200   200   200   401     401
  other                                          401      403     403    200   200   200   401     401
  private                                        401      404     403    200   200   200   401     401
  draft                                          401      404     404    200   200   200   401     401
  none                                           401      404     404    404   404   404   401     401
PUT /api/events/{id}/interests/{user_id}/
  own                                            401      200     200    200   200   200   401     401
  other                                          401      403     403    200   200   200   401     401
  private                                        401      404     403    200   200   200   401     401
  draft                                          401      404     404    200   200   200   401     401
  none                                           401      404     404    404   404   404   401     401
DELETE /api/events/{id}/interests/{user_id}/
  own                                            401      204     204    204   204   204   401     401
  other                                          401      403     403    204   204   204   401     401
  private                                        401      404     403    204   204   204   401     401
  draft                                          401      404     404    204   204   204   401     401
  none                                           401      404     404    404   404   404   401     401
DELETE /api/events/delete/{id}/
DELETE /api/events/{id}/
DELETE /api/events/{id}/thumbnail/
  own                                            401      204     204    204   204   204   401     401
  other                                          401      403     403    204   204   204   401     401
  private                                        401      404     403    204   204   204   401     401
  draft                                          401      404     404    204   204   204   401     401
  none                                           401      404     404    404   404   404   401     401
PUT /api/events/{id}/thumbnail/
  own                                            401      201     201    201   201   201   401     401
  other                                          401      403     403    201   201   201   401     401
  private                                        401      404     403    201   201   201   401     401
  draft                                          401      404     404    201   201   201   401     401
  none                                           401      404     404    404   404   404   401     401
POST /api/events/{id}/comments/
POST /api/comments/{id}/like/
  own                                            401      201     201    201   201   201   401     401
  other                                          401      201     201    201   201   201   401     401
  private                                        401      404     201    201   201   201   401     401
  draft                                          401      404     404    201   201   201   401     401
  none                                           401      404     404    404   404   404   401     401
DELETE /api/comments/{id}/like/
  own                                            401      204     204    204   204   204   401     401
  other                                          401      204     204    204   204   204   401     401
  private                                        401      404     204    204   204   204   401     401
  draft                                          401      404     404    204   204   204   401     401
  none                                           401      404     404    404   404   404   401     401
PATCH /api/comments/{id}/
  own                                            401      200     200    200   200   200   401     401
  other                                          401      403     403    403   403   403   401     401
  private                                        401      404     403    403   403   403   401     401
  draft                                          401      404     404    403   403   403   401     401
  none                                           401      404     404    404   404   404   401     401
POST /api/comments/{id}/images/
  own                                            401      201     201    201   201   201   401     401
  other                                          401      403     403    403   403   403   401     401
  private                                        401      404     403    403   403   403   401     401
  draft                                          401      404     404    403   403   403   401     401
  none                                           401      404     404    404   404   404   401     401
DELETE /api/comments/{id}/
DELETE /api/images/{id}/
  own                                            401      204     204    204   204   204   401     401
  other                                          401      403     403    204   204   204   401     401
  private                                        401      404     403    204   204   204   401     401
  draft                                          401      404     404    204   204   204   401     401
  none                                           401      404     404    404   404   404   401     401

POST /api/users/{user_id}/interests/{event_id}/
PUT /api/users/{user_id}/interests/{event_id}/
  own                                            401      201     201    201   201   201   401     401
  other                                          401      403     403    403   403   403   401     401
  private                                        401      404     201    201   201   201   401     401
  draft                                          401      404     404    201   201   201   401     401
  none                                           401      404     404    404   404   404   401     401
DELETE /api/users/{user_id}/interests/{event_id}/remove/
DELETE /api/users/{user_id}/interests/{event_id}/
  own                                            401      204     204    204   204   204   401     401
  other                                          401      403     403    403   403   403   401     401
  private                                        401      404     204    204   204   204   401     401
  draft                                          401      404     404    204   204   204   401     401
  none                                           401      404     404    404   404   404   401     401
GET /api/users/{id}/interests/
  own                                            401      200     200    200   200   200   401     401
  other                                          401      403     403    403   403   403   401     401
  none                                           401      403     403    403   403   403   401     401

GET /api/groups/
  -                                              200      200     200    200   200   200   401     401
POST /api/groups/
  -                                              401      201     201    201   201   201   401     401
GET /api/groups/{id}/
GET /api/groups/{id}/members/
GET /api/groups/{id}/events/
GET /api/groups/{id}/image/
  own                                            200      200     200    200   200   200   401     401
  other                                          200      200     200    200   200   200   401     401
  private                                        404      404     200    200   200   200   401     401
  none                                           404      404     404    404   404   404   401     401
PUT /api/groups/{id}/update/
PUT /api/groups/{id}/
PATCH /api/groups/{id}/update/
PATCH /api/groups/{id}/
  own                                            401      200     200    200   200   200   401     401
  other                                          401      403     403    200   200   200   401     401
  private                                        401      404     403    200   200   200   401     401
  none                                           401      404     404    404   404   404   401     401
PUT /api/groups/{id}/image/
  own                                            401      201     201    201   201   201   401     401
  other                                          401      403     403    201   201   201   401     401
  private                                        401      404     403    201   201   201   401     401
  none                                           401      404     404    404   404   404   401     401
DELETE /api/groups/{id}/image/
  own                                            401      204     204    204   204   204   401     401
  other                                          401      403     403    204   204   204   401     401
  private                                        401      404     403    204   204   204   401     401
  none                                           401      404     404    404   404   404   401     401
DELETE /api/groups/{id}/delete/
DELETE /api/groups/{id}/
  own                                            401      204     204    204   204   204   401     401
  other                                          401      403     403    403   204   204   401     401
  private                                        401      404     403    403   204   204   401     401
  none                                           401      404     404    404   404   404   401     401
POST /api/groups/{group_id}/members/{user_id}/
  own                                            401      201     200    200   200   201   401     401
  other                                          401      403     403    201   201   201   401     401
  private                                        401      404     403    201   201   201   401     401
  none                                           401      404     404    404   404   404   401     401
DELETE /api/groups/{group_id}/members/{user_id}/remove/
DELETE /api/groups/{group_id}/members/{user_id}/
  own                                            401      404     204    204   409   404   401     401
  other                                          401      403     403    204   204   204   401     401
  private                                        401      404     403    204   204   204   401     401
  none                                           401      404     404    404   404   404   401     401

GET /api/groups/{id}/bans/
GET /api/groups/{id}/requests/
GET /api/groups/{id}/invitations/
GET /api/groups/{id}/audit/
  own                                            401      200     200    200   200   200   401     401
  other                                          401      403     403    200   200   200   401     401
  private                                        401      404     403    200   200   200   401     401
  none                                           401      404     404    404   404   404   401     401
PUT /api/groups/{group_id}/bans/{user_id}/
  own                                            401      403     403    403   403   403   401     401
  other                                          401      403     403    201   201   201   401     401
  private                                        401      404     403    201   201   201   401     401
  none                                           401      404     404    404   404   404   401     401
DELETE /api/groups/{group_id}/bans/{user_id}/
  own                                            401      403     403    404   404   404   401     401
  other                                          401      403     403    204   204   204   401     401
  private                                        401      404     403    204   204   204   401     401
  none                                           401      404     404    404   404   404   401     401
POST /api/groups/{id}/invitations/
POST /api/groups/{id}/announcements/
  own                                            401      201     201    201   201   201   401     401
  other                                          401      403     403    201   201   201   401     401
  private                                        401      404     403    201   201   201   401     401
  none                                           401      404     404    404   404   404   401     401
GET /api/invitations/
  -                                              401      200     200    200   200   200   401     401
POST /api/invitations/accept/
  -                                              401      400     400    400   400   400   401     401
POST /api/invitations/{id}/accept/
  own                                            401      201     201    201   201   201   401     401
  other                                          401      404     404    404   404   404   401     401
  private                                        401      404     404    404   404   404   401     401
  none                                           401      404     404    404   404   404   401     401
DELETE /api/invitations/{id}/
  own                                            401      204     204    204   204   204   401     401
  other                                          401      404     404    204   204   204   401     401
  private                                        401      404     404    204   204   204   401     401
  none                                           401      404     404    404   404   404   401     401
POST /api/groups/{id}/requests/
  own                                            401      409     409    409   409   409   401     401
  other                                          401      201     409    409   409   201   401     401
  private                                        401      404     409    409   409   403   401     401
  none                                           401      404     404    404   404   404   401     401
POST /api/groups/{group_id}/requests/{user_id}/accept/
  own                                            401      403     403    404   404   201   401     401
  other                                          401      403     403    201   201   201   401     401
  private                                        401      404     403    201   201   201   401     401
  none                                           401      404     404    404   404   404   401     401
DELETE /api/groups/{group_id}/requests/{user_id}/
  own                                            401      204     404    404   404   204   401     401
  other                                          401      403     403    204   204   204   401     401
  private                                        401      404     403    204   204   204   401     401
  none                                           401      404     404    404   404   404   401     401
GET /api/groups/{id}/announcements/
GET /api/groups/{group_id}/announcements/{id}/
  own                                            401      200     200    200   200   200   401     401
  other                                          401      403     200    200   200   200   401     401
  private                                        401      404     200    200   200   200   401     401
  none                                           401      404     404    404   404   404   401     401
DELETE /api/groups/{group_id}/announcements/{id}/
  own                                            401      204     204    204   204   204   401     401
  other                                          401      403     403    204   204   204   401     401
  private                                        401      404     403    204   204   204   401     401
  none                                           401      404     404    404   404   404   401     401
POST /api/groups/{id}/follow/
  own                                            401      201     201    201   201   201   401     401
  other                                          401      201     201    201   201   201   401     401
  private                                        401      404     201    201   201   201   401     401
  none                                           401      404     404    404   404   404   401     401
DELETE /api/groups/{id}/follow/
  own                                            401      204     204    204   204   204   401     401
  other                                          401      204     204    204   204   204   401     401
  private                                        401      404     204    204   204   204   401     401
  none                                           401      404     404    404   404   404   401     401
";

const NOBODY: i64 = 999_999;

type Route = (Method, String);
type Rows = Vec<(String, Vec<u16>)>;

/// The table, read: the roles, and the rows of each route.
fn table() -> (Vec<String>, Vec<(Route, Rows)>) {
    let mut lines = TABLE.lines().filter(|line| !line.trim().is_empty());
    let roles = lines.next().unwrap().split_whitespace().map(str::to_owned).collect();
    let mut routes: Vec<(Route, Rows)> = Vec::new();
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        if !line.starts_with(' ') {
            let route = (words[0].parse().unwrap(), words[1].to_owned());
            routes.push((route, Vec::new()));
            continue;
        }
        let row = (words[0].to_owned(), words[1..].iter().map(|it| it.parse().unwrap()).collect());
        // The rows belong to every route above them that has none yet, or has the same ones.
        let rows_of_last = routes.last().unwrap().1.clone();
        for (_, rows) in routes.iter_mut().rev().take_while(|(_, rows)| *rows == rows_of_last) {
            if rows.len() == rows_of_last.len() {
                rows.push(row.clone());
            }
        }
    }
    (roles, routes)
}

/// The people of the table, and those who made the objects.
struct World {
    app: TestApp,
    people: BTreeMap<&'static str, User>,
}

/// What a cell of the table is about, made for it alone.
struct Target {
    path: String,
    body: Option<Value>,
}

impl World {
    async fn new() -> Self {
        let app = TestApp::new();
        let mut people = BTreeMap::new();
        for role in ["stranger", "member", "admin", "owner", "maker", "newcomer"] {
            people.insert(role, app.person(role).await.user.clone());
        }
        people.insert("site", app.site_admin("site").await.user.clone());
        Self { app, people }
    }

    fn user(&self, role: &str) -> User {
        self.people.get(role).unwrap_or(&self.people["member"]).clone()
    }

    async fn token(&self, role: &str) -> Option<String> {
        if role == "anonymous" {
            return None;
        }
        let user = self.user(role);
        let token = self.app.token(&user, role != "expired").await;
        if role == "revoked" {
            self.app
                .write(move |tx| {
                    let all = sessions::list(tx, user.id)?;
                    sessions::delete(tx, all.last().unwrap().id)
                })
                .await;
        }
        Some(token)
    }

    /// A group with everybody in it who should be.
    async fn group(&self, visibility: Visibility) -> GroupId {
        let people = ["admin", "member", "maker"].map(|role| self.user(role));
        let owner = self.user("owner");
        self.app
            .write(move |tx| {
                let name = Name::from_text("Jollof Society").unwrap();
                let new =
                    NewGroup { name, description: groups::Description::default(), visibility };
                let group = groups::create(tx, &owner, &new)?.id;
                for (number, person) in people.iter().enumerate() {
                    let role = if number == 0 { Role::Admin } else { Role::Member };
                    groups::add_member(tx, &owner, group, person.id, Some(role))?;
                }
                Ok(group)
            })
            .await
    }

    async fn event(&self, object: &str, caller: &User) -> i64 {
        let (creator, group) = match object {
            "none" => return NOBODY,
            "own" => (caller.clone(), None),
            "private" => (self.user("maker"), Some(self.group(Visibility::Private).await)),
            _ => (self.user("maker"), Some(self.group(Visibility::Open).await)),
        };
        let change = Change {
            title: Some(Title::from_text("Owambe").unwrap()),
            start_date: Some(Day::from_text("2030-01-01").unwrap()),
            status: (object == "draft").then_some(Status::Draft),
            group: Some(group),
            ..Change::default()
        };
        let event =
            self.app.write(move |tx| events::create(tx, &creator, &change, creator.timezone));
        event.await.id.0
    }

    /// An event, and a comment on it; the caller likes it already, where they may.
    async fn comment(&self, object: &str, caller: &User, liked: bool) -> (i64, i64) {
        if object == "none" {
            return (NOBODY, NOBODY);
        }
        let (event, author) = match object {
            "own" => (self.event("other", caller).await, caller.clone()),
            object => (self.event(object, caller).await, self.user("maker")),
        };
        let caller = caller.clone();
        let comment = self.app.write(move |tx| {
            let text = comments::Text::from_text("Owambe!").unwrap();
            let comment = comments::create(tx, &author, events::EventId(event), &text, None)?;
            if liked {
                let _where_they_may = comments::like(tx, &caller, comment.id);
            }
            Ok((event, comment.id.0))
        });
        comment.await
    }

    async fn group_of(&self, object: &str, caller: &User) -> i64 {
        match object {
            "none" => NOBODY,
            "private" => self.group(Visibility::Private).await.0,
            "own" => {
                let (caller, name) = (caller.clone(), Name::from_text("Mine").unwrap());
                let description = groups::Description::default();
                let new = NewGroup { name, description, visibility: Visibility::Open };
                self.app.write(move |tx| groups::create(tx, &caller, &new)).await.id.0
            }
            _ => self.group(Visibility::Open).await.0,
        }
    }

    /// Whose interest in what; it is there already where it is to be removed.
    async fn interest(&self, object: &str, caller: &User, is_there: bool) -> (i64, i64) {
        let event = self.event(if object == "own" { "other" } else { object }, caller).await;
        let user = if object == "other" { self.user("maker") } else { caller.clone() };
        if is_there && object != "none" {
            let (id, owner) = (events::EventId(event), user.clone());
            let interested = self.app.db.write(move |tx| {
                let going = Answer { wish: Some(Wish::Going), guests: None };
                interests::create(tx, &owner, owner.id, id, going).map(drop)
            });
            let _where_they_may: Result<()> = interested.await;
        }
        (user.id.0, event)
    }

    /// Gives something a picture that nothing else has. Tells the picture's id, and where its file is.
    async fn picture(&self, place: Place) -> (i64, String) {
        let png = owambe::images::picture::read(&picture(2, 2)).unwrap();
        let name = images::keep(&self.app.app, png).await.unwrap();
        let kept = Kept { name, alt: Alt::default() };
        let by = self.user("maker").id;
        let image = self.app.write(move |tx| match place {
            Place::Comment(..) => images::add(tx, place, &kept),
            _ => Ok(images::put(tx, by, place, &kept)?.0),
        });
        let image = image.await;
        (image.id.0, image.file.name.sized(Size::Small))
    }

    /// A comment with a picture: the picture's id, and where its file is.
    async fn commented_picture(&self, object: &str, caller: &User) -> (i64, String) {
        let (event, comment) = self.comment(object, caller, false).await;
        if object == "none" {
            return (NOBODY, format!("{}.jpg", "0".repeat(64)));
        }
        self.picture(Place::Comment(events::EventId(event), comment)).await
    }

    async fn membership(&self, object: &str, caller: &User, method: &Method) -> (i64, i64) {
        let group = self.group_of(if object == "own" { "other" } else { object }, caller).await;
        let user = match object {
            "own" => caller.clone(),
            _ if method == Method::DELETE => self.user("maker"),
            _ => self.user("newcomer"),
        };
        (group, user.id.0)
    }

    /// An event or a group, with a picture unless that is to be made.
    async fn with_picture(&self, path: &str, object: &str, caller: &User, method: &Method) -> i64 {
        let (id, place) = if path.starts_with("/api/events/") {
            let id = self.event(object, caller).await;
            (id, Place::Event(events::EventId(id)))
        } else {
            let id = self.group_of(object, caller).await;
            (id, Place::Group(GroupId(id)))
        };
        if object != "none" && method != Method::PUT {
            self.picture(place).await;
        }
        id
    }

    /// Something that the caller should know of, or somebody else.
    async fn notification(&self, object: &str, caller: &User) -> i64 {
        let reader = match object {
            "own" => caller.id,
            "none" => return NOBODY,
            _ => self.user("maker").id,
        };
        let notice = Notice::new(Kind::EventChanged, None, "Owambe");
        let tell = move |tx: &mut Tx| {
            notifications::notify(tx, &[reader], &notice)?;
            Ok(notifications::all_of(tx, reader)?.pop().unwrap().id.0)
        };
        self.app.write(tell).await
    }

    /// What the routes of communities are about: a group and perhaps somebody, an announcement or an
    /// invitation.
    async fn community(
        &self,
        (method, path): &Route,
        object: &str,
        caller: &User,
    ) -> Option<Vec<i64>> {
        let delete = method == Method::DELETE;
        let about = ["/bans/{", "/requests/", "/announcements/{", "/invitations/{"];
        let is_unfollowed = delete && path.ends_with("/follow/");
        if !is_unfollowed && !about.iter().any(|part| path.contains(part)) {
            return None;
        }
        if object == "none" {
            return Some(vec![NOBODY, NOBODY]);
        }
        let open = if object == "own" { "other" } else { object };
        let somebody = if object == "own" { caller.clone() } else { self.user("newcomer") };
        if path.contains("/bans/{user_id}/") {
            let group = self.group_of(open, caller).await;
            if delete && object != "own" {
                let (owner, id) = (self.user("owner"), somebody.id);
                let reason = groups::Reason::default();
                self.app
                    .write(move |tx| groups::ban(tx, &owner, GroupId(group), id, &reason).map(drop))
                    .await;
            }
            return Some(vec![group, somebody.id.0]);
        }
        if path.contains("/requests/") {
            if !path.contains("{user_id}") && object == "own" {
                return Some(vec![self.group_of("own", caller).await]);
            }
            let group = self.group(Visibility::Closed).await;
            if path.contains("{user_id}") {
                let asking = somebody.clone();
                let asked = self.app.db.write(move |tx| {
                    groups::ask(tx, &asking, group, &groups::Message::default()).map(drop)
                });
                let _where_they_may: Result<()> = asked.await;
            }
            if object == "private" {
                // Behind the back of the house, which knows no requests to private groups.
                let hide = format!("update groups set visibility = 'private' where id = {group}");
                self.app.write(move |tx| Ok(tx.conn().batch_execute(&hide)?)).await;
            }
            return Some(vec![group.0, somebody.id.0]);
        }
        if path.contains("/announcements/{id}/") {
            let group = self.group_of(object, caller).await;
            let author = if object == "own" { caller.clone() } else { self.user("owner") };
            let told = self.app.write(move |tx| {
                let title = groups::Title::from_text("We move").unwrap();
                let body = groups::Body::from_text("To the park.").unwrap();
                groups::announce(tx, &author, GroupId(group), &title, &body)
            });
            return Some(vec![group, told.await.id.0]);
        }
        if path.starts_with("/api/invitations/{id}/") {
            let (inviter, group) = match object {
                "own" => {
                    let maker = self.user("maker");
                    (maker.clone(), self.group_of("own", &maker).await)
                }
                _ => (self.user("owner"), self.group_of(object, caller).await),
            };
            let whom = groups::Invitee::User(Username::from_text(&somebody.username).unwrap());
            let invitation = self
                .app
                .write(move |tx| groups::invite(tx, &inviter, GroupId(group), &whom, Role::Member));
            return Some(vec![invitation.await.id.0]);
        }
        let group = self.group_of(object, caller).await;
        let caller = caller.clone();
        let followed =
            self.app.db.write(move |tx| groups::follow(tx, &caller, GroupId(group)).map(drop));
        let _where_they_may: Result<()> = followed.await;
        Some(vec![group])
    }

    async fn target(&self, route: &Route, object: &str, caller: &User) -> Target {
        let (method, path) = route;
        let delete = method == Method::DELETE;
        if let Some(ids) = self.community(route, object, caller).await {
            let mut ids = ids.into_iter();
            let parts = path.split('/').map(|part| match part.starts_with('{') {
                true => ids.next().unwrap().to_string(),
                false => part.to_owned(),
            });
            let parts: Vec<String> = parts.collect();
            let path = parts.join("/");
            let body = body(method, &path, caller);
            return Target { path, body };
        }
        let put = |path: &str, values: &[(&str, i64)]| {
            values.iter().fold(path.to_owned(), |path, (name, id)| {
                path.replace(&format!("{{{name}}}"), &id.to_string())
            })
        };
        let path = if path.contains("/interests/{user_id}/") {
            let event = self.event(object, caller).await;
            let guest = self.user("maker");
            if object != "none" {
                let (id, owner) = (events::EventId(event), guest.clone());
                let going = Answer { wish: Some(Wish::Going), guests: None };
                let going = self
                    .app
                    .db
                    .write(move |tx| interests::create(tx, &owner, owner.id, id, going).map(drop));
                going.await.unwrap();
            }
            put(path, &[("id", event), ("user_id", guest.id.0)])
        } else if path.contains("/interests/{event_id}/") {
            let (user, event) = self.interest(object, caller, delete).await;
            put(path, &[("user_id", user), ("event_id", event)])
        } else if path.contains("/members/{user_id}/") {
            let (group, user) = self.membership(object, caller, method).await;
            put(path, &[("group_id", group), ("user_id", user)])
        } else if path.ends_with("/avatar/") {
            if method != Method::PUT {
                self.picture(Place::User(caller.id)).await;
            }
            path.clone()
        } else if !path.contains('{') {
            path.clone()
        } else if path.ends_with("/{kind}/") {
            path.replace("{kind}", if object == "none" { "nonsense" } else { "moved_up" })
        } else if path.starts_with("/api/notifications/") {
            put(path, &[("id", self.notification(object, caller).await)])
        } else if path.ends_with("/thumbnail/") || path.ends_with("/image/") {
            let id = self.with_picture(path, object, caller, method).await;
            put(path, &[("id", id)])
        } else if path.starts_with("/images/") {
            path.replace("{name}", &self.commented_picture(object, caller).await.1)
        } else if path.starts_with("/api/images/") {
            put(path, &[("id", self.commented_picture(object, caller).await.0)])
        } else if path.starts_with("/api/events/") {
            put(path, &[("id", self.event(object, caller).await)])
        } else if path.starts_with("/api/comments/") {
            let liked = delete && path.ends_with("/like/");
            put(path, &[("id", self.comment(object, caller, liked).await.1)])
        } else if path.starts_with("/api/groups/") {
            put(path, &[("id", self.group_of(object, caller).await)])
        } else {
            let other = self.user("maker").id.0;
            let id = match object {
                "own" => caller.id.0,
                "none" => NOBODY,
                _ => other,
            };
            put(path, &[("id", id)])
        };
        let body = body(method, &path, caller);
        Target { path, body }
    }

    async fn ask(&self, route: &Route, object: &str, role: &str) -> Reply {
        let target = self.target(route, object, &self.user(role)).await;
        let mut visitor = self.app.anonymous();
        visitor.token = self.token(role).await;
        let is_picture = ["/avatar/", "/thumbnail/", "/image/", "/images/"];
        if [Method::PUT, Method::POST].contains(&route.0)
            && is_picture.iter().any(|end| route.1.ends_with(end))
        {
            let png = picture(2, 2);
            return visitor.upload(route.0.clone(), &target.path, &[("image", &png)]).await;
        }
        visitor.send(route.0.clone(), &target.path, target.body).await
    }
}

/// A body that is right where one is needed.
fn body(method: &Method, path: &str, caller: &User) -> Option<Value> {
    let writes = [Method::POST, Method::PUT].contains(method);
    Some(match path {
        "/api/users/register/" => {
            let name = format!("u{:x}", rand::random::<u64>());
            json!({"username": name, "email": format!("{name}@example.com"), "password": PASSWORD})
        }
        "/api/users/login/" => json!({"username": caller.username, "password": PASSWORD}),
        "/api/users/password/reset/" => json!({"email": caller.email}),
        "/api/users/profile/update/" if writes => {
            json!({"username": caller.username, "email": caller.email})
        }
        path if path.starts_with("/api/events/") && path.contains("/interests/") && writes => {
            json!({"status": "refused"})
        }
        path if path.ends_with("/comments/") && writes => json!({"body": "See you there!"}),
        path if path.starts_with("/api/events/") && writes => {
            json!({"title": "Owambe", "start_date": "2030-01-01"})
        }
        path if path.ends_with("/announcements/") && writes => {
            json!({"title": "We move", "body": "To the park."})
        }
        path if path.starts_with("/api/groups/") && !path.contains("/members/") && writes => {
            json!({"name": "Jollof Society"})
        }
        _ if *method == Method::GET => return None,
        _ => json!({}),
    })
}

/// Split over several tests only so that they run side by side.
async fn check(part: usize, parts: usize) {
    let (roles, routes) = table();
    let world = World::new().await;
    let mut wrong = Vec::new();

    for (route, rows) in routes.into_iter().skip(part).step_by(parts) {
        let mut missing = BTreeMap::new();
        for (object, expected) in rows.iter().rev() {
            for (role, expected) in roles.iter().zip(expected) {
                let reply = world.ask(&route, object, role).await;
                if reply.status != *expected {
                    wrong.push(format!(
                        "{} {} {object} as {role}: {} and not {expected}",
                        route.0, route.1, reply.status
                    ));
                    continue;
                }
                if object == "none" {
                    missing.insert(role.clone(), reply.without_request_id());
                } else if *expected == 404 && object != "own" {
                    assert_eq!(
                        reply.without_request_id(),
                        missing[role],
                        "{route:?} {object} {role}"
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} cells:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_part_one() {
    check(0, 4).await;
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_part_two() {
    check(1, 4).await;
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_part_three() {
    check(2, 4).await;
}

#[tokio::test]
async fn everybody_may_do_what_the_table_says_part_four() {
    check(3, 4).await;
}

#[test]
fn every_route_is_in_the_table() {
    let document = serde_json::to_value(owambe::router::document()).unwrap();
    let served: Vec<Route> =
        operations(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
    let (roles, routes) = table();

    for route in &served {
        assert!(routes.iter().any(|(known, _)| known == route), "{route:?} is not in the table");
    }
    for (route, rows) in &routes {
        assert!(served.contains(route), "{route:?} is no route");
        let kinds: Vec<&str> = rows.iter().map(|(object, _)| object.as_str()).collect();
        let has_object = route.1.contains('{');
        assert_eq!(kinds.contains(&"none"), has_object, "{route:?} has no row for none such");
        assert!(rows.iter().all(|(_, cells)| cells.len() == roles.len()), "{route:?}");
    }
}
