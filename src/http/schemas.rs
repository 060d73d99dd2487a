//! Schemas, as the contract means them: what the derive cannot know is said here.

use std::collections::BTreeMap;

use utoipa::openapi::schema::{AllOf, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

/// Schemas by their name in the document.
pub type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Mends every schema. `is_input` tells which are for what comes in; in what goes out, no field
/// ever disappears.
pub fn mend(schemas: &mut Schemas, is_input: impl Fn(&str) -> bool) {
    for (name, schema) in schemas {
        let RefOr::T(Schema::Object(object)) = schema else { continue };
        for property in object.properties.values_mut() {
            join(property);
        }
        if !is_input(name) {
            let nullable = object.properties.iter().filter(|(_, property)| is_nullable(property));
            let nullable = nullable.map(|(name, _)| name.clone());
            let missing: Vec<_> = nullable.filter(|it| !object.required.contains(it)).collect();
            object.required.extend(missing);
        }
    }
}

/// Puts the words about a field into its schema. The derive sets an object beside it that holds
/// them, and nothing is both a text and an object.
fn join(property: &mut RefOr<Schema>) {
    let RefOr::T(Schema::AllOf(AllOf { items, .. })) = property else { return };
    let [RefOr::T(Schema::Object(said)), RefOr::T(Schema::Object(about))] = items.as_slice() else {
        return;
    };
    if about.properties.is_empty() && about.schema_type == SchemaType::Type(Type::Object) {
        let description = about.description.clone().or(said.description.clone());
        let mut joined = said.clone();
        joined.description = description;
        *property = RefOr::T(Schema::Object(joined));
    }
}

fn is_nullable(property: &RefOr<Schema>) -> bool {
    let RefOr::T(schema) = property else { return false };
    let has_null = |kind: &SchemaType| match kind {
        SchemaType::Type(kind) => *kind == Type::Null,
        SchemaType::Array(kinds) => kinds.contains(&Type::Null),
        SchemaType::AnyValue => false,
    };
    match schema {
        Schema::Object(object) => has_null(&object.schema_type),
        Schema::Array(array) => has_null(&array.schema_type),
        Schema::OneOf(one) => one.items.iter().any(is_nullable),
        _ => false,
    }
}
