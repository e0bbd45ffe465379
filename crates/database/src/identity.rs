//! Which database this is, beyond its name: what a copy does not share.

use std::os::unix::fs::MetadataExt as _;

use crate::url::Kind;
use crate::{Connection, DatabaseError, DatabaseUrl};

/// What a database is known by. A branch, a dump or a restored copy has another identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    text: String,
    /// For people: `Neon branch br-cool-mode`, `database app of cluster 7312…`.
    pub description: String,
}

impl Identity {
    /// The form that is recorded beside the marker.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Reads it. On Neon it is the project and the branch; elsewhere the database's name and the cluster's system
    /// identifier, which `initdb` makes once and a dump never carries; for SQLite the file's device and inode.
    ///
    /// `None` if the server shows nothing that a copy would not share.
    pub async fn read(connection: &mut Connection) -> Result<Option<Self>, DatabaseError> {
        let url = connection.url().clone();
        match &url.kind {
            Kind::Sqlite { .. } => Ok(file_identity(&url)),
            Kind::Postgres { .. } => server_identity(connection).await,
        }
    }
}

async fn server_identity(connection: &mut Connection) -> Result<Option<Identity>, DatabaseError> {
    let rows = connection
        .rows("select current_database(), current_setting('neon.project_id', true), current_setting('neon.branch_id', true)")
        .await?;
    let mut cells = rows.into_iter().next().unwrap_or_default().into_iter();
    let database = cells.next().flatten().unwrap_or_default();
    let project = cells.next().flatten().filter(|value| !value.is_empty());
    let branch = cells.next().flatten().filter(|value| !value.is_empty());
    if let (Some(project), Some(branch)) = (project, branch) {
        return Ok(Some(Identity {
            text: format!("neon:{project}/{branch}/{database}"),
            description: format!("database {database} of Neon branch {branch}"),
        }));
    }
    match connection.value("select system_identifier from pg_control_system()").await {
        Ok(Some(system)) => Ok(Some(Identity {
            text: format!("postgres:{system}/{database}"),
            description: format!("database {database} of cluster {system}"),
        })),
        Ok(None) => Ok(None),
        // A provider may hide the function: then there is no identity, which is not the same as a wrong one.
        Err(DatabaseError::Statement { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn file_identity(url: &DatabaseUrl) -> Option<Identity> {
    let Kind::Sqlite { path } = &url.kind else { return None };
    let path = path.canonicalize().ok()?;
    let metadata = path.metadata().ok()?;
    Some(Identity {
        text: format!("sqlite:{}:{}:{}", metadata.dev(), metadata.ino(), path.display()),
        description: format!("file {}", path.display()),
    })
}
