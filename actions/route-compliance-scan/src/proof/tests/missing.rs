//! What should be in the repository, and isn't.

use super::{class, layers, reason};
use crate::result::Proof::{None, Unproven};
use crate::routes::LayerKind;

#[test]
fn a_wrapper_that_is_not_there_proves_nothing_and_denies_nothing() {
    let from = |module: &str| {
        format!("import {{ withSession }} from '{module}';\nexport const GET = withSession(async () => db.all());")
    };
    assert_eq!(class(&from("./lib/gone")), Unproven);
    assert_eq!(reason(&from("./lib/gone")), "route.ts imports `./lib/gone`, and there is no such file");
    assert_eq!(class(&from("somewhere")), None);
}

#[test]
fn a_layer_that_is_not_there_proves_nothing_and_denies_nothing() {
    let from = |module: &str| {
        format!(
            "import {{ base }} from '{module}';\nexport const open = async (c) => c.json(await db.all());\n\
             app.use(base.input(schema).meta(1));"
        )
    };
    assert_eq!(layers::of(&from("./gone"), LayerKind::Route), Unproven);
    assert_eq!(layers::of(&from("somewhere"), LayerKind::Route), None);
}
