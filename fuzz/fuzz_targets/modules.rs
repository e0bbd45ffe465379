//! Any text is a module or has errors, whatever its language; a module's places lie in the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ops_typescript::parse::parse;

fuzz_target!(|text: &str| {
    for path in ["file.ts", "file.tsx", "file.js", "file.cjs", "file.d.ts", "file.json"] {
        let module = parse(path, text);
        assert!(module.errors.is_empty() || module.exports.is_empty() && module.body.is_empty(), "{path}");
        for (id, _) in module.expressions() {
            let span = module.span(id);
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{path}: {span:?}");
        }
        for (_, binding) in module.bindings() {
            let span = binding.span;
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{path}: {span:?}");
        }
    }
});
