//! What holds of every lockfile that can be read, whichever tool wrote it.

use std::collections::BTreeMap;

use ops_dependencies::{Kind, Lockfile, Manifest};

/// Reads a text, with and without a manifest, and asks everything of it.
pub fn read(kind: Kind, text: &str) {
    let wanted = r#"{ "name": "a", "dependencies": { "a": "1", "@b/c": "^1.0.0" }, "devDependencies": { "d": "npm:e@2" } }"#;
    let manifest = Manifest::read(wanted).expect("a manifest");
    for manifests in [BTreeMap::new(), BTreeMap::from([(String::new(), manifest)])] {
        let Ok(lockfile) = Lockfile::read(kind, text, &manifests) else { continue };
        let _ = lockfile.drift(&manifests);
        let installed = lockfile.installed();
        assert_eq!(installed.len(), lockfile.packages.len());
        for one in &installed {
            assert_eq!(one.chain.last().copied(), Some(one.package));
            let _ = one.told();
        }
        assert_eq!(Lockfile::read(kind, text, &manifests).as_ref(), Ok(&lockfile), "the same text tells the same");
    }
}
