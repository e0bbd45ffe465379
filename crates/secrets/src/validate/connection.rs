//! URLs with a password in them, RFC 3986: `scheme://user:password@host,host:port/path?query`.

use crate::Validity;

/// Passwords that everybody knows.
const KNOWN: &[&str] = &[
    "password",
    "passwort",
    "passwd",
    "pass",
    "pwd",
    "secret",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongo",
    "mongodb",
    "redis",
    "root",
    "admin",
    "user",
    "username",
    "guest",
    "test",
    "testing",
    "prisma",
    "example",
    "changeme",
    "default",
    "dev",
    "development",
    "local",
    "localhost",
    "docker",
    "demo",
    "dummy",
    "token",
    "key",
    "apikey",
    "api_key",
    "db_password",
    "db",
    "database",
    "mypassword",
    "my_password",
    "yourpassword",
    "your_password",
    "hunter2",
    "letmein",
    "qwerty",
    "foo",
    "bar",
    "sa",
    "app",
    "supabase",
    "pw",
    "abc123",
    "123",
    "1234",
    "12345",
    "123456",
    "12345678",
    "xxx",
    "pass123",
    "password123",
];

/// Whether it may be a secret; none if it is a placeholder, everybody's, or for this machine alone.
pub(super) fn judge(url: &[u8]) -> Option<Validity> {
    let url = std::str::from_utf8(url).ok()?;
    let (_, rest) = url.split_once("://")?;
    // A password may hold a bare `@`: the last one before the path counts.
    let authority = rest.split(['/', '?', '#', '"', '\'', ' ', '\n', '`']).next()?;
    let (account, hosts) = authority.rsplit_once('@').or_else(|| rest.rsplit_once('@'))?;
    let (user, password) = account.split_once(':')?;
    let host = hosts.split(',').next()?;
    let host = host.split(['/', '?']).next()?;
    let host = if host.starts_with('[') { host } else { host.split(':').next()? };
    if is_here(host) || is_placeholder(user, password) {
        return None;
    }
    Some(Validity::Unknown)
}

fn is_placeholder(user: &str, password: &str) -> bool {
    let lower = password.to_ascii_lowercase();
    let first = lower.chars().next();
    password.is_empty()
        || lower == user.to_ascii_lowercase()
        || KNOWN.contains(&lower.as_str())
        || lower.contains("password")
        || lower.chars().all(|character| Some(character) == first || character == '*' || character == '.')
        || password.contains(['{', '}', '<', '>', '$', '(', '['])
        || (password.starts_with('%') && password.ends_with('%'))
        || (password.starts_with(':') || password.starts_with('#'))
}

/// A name for this machine, a service beside it, or one that is nobody's.
fn is_here(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let ends = |end: &str| host == end || host.ends_with(&format!(".{end}"));
    host.is_empty()
        || host.starts_with("127.")
        || matches!(
            host.as_str(),
            "0.0.0.0" | "[::1]" | "[::]" | "host.docker.internal" | "host" | "hostname" | "server"
        )
        || ["localhost", "local", "test", "invalid", "example", "example.com", "example.org", "example.net", "internal"]
            .iter()
            .any(|end| ends(end))
        || host.contains(['{', '}', '<', '>', '$', '(', '[', '%', '*'])
        || host.contains("your-")
        || host.contains("your_")
        || host.contains("xxx")
        || !host.contains('.')
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::Validity;

    #[test]
    fn a_password_for_a_server_elsewhere_is_a_secret() {
        for url in [
            "postgres://app:k3j9x0q8w2@ep-cool-mode-123.eu-central-1.aws.neon.tech/main",
            "mysql://root:k3j9@x0q8w2@10.0.3.7:3306/app",
            "mongodb+srv://app:k3j9x0q8w2@cluster0.ab1cd.mongodb.net/?retryWrites=true",
            "redis://:k3j9x0q8w2@eu1-quick-fox-12345.upstash.io:6379",
        ] {
            assert_eq!(judge(url.as_bytes()), Some(Validity::Unknown), "{url}");
        }
    }

    #[test]
    fn a_placeholder_or_a_database_on_this_machine_is_none() {
        for url in [
            "postgres://postgres:postgres@db.acme.io/app",
            "postgres://app:k3j9x0q8w2@localhost:5432/app",
            "postgres://app:k3j9x0q8w2@127.0.0.1/app",
            "postgres://app:k3j9x0q8w2@postgres:5432/app",
            "postgres://app:${PASSWORD}@db.acme.io/app",
            "postgres://USER:PASSWORD@HOST:5432/DATABASE",
            "postgres://app:<password>@db.acme.io/app",
            "postgres://app:xxxxxxxx@db.acme.io/app",
            "postgres://app:k3j9x0q8w2@db.example.com/app",
            "postgres://app@db.acme.io/app",
        ] {
            assert_eq!(judge(url.as_bytes()), None, "{url}");
        }
    }
}
