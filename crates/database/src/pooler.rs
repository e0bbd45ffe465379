//! Connection poolers in transaction mode: they hand each transaction to another session, so that locks, settings and
//! progress end up in different places.

use crate::{Connection, DatabaseError, DatabaseUrl, Engine, Open};

/// What a URL or a probe says about a pooler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pooling {
    /// One session from the first statement to the last.
    Direct,
    /// A transaction-mode pooler.
    Transaction {
        /// How it was recognised.
        evidence: String,
        /// The direct URL's form, without user and password.
        direct: String,
    },
}

/// What the URL alone says. Sources: Neon's pooled hosts end their first label in `-pooler`; Supabase's pooler listens for
/// transaction mode on port 6543 and for session mode on 5432.
#[must_use]
pub fn from_url(url: &DatabaseUrl) -> Pooling {
    let (Some(host), Some(port)) = (url.host(), url.port()) else { return Pooling::Direct };
    let (label, rest) = host.split_once('.').unwrap_or((host, ""));
    if let Some(direct) = label.strip_suffix("-pooler") {
        return Pooling::Transaction {
            evidence: format!("the host {host} is Neon's pooler"),
            direct: format!("the same URL with the host {direct}.{rest}"),
        };
    }
    if port == 6543 {
        let direct = if host.ends_with(".pooler.supabase.com") || host.ends_with(".supabase.co") {
            "the same URL with port 5432 (session mode)".to_owned()
        } else {
            "the database's own host and port, usually 5432".to_owned()
        };
        return Pooling::Transaction { evidence: "port 6543 is a pooler in transaction mode".to_owned(), direct };
    }
    Pooling::Direct
}

/// Finds a pooler that the URL does not show: the server process that answers this connection answers another one at the
/// same time; or a setting made in one round trip is gone, or the process is another, in the next.
///
/// An idle pooler gives one client the same process again and again. Only a second client shows it, since its open
/// transaction takes that process away.
pub async fn probe(connection: &mut Connection) -> Result<Pooling, DatabaseError> {
    if connection.engine() == Engine::Sqlite {
        return Ok(Pooling::Direct);
    }
    let direct = "the database's own host and port, past the pooler".to_owned();
    let own = connection.value("select pg_backend_pid()").await?;
    let mut other = Connection::open(connection.url(), Open::Existing).await?;
    other.run("begin").await?;
    let shared = other.value("select pg_backend_pid()").await? == own;
    if shared {
        other.close().await;
        let evidence = "one server process answers several connections".to_owned();
        return Ok(Pooling::Transaction { evidence, direct });
    }
    let token = "select set_config('ops_actions.probe', pg_backend_pid()::text, false)";
    let read = "select coalesce(current_setting('ops_actions.probe', true), ''), pg_backend_pid()::text";
    connection.run(token).await?;
    let mut same = true;
    for _ in 0..3 {
        let rows = connection.rows(read).await?;
        same &= rows.first().is_some_and(|row| row.first() == row.get(1));
    }
    other.close().await;
    if same {
        return Ok(Pooling::Direct);
    }
    Ok(Pooling::Transaction {
        evidence: "two statements of one connection were answered by different server processes".to_owned(),
        direct,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Pooling, from_url};
    use crate::DatabaseUrl;

    fn pooling(url: &str) -> Pooling {
        from_url(&DatabaseUrl::parse(url, Path::new("/")).unwrap())
    }

    #[test]
    fn neons_pooler_is_recognised_and_its_direct_host_named() {
        let Pooling::Transaction { direct, .. } =
            pooling("postgres://u:p@ep-cool-mode-1234-pooler.eu-central-1.aws.neon.tech/app")
        else {
            panic!("not recognised")
        };
        assert_eq!(direct, "the same URL with the host ep-cool-mode-1234.eu-central-1.aws.neon.tech");
    }

    #[test]
    fn supabases_transaction_port_is_refused_and_its_session_port_is_not() {
        let Pooling::Transaction { direct, .. } =
            pooling("postgres://postgres.ref:p@aws-0-eu-central-1.pooler.supabase.com:6543/postgres")
        else {
            panic!("not recognised")
        };
        assert_eq!(direct, "the same URL with port 5432 (session mode)");
        assert_eq!(
            pooling("postgres://postgres.ref:p@aws-0-eu-central-1.pooler.supabase.com:5432/postgres"),
            Pooling::Direct
        );
    }

    #[test]
    fn a_host_that_only_contains_the_word_is_direct() {
        assert_eq!(pooling("postgres://u:p@my-pooler-db.example.com/app"), Pooling::Direct);
        assert_eq!(pooling("file:./dev.db"), Pooling::Direct);
    }
}
