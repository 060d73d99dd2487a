//! The pages of invitations: those that a group has given out, and one's own.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::address::{self, Named};
use super::invitations_api::{InvitationIn, check_letter};
use super::shown::{Face, Head, apart, name, way_back};
use super::web::{act, beside};
use super::{
    GroupId, Invitation, InvitationId, Invitee, Role, accept, invitation_url, invitations, invite,
    manageable,
};
use crate::app::App;
use crate::db::Tx;
use crate::error::{ACROSS_FIELDS, Error, Result};
use crate::http::extract::Path;
use crate::http::form::Form;
use crate::http::page::{Page, PageResult, refused};
use crate::http::paging::{Links, Paging};
use crate::http::visit::Visit;
use crate::users::{Person, User, UserId};

/// The pages of this part.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/groups/{group}/invitations/", get(show).post(send))
        .route("/groups/{group}/invitations/{id}/end/", post(revoke))
        .route("/invitations/{id}/accept/", post(accept_own))
        .route("/invitations/{id}/decline/", post(decline))
}

#[derive(Template)]
#[template(path = "groups/invitations.html")]
struct InvitationsPage {
    visit: Visit,
    head: Head,
    rows: Vec<Row>,
    pager: Links,
    /// Who is to be invited.
    form: Form,
    /// The link of an invitation that was just made: it is shown once.
    link: Option<String>,
    /// Whether letters may be written in the name of the viewer.
    may_write: bool,
}

/// An invitation that was given out.
struct Row {
    id: InvitationId,
    person: Option<Face>,
    email: Option<String>,
    role: Role,
    inviter: Option<String>,
    until: String,
}

impl Row {
    /// What is offered, and until when.
    fn offered(&self, visit: &Visit) -> String {
        let role = self.role.said(visit);
        visit.with_two("group-invitation-as", ("role", &role), ("until", &self.until))
    }

    /// Whose it is, in words.
    fn whose(&self, visit: &Visit) -> String {
        let person = self.person.as_ref().map(|person| &person.name);
        let named = person.or(self.email.as_ref()).cloned();
        named.unwrap_or_else(|| visit.say("group-invitation-of-link"))
    }

    fn new(visit: &Visit, people: &HashMap<UserId, Person>, it: Invitation) -> Self {
        Self {
            id: it.id,
            person: it.user_id.and_then(|id| people.get(&id)).map(Face::from),
            email: it.email,
            role: it.role,
            inviter: name(people, it.inviter_id),
            until: visit.language().day(visit.day_of(it.expires_at)),
        }
    }
}

async fn show(
    app: App,
    visit: Visit,
    user: User,
    Path(Named(id)): Path<Named>,
    paging: Paging,
) -> PageResult<InvitationsPage> {
    listed(&app, visit, user, (id, paging)).await.map(Page)
}

async fn listed(
    app: &App,
    visit: Visit,
    user: User,
    (id, paging): (GroupId, Paging),
) -> Result<InvitationsPage> {
    app.db
        .read(move |conn| {
            let (page, _) = invitations::list_of_group(conn, &user, id, &paging)?;
            let head = Head::read(conn, &(&user).into(), id)?;
            let (found, pager) = apart(page, &paging);
            let people =
                super::people(conn, found.iter().flat_map(|it| [it.inviter_id, it.user_id]))?;
            let rows = found.into_iter().map(|it| Row::new(&visit, &people, it)).collect();
            let (form, link) = (Form::default(), None);
            let may_write = user.email_verified_at.is_some();
            Ok(InvitationsPage { visit, head, rows, pager, form, link, may_write })
        })
        .await
}

async fn send(
    app: App,
    visit: Visit,
    user: User,
    Path(Named(id)): Path<Named>,
    form: Form,
) -> Result<Response> {
    let sent = give_out(&app, &user, id, &form).await;
    let page = async || listed(&app, visit, user, (id, Paging::first(20))).await;
    match sent {
        Ok((_, Some(link))) => {
            Ok(Page(InvitationsPage { link: Some(link), ..page().await? }).into_response())
        }
        Ok((path, None)) => Ok(Redirect::to(&format!("{path}invitations/")).into_response()),
        Err(error) => {
            let form = beside(whose_field(&form), error, form)?;
            Ok(refused(InvitationsPage { form, ..page().await? }))
        }
    }
}

/// The field that says who is invited: beside it stands why they cannot be.
fn whose_field(form: &Form) -> &'static str {
    let names = ["username", "email"];
    names.into_iter().find(|name| !form.text(name).is_empty()).unwrap_or(ACROSS_FIELDS)
}

/// Invites somebody. Tells where the group is, and the link, where whoever has it is invited.
async fn give_out(
    app: &App,
    user: &User,
    id: GroupId,
    form: &Form,
) -> Result<(String, Option<String>)> {
    let asking = user.clone();
    app.db.read(move |conn| manageable(conn, &asking, id)).await?;
    let (whom, role) = form.read::<InvitationIn>()?.read()?;
    check_letter(app, user, id, &whom).await?;

    let (site, inviter) = (app.site.clone(), user.clone());
    app.db
        .write(move |tx| {
            let invitation = invite(tx, &inviter, id, &whom, role)?;
            let link = match whom {
                Invitee::Anybody => Some(invitation_url(&site, &invitation)?),
                Invitee::User(_) | Invitee::Email(_) => None,
            };
            Ok((address::path(id, &invitation.group.name), link))
        })
        .await
}

async fn revoke(
    app: App,
    user: User,
    Path((Named(group), id)): Path<(Named, InvitationId)>,
) -> Result<Redirect> {
    act(app, user, group, "invitations/", move |tx, actor| {
        manageable(tx, actor, group)?;
        invitations::end(tx, actor, id)
    })
    .await
}

async fn accept_own(app: App, user: User, Path(id): Path<InvitationId>) -> Result<Redirect> {
    let work = move |tx: &mut Tx| {
        let group = accept(tx, &user, id)?.group_id;
        way_back(tx, &(&user).into(), group)
    };
    Ok(Redirect::to(&app.db.write(work).await?))
}

async fn decline(app: App, user: User, Path(id): Path<InvitationId>) -> Result<Redirect> {
    let work = move |tx: &mut Tx| {
        let invitation = invitations::to_be_sent(tx, id)?;
        // Who looks after the group takes it back on the page of the group.
        let own = invitation.filter(|it| it.user_id == Some(user.id));
        let group = own.ok_or(Error::NotFound("invitation"))?.group.id;
        invitations::end(tx, &user, id)?;
        way_back(tx, &(&user).into(), group)
    };
    Ok(Redirect::to(&app.db.write(work).await?))
}
