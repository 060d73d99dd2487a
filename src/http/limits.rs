//! How much one client may ask for, so that there is enough for everybody.
//!
//! Each policy is a bucket for each address or account, which fills again with time (governor's
//! GCRA). What is left is announced as draft-ietf-httpapi-ratelimit-headers says.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use ipnet::IpNet;

pub use super::guard::Caller;

use super::guard::Guard;
use super::idempotency::Owner;
use super::upload::brings_pictures;
use crate::app::App;
use crate::clock;
use crate::error::{Error, Result};

/// Which policies there are.
pub const RATELIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What is left of each.
pub const RATELIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Buckets that a policy remembers at most. Then those that are full again are forgotten, and while
/// there are still too many, newcomers share one.
const MOST_BUCKETS: usize = 100_000;

/// How often somebody looks which buckets are full again, at most, in microseconds.
const SWEEP_MICROS: i64 = 10_000_000;

/// Who is at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Where a request comes from, as limits count it.
#[derive(Clone, Debug)]
pub struct Client(pub String);

/// All policies, or none.
#[derive(Clone, Debug, Default)]
pub struct Limits(Option<Arc<Policies>>);

#[derive(Debug)]
struct Policies {
    proxies: Vec<IpNet>,
    requests: Policy,
    sign_up: Policy,
    sign_in: Policy,
    refresh: Policy,
    account: Policy,
    upload: Policy,
    letters: Policy,
    reader: Policy,
    reset: Policy,
    guard: Guard,
}

#[derive(Debug)]
struct Policy {
    name: &'static str,
    quota: Quota,
    swept_at: AtomicI64,
    buckets:
        RateLimiter<String, DashMapStateStore<String>, DefaultClock, StateInformationMiddleware>,
}

/// What a policy says to a request.
struct Said {
    policy: String,
    left: String,
    wait: Option<Duration>,
}

impl Policy {
    /// So many at once, and then one each `period`.
    fn new(name: &'static str, burst: u32, period: Duration) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(period).unwrap_or(Quota::per_second(burst));
        let quota = quota.allow_burst(burst);
        let buckets = RateLimiter::dashmap(quota).with_middleware::<StateInformationMiddleware>();
        Self { name, quota, swept_at: AtomicI64::new(0), buckets }
    }

    fn ask(&self, key: &str) -> Said {
        let is_crowded = self.buckets.len() > MOST_BUCKETS;
        if is_crowded {
            self.sweep(clock::now().micros());
        }
        let key = if is_crowded { "everybody else" } else { key };
        let (burst, period) = (self.quota.burst_size().get(), self.quota.replenish_interval());
        let window = (period * burst).as_secs().max(1);
        let (left, wait) = match self.buckets.check_key(&key.to_owned()) {
            Ok(state) => (state.remaining_burst_capacity(), None),
            Err(until) => (0, Some(until.wait_time_from(DefaultClock::default().now()))),
        };
        let reset = wait.unwrap_or(period).as_secs_f64().ceil();
        Said {
            policy: format!("\"{}\";q={burst};w={window}", self.name),
            left: format!("\"{}\";r={left};t={reset}", self.name),
            wait,
        }
    }

    /// Forgets the buckets that are full again, and not at every request: there are many.
    fn sweep(&self, now: i64) {
        let last = self.swept_at.load(Ordering::Relaxed);
        let swap = || {
            self.swept_at.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        };
        if now - last > SWEEP_MICROS && swap() {
            self.buckets.retain_recent();
        }
    }
}

impl Limits {
    /// The usual policies, for a site behind these proxies.
    pub fn new(proxies: Vec<IpNet>) -> Self {
        let each = Duration::from_secs;
        Self(Some(Arc::new(Policies {
            proxies,
            // Everybody at a party may share one address, and look at all of its pictures.
            requests: Policy::new("requests", 3_000, Duration::from_millis(5)),
            sign_up: Policy::new("sign-up", 20, each(180)),
            sign_in: Policy::new("sign-in", 30, each(10)),
            refresh: Policy::new("refresh", 120, each(1)),
            account: Policy::new("account", 600, Duration::from_millis(50)),
            upload: Policy::new("upload", 60, each(5)),
            letters: Policy::new("letters", 20, each(60)),
            reader: Policy::new("reader", 5, each(900)),
            reset: Policy::new("reset", 5, each(900)),
            guard: Guard::default(),
        })))
    }

