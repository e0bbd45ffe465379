//! dbmate, the real one, on PostgreSQL and on SQLite.

use super::{Peer, files, postgres, postgres_schema, sqlite, sqlite_schema, tool};
use crate::story::Story;

const SHOP: &str = "-- migrate:up\ncreate table shop (id integer primary key, name text not null default 'it''s');\n\
                    -- migrate:down\ndrop table shop;\n";
const SEED: &str = "-- migrate:up\ninsert into shop (id, name) values (1, 'ø; \\ --'), (2, '$$');\n-- migrate:down\n";
const INDEX: &str = "-- migrate:up transaction:false\ncreate index concurrently shop_name on shop (name);\n\
                     -- migrate:down transaction:false\ndrop index shop_name;\n";
const PLAIN_INDEX: &str =
    "-- migrate:up\ncreate index shop_name on shop (name);\n-- migrate:down\ndrop index shop_name;\n";
const MORE: &str =
    "--migrate:up\ncreate table orders (id integer);\ncreate table lines (id integer);\n--migrate:down\n";

fn peer(begin: fn() -> Story, index: &str) -> Option<Peer> {
    let program = ops_testing::tool_unless_skipped("dbmate")?;
    Some(Peer {
        history: files([
            ("db/migrations/20260101000001_shop.sql", SHOP),
            ("db/migrations/20260101000002_seed.sql", SEED),
            ("db/migrations/20260101000003_index.sql", index),
            ("db/migrations/20260101000004_more.sql", MORE),
        ]),
        policy: "",
        begin,
        apply: Box::new(move |story| tool(story, &program, &["--no-dump-schema", "migrate"])),
        rows: |story| match &story.database {
            Some(_) => story.sql("select to_jsonb(t) from schema_migrations t order by version"),
            None => sqlite(story, "select * from schema_migrations order by version"),
        },
        schema: |story| if story.database.is_some() { postgres_schema(story) } else { sqlite_schema(story) },
    })
}

#[test]
fn dbmate_and_we_agree_on_postgres() {
    let Some(peer) = peer(postgres, INDEX) else { return };
    peer.agrees();
}

#[test]
fn dbmate_and_we_agree_on_sqlite() {
    let Some(peer) = peer(|| Story::at("sqlite:./dev.db".to_owned()), PLAIN_INDEX) else { return };
    peer.agrees();
}
