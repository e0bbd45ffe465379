//! Any bytes in a migration file or a journal are read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ops_migrations::layout::{Layout, detect, read};

fuzz_target!(|bytes: &[u8]| {
    let root = tempfile::tempdir().expect("a temporary folder");
    let write = |relative: &str, content: &[u8]| {
        let path = root.path().join(relative);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    };
    write("db/migrations/20260101000000_a.sql", bytes);
    write("migrations/20260101000000_a.sql", bytes);
    write("drizzle/meta/_journal.json", bytes);
    write("drizzle/0000_a.sql", b"select 1;");
    write("prisma/migrations/migration_lock.toml", bytes);
    write("prisma/migrations/20260101000000_a/migration.sql", bytes);
    for (layout, directory) in [
        (Layout::Dbmate, "db/migrations"),
        (Layout::Sqlx, "migrations"),
        (Layout::Plain, "migrations"),
        (Layout::Drizzle, "drizzle"),
        (Layout::Prisma, "prisma/migrations"),
    ] {
        match detect(root.path(), Some(layout), Some(directory)) {
            Ok(found) => match read(root.path(), &found) {
                Ok(migrations) => drop(migrations),
                Err(errors) => errors.iter().for_each(|error| assert!(!error.to_string().is_empty())),
            },
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
});