    /// Fails while somebody has to wait who guessed wrong before; notes a guess otherwise.
    pub fn guess(&self, caller: &Caller) -> Result<()> {
        let Some(policies) = &self.0 else { return Ok(()) };
        let now = clock::now();
        policies.guard.check(caller, now)?;
        policies.guard.guessed(caller, now);
        Ok(())
    }

    /// Notes that somebody was right.
    pub fn succeeded(&self, caller: &Caller) {
        if let Some(policies) = &self.0 {
            policies.guard.succeeded(caller);
        }
    }

    /// Whether one more letter with a new password may go to an address; notes that it does. Nothing
    /// else that goes there counts: nobody keeps others from their account.
    pub fn may_reset(&self, address: &str) -> bool {
        self.0.as_ref().is_none_or(|policies| policies.reset.ask(address).wait.is_none())
    }

    /// Fails where too many sign up from one address, for who does so by a page.
    pub fn check_sign_up(&self, address: &str) -> Result<()> {
        let wait = self.0.as_ref().and_then(|policies| policies.sign_up.ask(address).wait);
        wait.map_or(Ok(()), |wait| Err(Error::TooMany(wait)))
    }

    /// Whether one more letter may go to an address; notes that it does.
    pub fn may_write_to(&self, address: &str) -> bool {
        self.0.as_ref().is_none_or(|policies| policies.reader.ask(address).wait.is_none())
    }

    /// Fails where an account has had too many letters written, or to one reader too many are.
    pub fn check_letter(&self, account: &str, address: &str) -> Result<()> {
        let Some(policies) = &self.0 else { return Ok(()) };
        let wait = policies.letters.ask(account).wait;
        // Who is refused already takes nothing away from the reader.
        match wait.or_else(|| policies.reader.ask(address).wait) {
            Some(wait) => Err(Error::TooMany(wait)),
            None => Ok(()),
        }
    }

    /// No policy at all: for measurements.
    pub fn off() -> Self {
        Self(None)
    }
}

/// Counts what comes from an address, before anything else is looked at.
pub async fn by_address(
    app: &App,
    mut request: Request,
    next: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    let Some(policies) = &app.limits.0 else { return next(request).await };
    let Some(Peer(peer)) = request.extensions().get().copied() else {
        return next(request).await;
    };
    let client = client(peer.ip(), request.headers(), &policies.proxies);
    let key = bucket(client);
    request.extensions_mut().insert(Client(key.clone()));
    let mut said = vec![policies.requests.ask(&key)];
    if request.method() == Method::POST {
        let policy = match request.uri().path() {
            "/api/users/register/" | "/signup/" => Some(&policies.sign_up),
            "/api/users/login/" | "/signin/" | "/invitations/" => Some(&policies.sign_in),
            "/api/users/token/refresh/" => Some(&policies.refresh),
            "/api/users/password/reset/" | "/forgot/" => Some(&policies.letters),
            _ => None,
        };
        said.extend(policy.map(|policy| policy.ask(&key)));
    }
    answered(said, request, next).await
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(parts.extensions.get().cloned().unwrap_or_else(|| Self("anywhere".to_owned())))
    }
}

/// Counts what an account asks for.
pub async fn by_account(
    app: &App,
    request: Request,
    next: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    let Some(policies) = &app.limits.0 else { return next(request).await };
    let Some(Owner(owner)) = request.extensions().get().cloned() else {
        return next(request).await;
    };
    let mut said = vec![policies.account.ask(&owner)];
    let path = request.uri().path();
    if request.method() == Method::POST && path.ends_with("/announcements/") {
        said.push(policies.letters.ask(&owner));
    }
    if brings_pictures(&request) {
        said.push(policies.upload.ask(&owner));
    }
    answered(said, request, next).await
}

/// The answer, or a refusal; either says what is left.
async fn answered(
    said: Vec<Said>,
    request: Request,
    next: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    let wait = said.iter().filter_map(|said| said.wait).max();
    let mut response = match wait {
        Some(wait) => Error::TooMany(wait).into_response(),
        None => next(request).await,
    };
    for said in said {
        for (name, value) in [(RATELIMIT_POLICY, said.policy), (RATELIMIT, said.left)] {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().append(name, value);
            }
        }
    }
    response
}

