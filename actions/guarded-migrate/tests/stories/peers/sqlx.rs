//! sqlx-cli, the real one, on PostgreSQL and on SQLite. It compares the checksums of all that was applied before it goes on.

use super::{Peer, files, postgres, postgres_schema, sqlite, sqlite_schema, tool};
use crate::story::Story;

const SHOP: &str = "create table shop (id integer primary key, name text not null default 'it''s');\n";
const SEED: &str = "insert into shop (id, name) values (1, 'ø; \\ --'), (2, '$$')";
const INDEX: &str = "-- no-transaction\ncreate index concurrently shop_name on shop (name);\n";
const PLAIN_INDEX: &str = "create index shop_name on shop (name);\r\n";
const MORE: &str = "create table orders (id integer);\ncreate table lines (id integer);\n";

fn peer(begin: fn() -> Story, index: &str) -> Option<Peer> {
    let program = ops_testing::tool_unless_skipped("sqlx")?;
    Some(Peer {
        history: files([
            ("migrations/1_the_shop.sql", SHOP),
            ("migrations/20260101000002_seed__twice.sql", SEED),
            ("migrations/20260101000003_index.sql", index),
            ("migrations/20260101000004_more.sql", MORE),
        ]),
        policy: "[migrations]\nlayout = \"sqlx\"\n",
        begin,
        apply: Box::new(move |story| tool(story, &program, &["migrate", "run", "--no-dotenv"])),
        rows: |story| {
            match &story.database {
            Some(_) => story.sql(
                "select to_jsonb(t) - 'installed_on' - 'execution_time', execution_time > 0 from _sqlx_migrations t order by version",
            ),
            None => sqlite(
                story,
                "select version, description, success, typeof(success), checksum, typeof(checksum), typeof(installed_on), \
                 length(installed_on), execution_time > 0 from _sqlx_migrations order by version",
            ),
        }
        },
        schema: |story| if story.database.is_some() { postgres_schema(story) } else { sqlite_schema(story) },
    })
}

#[test]
fn sqlx_and_we_agree_on_postgres() {
    let Some(peer) = peer(postgres, INDEX) else { return };
    peer.agrees();
}

#[test]
fn sqlx_and_we_agree_on_sqlite() {
    let Some(peer) = peer(|| Story::at("sqlite:./dev.db".to_owned()), PLAIN_INDEX) else { return };
    peer.agrees();
}
