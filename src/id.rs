//! Typed identifiers: an `EventId` can never be passed where a `UserId` belongs.

/// Declares a 64-bit newtype that both databases, serde and OpenAPI understand.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        #[schema(value_type = i64, example = 1)]
        pub struct $name(pub i64);

        $crate::column!($name is BigInt, as i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl $crate::input::Input for $name {
            fn from_text(text: &str) -> std::result::Result<Self, String> {
                i64::from_text(text).map(Self)
            }

            fn from_json(value: serde_json::Value) -> std::result::Result<Self, String> {
                i64::from_json(value).map(Self)
            }
        }
    };
}