/// Who asks, where proxies that are trusted stand in between: the last address that none of them
/// vouches for (RFC 7239, and `X-Forwarded-For`).
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| proxies.iter().any(|net| net.contains(&address));
    let mut client = peer.to_canonical();
    for forwarded in forwarded(headers).into_iter().rev() {
        if !is_trusted(client) {
            break;
        }
        match forwarded {
            Some(address) => client = address.to_canonical(),
            None => break,
        }
    }
    client
}

/// The addresses that proxies wrote down, the farthest first. `None` is one that hides itself.
fn forwarded(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let texts = |name: &str| -> Vec<String> {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',').map(|it| it.trim().to_owned())).collect()
    };
    // Most proxies write this one, and let the other through as the client wrote it.
    let usual = texts("x-forwarded-for");
    if !usual.is_empty() {
        return usual.iter().map(|text| address(text)).collect();
    }
    let node = |element: &String| {
        let mut pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
        let of = pairs.find(|(name, _)| name.eq_ignore_ascii_case("for"));
        of.and_then(|(_, node)| address(node.trim_matches('"')))
    };
    texts("forwarded").iter().map(node).collect()
}

/// An address, perhaps with a port, and in brackets where it is one of IPv6.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(it, _)| it);
    let socket = || text.parse::<SocketAddr>().ok().map(|socket| socket.ip());
    bare.unwrap_or(text).parse().ok().or_else(socket)
}

/// One customer of a provider has a whole /64 of IPv6 (RFC 6177).
fn bucket(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, name: &'static str, value: &'static str, proxies: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        let nets: Vec<IpNet> = proxies.split_whitespace().map(|it| it.parse().unwrap()).collect();
        client(peer.parse().unwrap(), &headers, &nets).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let net = "10.0.0.0/8";
        let x = "x-forwarded-for";
        assert_eq!(seen("192.0.2.1", x, "203.0.113.9", net), "192.0.2.1");
        assert_eq!(seen("10.0.0.1", x, "203.0.113.9", net), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", x, "1.1.1.1, 203.0.113.9", net), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", x, "203.0.113.9, 10.0.0.2", net), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", x, "nonsense", net), "10.0.0.1");
        assert_eq!(seen("::ffff:10.0.0.1", x, "203.0.113.9:4711", net), "203.0.113.9");
        let standard =
            "for=192.0.2.60;proto=http;by=203.0.113.43, For=\"[2001:db8:cafe::17]:4711\"";
        assert_eq!(seen("10.0.0.1", "forwarded", standard, net), "2001:db8:cafe::17");
        assert_eq!(seen("10.0.0.1", "forwarded", "for=_hidden", net), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", x, "203.0.113.9", ""), "10.0.0.1");
        let mut both = HeaderMap::new();
        both.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.9"));
        both.insert("forwarded", HeaderValue::from_static("for=198.51.100.7"));
        let nets = [net.parse().unwrap()];
        assert_eq!(client("10.0.0.1".parse().unwrap(), &both, &nets).to_string(), "203.0.113.9");
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let of = |text: &str| bucket(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    #[test]
    fn a_crowd_is_swept_now_and_then_and_not_at_every_request() {
        let policy = Policy::new("test", 1, Duration::from_millis(1));
        let comes_and_is_forgotten = || {
            policy.ask("ada");
            std::thread::sleep(Duration::from_millis(5));
        };

        comes_and_is_forgotten();
        policy.sweep(100_000_000);
        assert_eq!(policy.buckets.len(), 0, "what is full again is forgotten");
        comes_and_is_forgotten();
        policy.sweep(105_000_000);
        assert_eq!(policy.buckets.len(), 1, "it was swept a moment ago");
        policy.sweep(111_000_000);
        assert_eq!(policy.buckets.len(), 0);
    }

    #[test]
    fn a_bucket_empties_and_says_when_it_fills() {
        let policy = Policy::new("test", 3, Duration::from_mins(1));
        let left: Vec<String> = (0..3).map(|_| policy.ask("ada").left).collect();
        assert_eq!(left, ["\"test\";r=2;t=60", "\"test\";r=1;t=60", "\"test\";r=0;t=60"]);
        let full = policy.ask("ada");
        assert_eq!(full.policy, "\"test\";q=3;w=180");
        assert!(full.wait.is_some_and(|wait| wait <= Duration::from_mins(1)));
        assert!(policy.ask("bola").wait.is_none());
    }
}
