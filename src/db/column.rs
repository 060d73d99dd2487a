//! Types of our own in columns of both engines.

/// Stores a newtype as what it wraps: `column!(EventId is BigInt, as i64)`. With `, read by` and a
/// function, SQLite's text is read by that one first, which is quicker than diesel and knows less; with
/// `, written by` and another, it is written by that one, and the same.
#[macro_export]
macro_rules! column {
    ($name:ident is $sql:ident, as $inner:ty, read by $read:path, written by $write:path) => {
        impl diesel::deserialize::FromSql<diesel::sql_types::$sql, diesel::sqlite::Sqlite>
            for $name
        {
            fn from_sql(
                mut value: <diesel::sqlite::Sqlite as diesel::backend::Backend>::RawValue<'_>,
            ) -> diesel::deserialize::Result<Self> {
                use diesel::{deserialize::FromSql, sql_types::$sql, sqlite::Sqlite};
                match $read(value.read_text().as_bytes()) {
                    Some(read) => Ok(Self(read)),
                    None => <$inner as FromSql<$sql, Sqlite>>::from_sql(value).map(Self),
                }
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::$sql, diesel::pg::Pg> for $name {
            fn from_sql(
                value: <diesel::pg::Pg as diesel::backend::Backend>::RawValue<'_>,
            ) -> diesel::deserialize::Result<Self> {
                use diesel::{deserialize::FromSql, pg::Pg, sql_types::$sql};
                <$inner as FromSql<$sql, Pg>>::from_sql(value).map(Self)
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::$sql, $crate::db::MultiBackend>
            for $name
        {
            fn from_sql(value: $crate::db::MultiRawValue<'_>) -> diesel::deserialize::Result<Self> {
                use diesel::{deserialize::FromSql, pg::Pg, sql_types::$sql, sqlite::Sqlite};
                match value {
                    $crate::db::MultiRawValue::Sqlite(value) => {
                        <Self as FromSql<$sql, Sqlite>>::from_sql(value)
                    }
                    $crate::db::MultiRawValue::Postgres(value) => {
                        <Self as FromSql<$sql, Pg>>::from_sql(value)
                    }
                }
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::$sql, diesel::sqlite::Sqlite> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::sqlite::Sqlite>,
            ) -> diesel::serialize::Result {
                out.set_value($write(self.0));
                Ok(diesel::serialize::IsNull::No)
            }
        }

        $crate::column!(@write $name, $sql, $inner, diesel::pg::Pg);
        $crate::column!(@write $name, $sql, $inner, $crate::db::MultiBackend);
    };
    (@write $name:ident, $sql:ident, $inner:ty, $backend:ty) => {
        impl diesel::serialize::ToSql<diesel::sql_types::$sql, $backend> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, $backend>,
            ) -> diesel::serialize::Result {
                use diesel::{serialize::ToSql, sql_types::$sql};
                <$inner as ToSql<$sql, $backend>>::to_sql(&self.0, out)
            }
        }
    };
    ($name:ident is $sql:ident, as $inner:ty) => {
        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::$sql, DB>
            for $name
        where
            $inner: diesel::deserialize::FromSql<diesel::sql_types::$sql, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                <$inner>::from_sql(value).map(Self)
            }
        }

        $crate::column!(@write $name, $sql, $inner);
    };
    (@write $name:ident, $sql:ident, $inner:ty) => {
        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::$sql, DB>
            for $name
        where
            $inner: diesel::serialize::ToSql<diesel::sql_types::$sql, DB>,
        {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, DB>,
            ) -> diesel::serialize::Result {
                self.0.to_sql(out)
            }
        }
    };
}

/// Declares an enum that is the same lower-case word in a column, in JSON and in OpenAPI.
#[macro_export]
macro_rules! word {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[derive(serde::Serialize, serde::Deserialize)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name {
            $(
                #[doc = concat!("`", $word, "`, on the wire and in the database.")]
                #[serde(rename = $word)]
                $variant,
            )+
        }

        impl<DB: diesel::backend::Backend>
            diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                match String::from_sql(value)?.as_str() {
                    $($word => Ok(Self::$variant),)+
                    other => Err(format!("{other:?} is no {}", stringify!($name)).into()),
                }
            }
        }

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB>
            for $name
        where
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, DB>,
            ) -> diesel::serialize::Result {
                match self { $(Self::$variant => $word.to_sql(out),)+ }
            }
        }

        // Written out, since the derive does not see the words through a macro.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($word),+]))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }

        impl $crate::input::Input for $name {
            fn from_text(text: &str) -> std::result::Result<Self, String> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(format!("this must be one of: {}", [$($word),+].join(", "))),
                }
            }
        }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word itself.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}
