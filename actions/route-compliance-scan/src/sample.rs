//! Routes for tests.

use crate::result::{Proof, ProvedRoute};

/// A route of Next.js in the file that its path says.
pub(crate) fn route(method: &str, path: &str, proof: Proof) -> ProvedRoute {
    let file = format!("app{path}/route.ts");
    ProvedRoute {
        framework: "next-app",
        path: path.to_owned(),
        method: method.to_owned(),
        line: 4,
        column: 14,
        proof,
        chain: Vec::new(),
        reason: None,
        runtime: None,
        headers: Vec::new(),
        files: vec![file.clone()],
        file,
    }
}
