//! Profiles: one's own, and everybody's.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Bio, Change, DisplayName, Email, Person, Sought, User, UserId, Username};
use crate::app::App;
use crate::clock::Instant;
use crate::error::{Faults, Result};
use crate::files::{FileName, Size};
use crate::http::caching::{IfMatch, Precondition};
use crate::http::extract::{Body, Json, Path, Query};
use crate::http::paging::{List, PageQuery, Paging};
use crate::input::Field;
use crate::zone::Zone;

/// The routes of this feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(own))
        .routes(routes!(replace, update))
        .routes(routes!(show))
}

/// What to change of one's account.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ProfilePatch)]
pub(crate) struct ProfileIn {
    #[schema(value_type = String, pattern = "^[A-Za-z0-9._-]{1,50}$", example = "ada")]
    #[serde(default)]
    username: Field<Username>,
    #[schema(value_type = String, format = "email", max_length = 254, example = "ada@example.com")]
    #[serde(default)]
    email: Field<Email>,
    /// The name to go by.
    #[schema(value_type = Option<String>, max_length = 100, example = "Ada")]
    #[serde(default)]
    display_name: Field<DisplayName>,
    #[schema(value_type = Option<String>, max_length = 2000, example = "I bring the jollof.")]
    #[serde(default)]
    bio: Field<Bio>,
    /// A zone of the IANA database.
    #[schema(value_type = String, format = "timezone", example = "Africa/Lagos")]
    #[serde(default)]
    timezone: Field<Zone>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct PeopleQuery {
    /// People with all of these words in their username or the name they go by. The last word may be
    /// the beginning of one.
    #[param(value_type = String, required, min_length = 1, max_length = 200, example = "ad")]
    q: Field<Sought>,
}

/// The whole of one's account.
#[derive(ToSchema)]
#[schema(as = Profile)]
#[expect(dead_code, reason = "PUT reads what PATCH reads, and asks for more of it")]
struct ProfilePut {
    #[schema(pattern = "^[A-Za-z0-9._-]{1,50}$", example = "ada")]
    username: String,
    #[schema(format = "email", max_length = 254, example = "ada@example.com")]
    email: String,
    #[schema(max_length = 100, example = "Ada")]
    display_name: Option<String>,
    #[schema(max_length = 2000, example = "I bring the jollof.")]
    bio: Option<String>,
    /// A zone of the IANA database; the site's own where there is none.
    #[schema(required = false, format = "timezone", example = "Africa/Lagos")]
    timezone: String,
}

/// One's own account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnUser)]
pub struct OwnUserOut {
    id: UserId,
    #[schema(example = "ada")]
    username: String,
    #[schema(example = "ada@example.com")]
    email: String,
    /// Whether it is known that letters to this address reach them.
    email_verified: bool,
    #[schema(example = "Ada")]
    display_name: String,
    bio: String,
    /// The address of a picture of at most 320 pixels a side.
    #[schema(format = "uri")]
    avatar: Option<String>,
    #[schema(value_type = String, example = "Africa/Lagos")]
    timezone: Zone,
    created_at: Instant,
}

/// What everybody sees of somebody.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
struct UserOut {
    id: UserId,
    #[schema(example = "ada")]
    username: String,
    #[schema(example = "Ada")]
    display_name: String,
    bio: String,
    /// The address of a picture of at most 320 pixels a side.
    #[schema(format = "uri")]
    avatar: Option<String>,
    created_at: Instant,
}

/// Somebody, beside what they made.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Person)]
pub struct PersonOut {
    id: UserId,
    #[schema(example = "ada")]
    username: String,
    #[schema(example = "Ada")]
    display_name: String,
    /// The address of a picture of at most 320 pixels a side.
    #[schema(format = "uri")]
    avatar: Option<String>,
}

/// The address of somebody's picture, at the size that lists show.
fn avatar(file: Option<&FileName>) -> Option<String> {
    file.map(|file| file.url(Size::Small))
}

impl From<User> for OwnUserOut {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            username: user.username,
            email: user.email,
            email_verified: user.email_verified_at.is_some(),
            display_name: user.display_name,
            bio: user.bio,
            avatar: avatar(user.avatar.as_ref()),
            timezone: user.timezone,
            created_at: user.created_at,
        }
    }
}

impl From<User> for UserOut {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            username: user.username,
            display_name: user.display_name,
            bio: user.bio,
            avatar: avatar(user.avatar.as_ref()),
            created_at: user.created_at,
        }
    }
}

