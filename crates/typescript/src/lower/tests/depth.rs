use crate::parse::parse;

const FORMS: [(&str, &str, &str, &str); 34] = [
    ("x=", "[", "1", "]"),
    ("x=", "(", "1", ")"),
    ("x=", "!", "a", ""),
    ("", "{", "", "}"),
    ("x=", "({a:", "1", "})"),
    ("x=", "a=>", "1", ""),
    ("x=", "async a=>{", "", "}"),
    ("x=", "function(){return ", "1", "}"),
    ("", "(function(){", "", "})()"),
    ("x=", "a(", "1", ")"),
    ("", "if(a)", ";", ""),
    ("", "if(a);else ", ";", ""),
    ("x=", "a?b:", "c", ""),
    ("x=", "`${", "1", "}`"),
    ("x=", "", "a", ".b"),
    ("x=", "", "a", "?.b"),
    ("x=", "", "a", "+b"),
    ("x=", "", "a", "()"),
    ("x=", "", "a", "``"),
    ("x=", "", "a", " as b"),
    ("x=", "a=", "1", ""),
    ("x=", "class{a=", "1", "}"),
    ("x=", "new ", "a", ""),
    ("x=", "typeof ", "a", ""),
    ("x=", "(a=", "1", ")=>1"),
    ("x=", "<a>{", "1", "}</a>"),
    ("let ", "[", "a", "]=1"),
    ("let x:", "[", "a", "]"),
    ("let x:", "A<", "b", ">"),
    ("type X=", "a extends b?c:", "d", ""),
    ("type X=", "(a:b)=>", "c", ""),
    ("type X=", "keyof ", "a", ""),
    ("type X=", "{a:", "b", "}"),
    ("namespace ", "a.", "b", "{}"),
];

/// A stack overflow cannot be caught: that this ends at all is the test.
#[test]
fn nothing_is_too_deep_to_be_refused() {
    for (before, open, middle, close) in FORMS {
        let source = format!("{before}{}{middle}{}", open.repeat(3_000), close.repeat(3_000));
        let module = parse("file.tsx", &source);
        assert!(module.body.len() < 2, "{open}");
    }
}

#[test]
fn deep_code_is_an_error_that_says_so() {
    let module = parse("file.ts", &format!("x = {}1{}", "[".repeat(600), "]".repeat(600)));
    assert_eq!(module.errors[0].message, "the code is nested more than 512 levels deep");
    assert_eq!(module.errors.len(), 1);
    assert!(module.body.is_empty());
    let module = parse("file.ts", &format!("x = {}1{}", "[".repeat(400), "]".repeat(400)));
    assert_eq!(module.errors, []);
}

#[test]
fn too_many_brackets_are_an_error_that_says_so() {
    let module = parse("file.ts", &"[".repeat(300_000));
    assert_eq!(module.errors[0].message, "the file has so many brackets and operators that parsing it is not safe");
}

#[test]
fn nested_types_that_may_be_comparisons_are_an_error_that_says_so() {
    let source = "(b=new v<".repeat(20);
    for path in ["file.ts", "file.tsx", "file.d.ts"] {
        let module = parse(path, &source);
        assert_eq!(
            module.errors[0].message,
            "the file nests so many `<` in brackets that may be types or comparisons that parsing it would not end",
            "{path}"
        );
    }
    for path in ["file.js", "file.json"] {
        let module = parse(path, &source);
        assert!(!module.errors[0].message.contains("would not end"), "{path} has no types: {:?}", module.errors);
    }
}
