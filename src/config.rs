//! How a site is set up: flags, environment variables, and what they are when nobody says.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use chrono_tz::Tz;
use clap::{Args, ValueEnum};
use ipnet::IpNet;

/// Every setting, each a flag and an environment variable.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Address and port to listen on
    #[arg(long, env = "OWAMBE_LISTEN", default_value = "127.0.0.1:8000", global = true)]
    pub listen: SocketAddr,

    /// Folder for the database and the site's secret key; made if it is not there
    #[arg(long, env = "OWAMBE_DATA_DIR", default_value = "./owambe-data", global = true)]
    pub data_dir: PathBuf,

    /// Database: a postgres:// URL, or a file for SQLite [default: owambe.db in the data folder]
    ///
    /// On PostgreSQL, `sslmode=verify-full` checks the server against the system's authorities.
    #[arg(long, env = "OWAMBE_DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,

    /// Storage for pictures: <s3://bucket/prefix>, or a folder [default: files in the data folder]
    ///
    /// For S3 and its like, the environment says the rest: `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, and `AWS_ENDPOINT_URL` where it is not Amazon's.
    #[arg(long, env = "OWAMBE_STORAGE_URL", global = true)]
    pub storage_url: Option<String>,

    /// Where people reach the site, such as <https://party.example> [default: <http://LISTEN>]
    #[arg(long, env = "OWAMBE_PUBLIC_URL", global = true, value_parser = public_url)]
    pub public_url: Option<String>,

    /// What the site is called, at the top of its pages
    #[arg(long, env = "OWAMBE_NAME", default_value = "Owambe", global = true)]
    pub name: String,

    /// Time zone of events and people who name none, as in the IANA database
    #[arg(long, env = "OWAMBE_TIMEZONE", default_value = "UTC", global = true)]
    pub timezone: Tz,

    /// Key that signs sign-ins, at least 32 characters [default: made on the first start]
    ///
    /// Several servers of one site need the same one. Without it, it is kept in `secret.key` in
    /// the data folder, readable by its owner alone.
    #[arg(long, env = "OWAMBE_SECRET_KEY", global = true, hide_env_values = true)]
    pub secret_key: Option<String>,

    /// Websites whose scripts may call the API: origins with commas between them, or *
    #[arg(long, env = "OWAMBE_CORS_ORIGINS", default_value = "*", global = true,
          value_parser = origins)]
    pub cors_origins: String,

    /// Mail server: <smtps://name:password@host>, or <smtp://name:password@host?tls=required>
    /// [default: letters are files in the data folder]
    #[arg(long, env = "OWAMBE_SMTP_URL", global = true, hide_env_values = true)]
    pub smtp_url: Option<String>,

    /// Whom letters come from, such as "Owambe <party@example.org>" [default: owambe at the site's host]
    #[arg(long, env = "OWAMBE_MAIL_FROM", global = true)]
    pub mail_from: Option<String>,

    /// Pieces of maps: an address with {z}, {x} and {y} in it [default: maps are drawn without]
    ///
    /// Whoever serves them sees who looks at a map. They are pictures in Web Mercator.
    #[arg(long, env = "OWAMBE_TILES", global = true, value_parser = tiles)]
    pub tiles: Option<String>,

    /// Whom such maps are owed to, as it stands below them
    #[arg(long, env = "OWAMBE_TILES_CREDIT", default_value = "", global = true)]
    pub tiles_credit: String,

    /// Whether one client may only ask for so much; off is for measurements
    #[arg(long, env = "OWAMBE_RATE_LIMIT", default_value = "on", global = true)]
    pub rate_limit: RateLimit,

    /// Proxies whose word about the client's address is taken: addresses or networks, with commas
    #[arg(long, env = "OWAMBE_TRUSTED_PROXIES", value_delimiter = ',', global = true,
          value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,

    /// How the log is written, to standard error; `RUST_LOG` says how much of it
    #[arg(long, env = "OWAMBE_LOG", default_value = "human", global = true)]
    pub log: LogFormat,
}

/// On, or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RateLimit {
    /// One client may ask for so much.
    On,
    /// Everybody may ask for all they like.
    Off,
}

/// For eyes, or for machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Coloured lines.
    Human,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// The database that the settings name.
    pub fn database(&self) -> String {
        match &self.database_url {
            Some(url) => url.clone(),
            None => self.data_dir.join("owambe.db").display().to_string(),
        }
    }

    /// The storage that the settings name.
    pub fn storage(&self) -> String {
        match &self.storage_url {
            Some(url) => url.clone(),
            None => self.data_dir.join("files").display().to_string(),
        }
    }

    /// Where people reach a server that listens on `address`: no slash at the end.
    pub fn public_url(&self, address: SocketAddr) -> String {
        let shown = match (&self.public_url, address.ip().is_unspecified()) {
            (Some(url), _) => return url.clone(),
            (None, true) => format!("localhost:{}", address.port()),
            (None, false) => address.to_string(),
        };
        format!("http://{shown}")
    }
}

fn public_url(text: &str) -> Result<String, String> {
    let url = url::Url::parse(text).map_err(|err| err.to_string())?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err("it starts with http:// or https://".to_owned());
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err("only scheme, host and port: Owambe answers at the root of a host".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

/// An address of pictures that has a place for which one it is.
fn tiles(text: &str) -> Result<String, String> {
    let parts = ["{z}", "{x}", "{y}"];
    let is_whole = parts.iter().all(|part| text.contains(part));
    let url = url::Url::parse(text).map_err(|err| err.to_string())?;
    match is_whole && matches!(url.scheme(), "http" | "https") && url.host().is_some() {
        true => Ok(text.to_owned()),
        false => Err("write it as https://tiles.example/{z}/{x}/{y}.png".to_owned()),
    }
}

/// A network such as `10.0.0.0/8`, or one address.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse().or_else(|_| address()).map_err(|_| "this is no address and no network".to_owned())
}

/// `*`, or origins as browsers write them: scheme, host and port, and no slash at the end.
fn origins(text: &str) -> Result<String, String> {
    if text.trim() == "*" {
        return Ok("*".to_owned());
    }
    let listed = text.split(',').map(str::trim).filter(|origin| !origin.is_empty());
    let origins: Vec<String> = listed.map(public_url).collect::<Result<_, _>>()?;
    Ok(origins.join(","))
}

#[cfg(test)]
mod tests {
    use super::{origins, public_url, tiles};

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        assert_eq!(origins(" * ").unwrap(), "*");
        assert_eq!(
            origins("https://a.example/, http://b.example:8080").unwrap(),
            "https://a.example,http://b.example:8080"
        );
        assert_eq!(origins("").unwrap(), "");
        assert!(origins("a.example").is_err());
        assert!(origins("https://a.example/app").is_err());
    }

    #[test]
    fn the_address_of_tiles_says_which_one() {
        assert!(tiles("https://tiles.example/{z}/{x}/{y}.png?key=1").is_ok());
        for wrong in ["https://tiles.example/", "tiles/{z}/{x}/{y}", "ftp://a.example/{z}/{x}/{y}"]
        {
            assert!(tiles(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_public_url_is_the_root_of_a_host() {
        assert_eq!(public_url("https://party.example/").unwrap(), "https://party.example");
        assert!(public_url("party.example").is_err());
        assert!(public_url("ftp://party.example").is_err());
        assert!(public_url("https://party.example/events").is_err());
    }
}
