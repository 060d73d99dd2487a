//! The page of who belongs to a group, and what its admins do with them.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::address::Named;
use super::shape::MembershipIn;
use super::shown::{Face, Head, Moment, apart};
use super::web::{act, beside};
use super::{
    GroupId, Membership, Role, add_member, list_members, members, remove_member, role_in, visible,
};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Faults, Result};
use crate::http::extract::Path;
use crate::http::form::Form;
use crate::http::page::{Page, PageResult, refused};
use crate::http::paging::{Links, Paging};
use crate::http::visit::Visit;
use crate::input::Field;
use crate::users::{User, UserId, Username, Viewer, get as get_user};

/// The pages of this part.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/groups/{group}/members/", get(show).post(add))
        .route("/groups/{group}/members/{user}/role/", post(set_role))
        .route("/groups/{group}/members/{user}/remove/", post(remove))
        .route("/groups/{group}/members/{user}/owner/", get(ask_to_hand_over).post(hand_over))
}

#[derive(Template)]
#[template(path = "groups/members.html")]
struct MembersPage {
    visit: Visit,
    head: Head,
    rows: Vec<Row>,
    pager: Links,
    /// Who is to be added.
    form: Form,
}

#[derive(Template)]
#[template(path = "groups/hand_over.html")]
struct HandOverPage {
    visit: Visit,
    head: Head,
    heir: Face,
}

/// Somebody in the list.
struct Row {
    person: Face,
    role: Role,
    since: Moment,
    is_viewer: bool,
}

/// Who is to be added.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Newcomer {
    username: Field<Username>,
}

impl HandOverPage {
    fn question(&self) -> String {
        let (group, heir) = (("group", &self.head.name), ("name", &self.heir.name));
        self.visit.with_two("group-hand-over-title", group, heir)
    }
}

impl Row {
    fn new(visit: &Visit, it: &Membership) -> Self {
        let day = visit.language().short_day(visit.day_of(it.created_at));
        let since = Moment { said: day, ..Moment::new(visit, it.created_at) };
        let is_viewer = visit.is(it.user.id.0);
        Self { person: (&it.user).into(), role: it.role, since, is_viewer }
    }
}

async fn show(
    app: App,
    visit: Visit,
    viewer: Viewer,
    Path(Named(id)): Path<Named>,
    paging: Paging,
) -> PageResult<MembersPage> {
    listed(&app, visit, viewer, (id, paging)).await.map(Page)
}

async fn listed(
    app: &App,
    visit: Visit,
    viewer: Viewer,
    (id, paging): (GroupId, Paging),
) -> Result<MembersPage> {
    app.db
        .read(move |conn| {
            let head = Head::read(conn, &viewer, id)?;
            let page = list_members(conn, &viewer, id, &paging)?;
            let (rows, pager) = apart(page.map(|it| Row::new(&visit, &it)), &paging);
            Ok(MembersPage { visit, head, rows, pager, form: Form::default() })
        })
        .await
}

async fn add(
    app: App,
    visit: Visit,
    user: User,
    Path(Named(id)): Path<Named>,
    form: Form,
) -> Result<Response> {
    match put_in(&app, user.clone(), id, &form).await {
        Ok(to) => Ok(to.into_response()),
        Err(error) => {
            let form = beside("username", error, form)?;
            let page = listed(&app, visit, (&user).into(), (id, Paging::first(20))).await?;
            Ok(refused(MembersPage { form, ..page }))
        }
    }
}

async fn put_in(app: &App, user: User, id: GroupId, form: &Form) -> Result<Redirect> {
    let mut faults = Faults::default();
    let name = form.read::<Newcomer>()?.username.required("username", &mut faults);
    faults.check()?;
    let name = name.ok_or(Error::NotFound("user"))?;
    act(app.clone(), user, id, "members/", move |tx, actor| {
        super::manageable(tx, actor, id)?;
        let newcomer = members::named(tx, &name)?;
        add_member(tx, actor, id, newcomer.id, None).map(drop)
    })
    .await
}

async fn set_role(
    app: App,
    user: User,
    Path((Named(id), member)): Path<(Named, UserId)>,
    form: Form,
) -> Result<Redirect> {
    let role = form.read::<MembershipIn>()?.read()?;
    act(app, user, id, "members/", move |tx, actor| {
        check_member(tx, actor, id, member)?;
        add_member(tx, actor, id, member, role).map(drop)
    })
    .await
}

async fn remove(
    app: App,
    user: User,
    Path((Named(id), member)): Path<(Named, UserId)>,
) -> Result<Redirect> {
    act(app, user, id, "members/", move |tx, actor| remove_member(tx, actor, id, member)).await
}

/// Fails where somebody is not, or not any more, in a group: they are not to come in by this.
fn check_member(conn: &mut Conn, actor: &User, id: GroupId, user: UserId) -> Result<()> {
    visible(conn, &actor.into(), id)?;
    role_in(conn, id, user)?.map(drop).ok_or(Error::NotFound("member"))
}

async fn ask_to_hand_over(
    app: App,
    visit: Visit,
    user: User,
    Path((Named(id), heir)): Path<(Named, UserId)>,
) -> PageResult<HandOverPage> {
    app.db
        .read(move |conn| {
            let head = Head::read(conn, &(&user).into(), id)?;
            if !head.rights.can_own() {
                return Err(Error::Forbidden("only the owner may hand the group over"));
            }
            check_member(conn, &user, id, heir)?;
            let heir = get_user(conn, heir)?;
            Ok(Page(HandOverPage { visit, head, heir: Face::from(&(&heir).into()) }))
        })
        .await
}

async fn hand_over(
    app: App,
    user: User,
    Path((Named(id), heir)): Path<(Named, UserId)>,
) -> Result<Redirect> {
    act(app, user, id, "members/", move |tx, actor| {
        check_member(tx, actor, id, heir)?;
        add_member(tx, actor, id, heir, Some(Role::Owner)).map(drop)
    })
    .await
}
