//! Inviting people into a group, and accepting that, for programs.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::community_api::{listed, person};
use super::shape::MembershipOut;
use super::{Brief, GroupId, Invitation, InvitationId, Invitee, Membership, Role, invitations};
use crate::app::App;
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::error::{ACROSS_FIELDS, Error, Faults, Result};
use crate::files::Size;
use crate::http::extract::{Body, Json, Path};
use crate::http::idempotency::Once;
use crate::http::paging::{List, PageQuery, Paging};
use crate::input::Field;
use crate::users::api::PersonOut;
use crate::users::{Email, User, Username};

/// The routes of this part.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_invitations, invite))
        .routes(routes!(list_own_invitations))
        .routes(routes!(accept_by_token))
        .routes(routes!(accept_invitation))
        .routes(routes!(delete_invitation))
}

/// Who is invited, by one of `username` and `email`; with neither, whoever has the link.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = NewInvitation)]
pub(super) struct InvitationIn {
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z0-9._-]{1,50}$", example = "bola")]
    #[serde(default)]
    username: Field<Username>,
    #[schema(value_type = Option<String>, format = "email", max_length = 254, example = json!(null))]
    #[serde(default)]
    email: Field<Email>,
    /// `member` by default; or `admin`.
    #[schema(inline, value_type = InvitedRole)]
    #[serde(default)]
    role: Field<InvitedRole>,
}

crate::word! {
    /// What somebody is invited to be. Nobody is invited to own a group.
    InvitedRole { Admin = "admin", Member = "member" }
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = InvitationToken)]
struct TokenIn {
    /// From the link of an invitation.
    #[schema(value_type = String, required, example = "eyJ0eXAi…")]
    #[serde(default)]
    token: Field<String>,
}

/// Leave to join a group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
struct InvitationOut {
    id: InvitationId,
    group: BriefOut,
    /// Who invites; null where the account went.
    inviter: Option<PersonOut>,
    /// Who is invited, if it is somebody in particular.
    user: Option<PersonOut>,
    /// Who reads letters here is invited.
    email: Option<String>,
    #[schema(inline)]
    role: Role,
    created_at: Instant,
    expires_at: Instant,
    /// The link of an invitation of nobody in particular, said only once: when it is made.
    #[schema(format = "uri")]
    url: Option<String>,
}

/// A group in a few words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvitingGroup)]
struct BriefOut {
    id: GroupId,
    #[schema(example = "Lagos Rustaceans")]
    name: String,
    /// The address of a picture of at most 320 pixels a side.
    #[schema(format = "uri")]
    image: Option<String>,
}

impl From<Brief> for BriefOut {
    fn from(group: Brief) -> Self {
        let image = group.image.map(|file| file.url(Size::Small));
        Self { id: group.id, name: group.name, image }
    }
}

impl InvitationOut {
    fn all(conn: &mut Conn, invitations: Vec<Invitation>) -> Result<Vec<Self>> {
        let named = invitations.iter().flat_map(|it| [it.inviter_id, it.user_id]);
        let people = super::people(conn, named)?;
        let out = |it: Invitation| Self {
            id: it.id,
            group: it.group.into(),
            inviter: person(&people, it.inviter_id),
            user: person(&people, it.user_id),
            email: it.email,
            role: it.role,
            created_at: it.created_at,
            expires_at: it.expires_at,
            url: None,
        };
        Ok(invitations.into_iter().map(out).collect())
    }
}

impl InvitationIn {
    pub(super) fn read(self) -> Result<(Invitee, Role)> {
        let mut faults = Faults::default();
        let username = self.username.or_nothing("username", &mut faults);
        let email = self.email.or_nothing("email", &mut faults);
        let role = self.role.optional("role", &mut faults).unwrap_or(InvitedRole::Member);
        let whom = match (username, email) {
            (Some(_), Some(_)) => {
                faults.add(ACROSS_FIELDS, "invite by a username or by an email, not by both");
                Invitee::Anybody
            }
            (Some(username), None) => Invitee::User(username),
            (None, Some(email)) => Invitee::Email(email),
            (None, None) => Invitee::Anybody,
        };
        let role = match role {
            InvitedRole::Admin => Role::Admin,
            InvitedRole::Member => Role::Member,
        };
        faults.check().map(|()| (whom, role))
    }
}

/// List the open invitations of a group, the latest first, for its owner and its admins.
#[utoipa::path(
    get,
    path = "/api/groups/{id}/invitations/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = GroupId, Path), PageQuery),
    responses((status = 200, body = List<InvitationOut>), (status = 403)),
)]
async fn list_invitations(
    app: App,
    actor: User,
    Path(group): Path<GroupId>,
    paging: Paging,
) -> Result<Json<List<InvitationOut>>> {
    listed(app, paging, move |conn, paging| {
        let (page, count) = invitations::list_of_group(conn, &actor, group, paging)?;
        Ok((page.turn(|all| InvitationOut::all(conn, all))?, count))
    })
    .await
}