impl From<Person> for PersonOut {
    fn from(person: Person) -> Self {
        Self {
            id: person.id,
            username: person.username,
            display_name: person.display_name,
            avatar: avatar(person.avatar.as_ref()),
        }
    }
}

impl ProfileIn {
    /// What is not there becomes what it was at first.
    fn whole(self, zone: Zone) -> Self {
        Self {
            username: self.username.must(),
            email: self.email.must(),
            display_name: self.display_name.or(DisplayName::default()),
            bio: self.bio.or(Bio::default()),
            timezone: self.timezone.or(zone),
        }
    }

    /// The change that it asks for.
    pub(crate) fn read(self) -> Result<Change> {
        let mut faults = Faults::default();
        let change = Change {
            username: self.username.optional("username", &mut faults),
            email: self.email.optional("email", &mut faults),
            display_name: self.display_name.clearable("display_name", &mut faults),
            bio: self.bio.clearable("bio", &mut faults),
            timezone: self.timezone.optional("timezone", &mut faults),
        };
        faults.check().map(|()| change)
    }
}

/// Find people by their names: whose username it is first, then who has been here longest.
///
/// Nobody lists all people: without a name there is nothing to find.
#[utoipa::path(
    get,
    path = "/api/users/",
    tag = "users",
    security(("bearer" = [])),
    params(PageQuery, PeopleQuery),
    responses((status = 200, body = List<PersonOut>)),
)]
async fn list(
    app: App,
    _: User,
    paging: Paging,
    Query(query): Query<PeopleQuery>,
) -> Result<Json<List<PersonOut>>> {
    let mut faults = Faults::default();
    let Some(sought) = query.q.required("q", &mut faults) else { return Err(faults.into()) };
    let same = sought.clone();
    let count = app.db.read_slow(move |conn| super::count_found(conn, &same));
    let count = paging.counted(count).await?;
    app.db
        .read_slow(move |conn| {
            let page = super::search(conn, &sought, &paging)?.map(PersonOut::from);
            Ok(Json(List::new(page, &paging, count)))
        })
        .await
}

/// Show one's own account.
#[utoipa::path(
    get,
    path = "/api/users/profile/",
    tag = "users",
    security(("bearer" = [])),
    responses((status = 200, body = OwnUserOut)),
)]
async fn own(user: User) -> Json<OwnUserOut> {
    Json(user.into())
}

/// Replace one's account: what is absent becomes what it was at first.
#[utoipa::path(
    put,
    path = "/api/users/profile/update/",
    tag = "users",
    security(("bearer" = [])),
    params(IfMatch),
    request_body = ProfilePut,
    responses((status = 200, body = OwnUserOut)),
)]
async fn replace(
    app: App,
    user: User,
    believed: Precondition,
    Body(input): Body<ProfileIn>,
) -> Result<Json<OwnUserOut>> {
    let change = input.whole(Zone(app.site.timezone)).read()?;
    save(app, user, believed, change).await
}

/// Change one's account: what is absent stays as it is.
#[utoipa::path(
    patch,
    path = "/api/users/profile/update/",
    tag = "users",
    security(("bearer" = [])),
    params(IfMatch),
    request_body = ProfileIn,
    responses((status = 200, body = OwnUserOut)),
)]
async fn update(
    app: App,
    user: User,
    believed: Precondition,
    Body(input): Body<ProfileIn>,
) -> Result<Json<OwnUserOut>> {
    let change = input.read()?;
    save(app, user, believed, change).await
}

async fn save(
    app: App,
    user: User,
    believed: Precondition,
    change: Change,
) -> Result<Json<OwnUserOut>> {
    super::check_new_address(&app, &user, &change).await?;
    app.db
        .write(move |tx| {
            super::lock(tx, user.id)?;
            let current = super::get(tx, user.id)?;
            believed.check(&OwnUserOut::from(current))?;
            super::update(tx, &user, &change).map(|user| Json(user.into()))
        })
        .await
}

/// Show somebody's public profile.
#[utoipa::path(
    get,
    path = "/api/users/{id}/",
    tag = "users",
    security((), ("bearer" = [])),
    params(("id" = UserId, Path)),
    responses((status = 200, body = UserOut)),
)]
async fn show(app: App, Path(id): Path<UserId>) -> Result<Json<UserOut>> {
    let user = app.db.read(move |conn| super::get(conn, id)).await?;
    Ok(Json(user.into()))
}
