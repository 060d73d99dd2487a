//! The API, described by the code that answers it.

use axum::Router;
use axum::routing::get;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem, Paths};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder, Schema};
use utoipa::{Modify, OpenApi as _};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::error::Problem;
use super::extract::Json;
use super::problems;
use super::schemas::{self, Schemas};
use crate::app::App;

/// Where the document is.
pub const DOCUMENT: &str = "/api/openapi.json";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Owambe",
        description = "The API of a self-hosted event platform: users, events, comments, \
                       pictures, interests, groups and their members.\n\nSign up or sign in to get an \
                       `access` token, and send it as `Authorization: Bearer …`. Every path also \
                       answers without its last slash. Every error is a problem of RFC 9457.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    components(schemas(Problem)),
    modifiers(&Bearer),
    tags(
        (name = "users", description = "Accounts and public profiles"),
        (name = "sessions", description = "Signing in, staying signed in, signing out"),
        (name = "notifications", description = "What one should know of, and how one hears of it"),
        (name = "events", description = "What happens, when and where"),
        (name = "interests", description = "Who is going, and who might"),
        (name = "images", description = "Pictures of people, groups and events, and under comments"),
        (name = "comments", description = "What people say under an event"),
        (name = "groups", description = "People who hold events together"),
    ),
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut OpenApi) {
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.bearer_format = Some("JWT".to_owned());
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// An empty API with a title.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
}

/// The same handlers under another path.
pub fn also(path: &str, routes: UtoipaMethodRouter<App>) -> UtoipaMethodRouter<App> {
    let (schemas, described, handlers) = routes;
    let mut all = PathItem::default();
    for (_, mut item) in described.paths {
        for operation in operations(&mut item) {
            if let Some(id) = &mut operation.operation_id {
                id.push_str("_rest");
            }
        }
        all.merge_operations(item);
    }
    let mut paths = Paths::new();
    paths.paths.insert(path.to_owned(), all);
    (schemas, paths, handlers)
}

/// The document, with the answers that every operation may give.
pub fn complete(mut openapi: OpenApi) -> OpenApi {
    let inputs = inputs(&mut openapi.paths);
    let components = openapi.components.get_or_insert_default();
    schemas::mend(&mut components.schemas, |name| inputs.iter().any(|input| input == name));
    let schemas = components.schemas.clone();
    for status in STATUSES {
        components.responses.insert(name_of(*status), RefOr::T(response(*status)));
    }
    for item in openapi.paths.paths.values_mut() {
        if let Some(get) = &mut item.get {
            say_that_it_is_tagged(get);
        }
        if let Some(post) = &mut item.post {
            say_that_it_can_be_sent_again(post);
        }
        for operation in operations(item) {
            name_after_its_tag(operation);
            if let Some(RefOr::T(body)) = &mut operation.request_body {
                also_as_a_form(body);
                body.required = Some(if asks_for_something(body, &schemas) {
                    Required::True
                } else {
                    Required::False
                });
            }
            let declared = operation.responses.responses.keys().filter_map(|it| it.parse().ok());
            let declared: Vec<u16> = declared.filter(|status| *status >= 400).collect();
            for status in declared.into_iter().chain(may_answer(operation)) {
                let answer = RefOr::Ref(Ref::from_response_name(name_of(status)));
                operation.responses.responses.insert(status.to_string(), answer);
            }
            operation.responses.responses.iter_mut().for_each(describe);
        }
    }
    openapi
}

/// The names of the schemas of what comes in.
fn inputs(paths: &mut Paths) -> Vec<String> {
    let bodies = paths.paths.values_mut().flat_map(operations);
    let bodies = bodies.filter_map(|operation| match &operation.request_body {
        Some(RefOr::T(body)) => schema_name(body),
        _ => None,
    });
    bodies.collect()
}

fn schema_name(body: &RequestBody) -> Option<String> {
    let RefOr::T(json) = body.content.get("application/json")? else { return None };
    let Some(RefOr::Ref(reference)) = &json.schema else { return None };
    reference.ref_location.rsplit('/').next().map(str::to_owned)
}