/// Fails where an invitation would be a letter that its sender may not have written, or not now.
pub(super) async fn check_letter(
    app: &App,
    inviter: &User,
    group: GroupId,
    whom: &Invitee,
) -> Result<()> {
    let Invitee::Email(email) = whom else { return Ok(()) };
    // Who may not invite has no letter written, and none counted.
    let asking = inviter.clone();
    app.db.read(move |conn| invitations::check_writes(conn, &asking, group)).await?;
    app.limits.check_letter(&inviter.id.to_string(), &email.key())
}

/// Invite somebody into a group, in the place of an older invitation of theirs.
#[utoipa::path(
    post,
    path = "/api/groups/{id}/invitations/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = GroupId, Path)),
    request_body = InvitationIn,
    responses((status = 201, body = InvitationOut), (status = 403), (status = 409)),
)]
async fn invite(
    app: App,
    inviter: User,
    Path(group): Path<GroupId>,
    once: Once,
    Body(input): Body<InvitationIn>,
) -> Result<(StatusCode, Json<InvitationOut>)> {
    let (whom, role) = input.read()?;
    check_letter(&app, &inviter, group, &whom).await?;
    let site = app.site.clone();

    app.db
        .write(move |tx| {
            let invitation = super::invite(tx, &inviter, group, &whom, role)?;
            let url = match whom {
                Invitee::Anybody => Some(super::invitation_url(&site, &invitation)?),
                // Whoever has the token can accept it: it goes to them alone.
                Invitee::User(_) | Invitee::Email(_) => None,
            };
            let out = InvitationOut::all(tx, vec![invitation])?.pop();
            let out = InvitationOut { url, ..out.ok_or(Error::NotFound("invitation"))? };
            once.keep(tx, StatusCode::CREATED, None, Some(&out))?;
            Ok((StatusCode::CREATED, Json(out)))
        })
        .await
}

/// List one's own open invitations, the latest first.
#[utoipa::path(
    get,
    path = "/api/invitations/",
    tag = "groups",
    security(("bearer" = [])),
    params(PageQuery),
    responses((status = 200, body = List<InvitationOut>)),
)]
async fn list_own_invitations(
    app: App,
    user: User,
    paging: Paging,
) -> Result<Json<List<InvitationOut>>> {
    listed(app, paging, move |conn, paging| {
        let (page, count) = invitations::list_of_user(conn, user.id, paging)?;
        Ok((page.turn(|all| InvitationOut::all(conn, all))?, count))
    })
    .await
}

/// Accept an invitation by the token in its link.
#[utoipa::path(
    post,
    path = "/api/invitations/accept/",
    tag = "groups",
    security(("bearer" = [])),
    request_body = TokenIn,
    responses(
        (status = 201, body = MembershipOut),
        (status = 403),
        (status = 404),
        (status = 409),
    ),
)]
async fn accept_by_token(
    app: App,
    user: User,
    once: Once,
    Body(input): Body<TokenIn>,
) -> Result<(StatusCode, Json<MembershipOut>)> {
    let mut faults = Faults::default();
    let token = input.token.required("token", &mut faults).unwrap_or_default();
    faults.check()?;
    let site = app.site.clone();

    app.db
        .write(move |tx| {
            let membership = super::accept_by_token(tx, &site, &user, &token)?;
            joined(tx, &once, membership)
        })
        .await
}

/// Accept an invitation of oneself.
#[utoipa::path(
    post,
    path = "/api/invitations/{id}/accept/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = InvitationId, Path)),
    responses((status = 201, body = MembershipOut), (status = 403), (status = 409)),
)]
async fn accept_invitation(
    app: App,
    user: User,
    Path(id): Path<InvitationId>,
    once: Once,
) -> Result<(StatusCode, Json<MembershipOut>)> {
    app.db
        .write(move |tx| {
            let membership = super::accept(tx, &user, id)?;
            joined(tx, &once, membership)
        })
        .await
}

fn joined(
    tx: &mut Tx,
    once: &Once,
    membership: Membership,
) -> Result<(StatusCode, Json<MembershipOut>)> {
    let membership = MembershipOut::from(membership);
    once.keep(tx, StatusCode::CREATED, None, Some(&membership))?;
    Ok((StatusCode::CREATED, Json(membership)))
}

/// Decline an invitation of oneself, or revoke one of a group that one looks after.
#[utoipa::path(
    delete,
    path = "/api/invitations/{id}/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = InvitationId, Path)),
    responses((status = 204)),
)]
async fn delete_invitation(
    app: App,
    actor: User,
    Path(id): Path<InvitationId>,
) -> Result<StatusCode> {
    app.db.write(move |tx| invitations::end(tx, &actor, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
