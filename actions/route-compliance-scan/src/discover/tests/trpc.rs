//! Procedures of tRPC, found in a repository.

use super::found;

const APP: (&str, &str) =
    ("app.ts", "import { router, open } from './init'\nexport const app = router({ list: open.query(list) })");

#[test]
fn where_nobody_speaks_of_trpc_a_query_is_no_procedure() {
    let init = "import { init } from 'SERVER'\nconst t = init()\nexport const { router, procedure: open } = t";
    assert_eq!(found(&[APP, ("init.ts", &init.replace("SERVER", "@trpc/server"))]), ["QUERY /list"]);
    assert!(found(&[APP, ("init.ts", &init.replace("SERVER", "elsewhere"))]).is_empty());
}