/// `OpenAPI` wants a word about every answer.
fn describe((status, answer): (&String, &mut RefOr<Response>)) {
    let RefOr::T(answer) = answer else { return };
    if answer.description.is_empty() {
        let said = match status.as_str() {
            "201" => "It was made.",
            "204" => "It is done, and there is nothing to show.",
            _ => "As asked for.",
        };
        said.clone_into(&mut answer.description);
    }
}

/// Handlers are called the same in every feature, and an `operationId` is there once.
fn name_after_its_tag(operation: &mut Operation) {
    let tag = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
    if let Some(id) = &mut operation.operation_id {
        *id = format!("{tag}_{id}");
    }
}

/// What is shown has an entity tag, and is not sent to who has it already.
fn say_that_it_is_tagged(get: &mut Operation) {
    if let Some(RefOr::T(shown)) = get.responses.responses.get_mut("200") {
        let tag = HeaderBuilder::new().schema(Some(Object::with_type(Type::String))).build();
        shown.headers.insert("ETag".to_owned(), RefOr::T(tag));
    }
    let same = ResponseBuilder::new().description("It is what `If-None-Match` names.").build();
    get.responses.responses.insert("304".to_owned(), RefOr::T(same));
}

/// What is sent again with the same key is done once.
fn say_that_it_can_be_sent_again(post: &mut Operation) {
    let key = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "Names this attempt: who sends the same again within a day, with the same key, gets the \
             first answer.",
        ))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .pattern(Some("^[!-~]{1,255}$"))
                .examples([serde_json::json!("7d1f8a52-b1b0-4c1e-9d0a-5f1f0f1c9b11")]),
        ))
        .build();
    post.parameters.get_or_insert_default().push(RefOr::T(key));
}

/// What is read from JSON is read from forms as well.
fn also_as_a_form(body: &mut RequestBody) {
    if let Some(json) = body.content.get("application/json").cloned() {
        for form in ["application/x-www-form-urlencoded", "multipart/form-data"] {
            body.content.insert(form.to_owned(), json.clone());
        }
    }
}

/// Where every field is optional, so is the body.
fn asks_for_something(body: &RequestBody, schemas: &Schemas) -> bool {
    match schema_name(body).and_then(|name| schemas.get(&name)) {
        Some(RefOr::T(Schema::Object(object))) => !object.required.is_empty(),
        _ => true,
    }
}

/// Serves the document.
pub fn document(openapi: OpenApi) -> Router<App> {
    Router::new().route(DOCUMENT, get(|| async { Json(openapi) }))
}

/// The errors that have a name in the document.
const STATUSES: &[u16] =
    &[400, 401, 403, 404, 408, 409, 412, 413, 415, 416, 422, 429, 500, 503, 507];

fn name_of(status: u16) -> String {
    format!("Problem{status}")
}

/// What an operation may answer besides what it says itself.
fn may_answer(operation: &Operation) -> Vec<u16> {
    let parameters = || {
        let all = operation.parameters.iter().flatten();
        all.filter_map(|it| if let RefOr::T(parameter) = it { Some(parameter) } else { None })
    };
    let is_in = |place: ParameterIn| parameters().any(|it| it.parameter_in == place);
    let mut statuses = vec![401, 429, 500, 503];
    if operation.request_body.is_some() {
        statuses.extend([400, 408, 413, 415]);
    }
    if parameters().any(|it| it.name == "If-Match") {
        statuses.push(412);
    }
    if parameters().any(|it| it.name == "Idempotency-Key") {
        statuses.extend([400, 409, 422]);
    }
    if is_in(ParameterIn::Query) {
        statuses.push(400);
    }
    if is_in(ParameterIn::Path) {
        statuses.push(404);
    }
    statuses
}

fn response(status: u16) -> Response {
    let meant: Vec<String> = problems::ALL
        .iter()
        .filter(|it| it.status == status)
        .map(|it| format!("`{}`: {}", it.code, it.title))
        .collect();
    let schema = Ref::from_schema_name("Problem");
    ResponseBuilder::new()
        .description(meant.join(". "))
        .content("application/problem+json", Content::new(Some(schema)))
        .build()
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch]
        .into_iter()
        .flatten()
}
