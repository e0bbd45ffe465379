//! Answers that are arrays, say of which kind they are, or are asked for their type.

use super::inline::of;
use super::{Repository, THROWS, class_with};
use crate::result::Proof::{self, Delegated, Inline, Unproven};

const WRITE: &str = "await db.user.create({});";
const REFUSE: &str = "return new Response('no', { status: 401 });";

/// A handler that asks a guard with this definition.
fn asking(definition: &str, body: &str) -> Proof {
    let guard = format!("import {{ db }} from 'db';\nexport {definition}");
    let route = format!(
        "import {{ getSession }} from './lib/auth';\nimport {{ db }} from 'db';\nexport async function GET(req) {{ {body} {WRITE} }}"
    );
    class_with(&[("route.ts", route.as_str()), ("lib/auth.ts", guard.as_str())])
}

const TUPLE: &str = "async function getSession(req) { const user = await db.user(req); if (!user) return [null, new Error('no')]; return [user, null]; }";
const KIND: &str = "async function getSession(req) { const user = await db.user(req); if (!user) return { kind: 'error' }; if (user.old) return { kind: 'expired' }; return { kind: 'ok', user }; }";

#[test]
fn an_array_with_an_error_is_asked_by_its_elements() {
    for (body, expected) in [
        (format!("const [user, error] = await getSession(req); if (error) {REFUSE}"), Inline),
        (format!("const [user, error] = await getSession(req); if (!user) {REFUSE}"), Inline),
        (format!("const [user] = await getSession(req); if (!user) {REFUSE}"), Inline),
        (format!("const [, failure] = await getSession(req); if (failure) {REFUSE}"), Inline),
        (format!("const all = await getSession(req); if (all[1]) {REFUSE}"), Inline),
        (format!("const [error, user] = await getSession(req); if (!user) {REFUSE}"), Unproven),
        (format!("const [error, user] = await getSession(req); if (error) {REFUSE}"), Unproven),
        (format!("const [user, error] = await getSession(req); if (!error) {REFUSE}"), Unproven),
        (format!("const [user, error] = await getSession(req); if (user && user.banned) {REFUSE}"), Unproven),
        (format!("const all = await getSession(req); if (!all) {REFUSE}"), Unproven),
        (format!("const all = await getSession(req); if (!all[req.index]) {REFUSE}"), Unproven),
        (format!("const all = await getSession(req); if (!all.length) {REFUSE}"), Unproven),
    ] {
        assert_eq!(asking(TUPLE, &body), expected, "{body}");
    }
    let reversed = "const getSession = async (req) => { const user = await db.user(req); return user ? [null, user] : ['no', null]; }";
    let told = format!("const [error, user] = await getSession(req); if (!user) {REFUSE}");
    assert_eq!(asking(reversed, &told), Inline);
    let written = reversed
        .replace("return user ? [null, user] : ['no', null];", "if (!user) return ['no', null]; return [null, user];");
    let error = format!("const [error, user] = await getSession(req); if (error) {REFUSE}");
    assert_eq!(asking(&written, &error), Inline);
    let both = "async function getSession(req) { const user = await db.user(req); if (!user) return [{ id: 'me' }, 'no']; return [user, null]; }";
    assert_eq!(asking(both, &format!("const [user, error] = await getSession(req); if (error) {REFUSE}")), Unproven);
}

#[test]
fn of_an_array_that_nobody_knows_an_error_tells_nothing() {
    let outside = |body: &str| {
        let route = format!(
            "import {{ getSession }} from 'auth';\nimport {{ db }} from 'db';\nexport async function GET(req) {{ {body} {WRITE} }}"
        );
        Repository::new(&["getSession"], &[("route.ts", route.as_str()), THROWS]).prove("route.ts", "GET").class
    };
    assert_eq!(outside(&format!("const [user, error] = await getSession(req); if (!user) {REFUSE}")), Inline);
    assert_eq!(outside(&format!("const [error, user] = await getSession(req); if (!error) {REFUSE}")), Unproven);
    assert_eq!(outside(&format!("const [user, err] = await getSession(req); if (err) {REFUSE}")), Unproven);
}

#[test]
fn an_answer_that_says_of_which_kind_it_is_is_asked_by_that() {
    let result = "const result = await getSession(req);";
    for (body, expected) in [
        (format!("{result} switch (result.kind) {{ case 'error': case 'expired': {REFUSE} }}"), Inline),
        (
            format!(
                "{result} switch (result.kind) {{ case 'error': {REFUSE} case 'expired': {REFUSE} case 'ok': break; }}"
            ),
            Inline,
        ),
        (format!("{result} switch (result.kind) {{ case 'ok': break; default: {REFUSE} }}"), Inline),
        (format!("{result} switch (result.kind) {{ case 'ok': {WRITE} break; default: {REFUSE} }}"), Inline),
        (
            format!("{result} const {{ kind }} = result; switch (kind) {{ case 'ok': break; default: {REFUSE} }}"),
            Inline,
        ),
        (format!("{result} if (result.kind !== 'ok') {REFUSE}"), Inline),
        (format!("{result} if (result.kind === 'error' || result.kind === 'expired') {REFUSE}"), Unproven),
        (format!("{result} switch (result.kind) {{ case 'error': {REFUSE} }}"), Unproven),
        (format!("{result} switch (result.kind) {{ case 'error': break; default: {REFUSE} }}"), Unproven),
        (
            format!("{result} switch (result.kind) {{ case 'error': {WRITE} {REFUSE} case 'expired': {REFUSE} }}"),
            Unproven,
        ),
        (format!("{result} switch (result.kind) {{ case 'ok': {REFUSE} }}"), Unproven),
        (format!("{result} if (result.kind === 'error') {REFUSE}"), Unproven),
        (format!("{result} let {{ kind }} = result; kind = req.kind; if (kind !== 'ok') {REFUSE}"), Unproven),
        (format!("{result} if (!result.kind) {REFUSE}"), Unproven),
        (format!("{result} if (result.kind !== 'error') {REFUSE}"), Unproven),
        (format!("{result} switch (req.kind) {{ case 'error': case 'expired': {REFUSE} }}"), Unproven),
    ] {
        assert_eq!(asking(KIND, &body), expected, "{body}");
    }
    let one = KIND.replace("if (user.old) return { kind: 'expired' };", "");
    assert_eq!(asking(&one, &format!("{result} if (result.kind === 'error') {REFUSE}")), Inline);
    assert_eq!(asking(&one, &format!("{result} switch (result.kind) {{ case 'error': {REFUSE} }}")), Inline);
}

#[test]
fn a_helper_may_say_of_which_kind_its_answer_is() {
    let helper = "import { getSession } from './lib/auth';
        export async function check(req) { const session = await getSession(req); if (!session) return { type: 'unauthorized' }; return { type: 'success', session }; }";
    let route = |body: &str| {
        let route = format!(
            "import {{ check }} from './helper';\nimport {{ db }} from 'db';\nexport async function GET(req) {{ const checked = await check(req); {body} {WRITE} }}"
        );
        class_with(&[("route.ts", route.as_str()), ("helper.ts", helper), THROWS])
    };
    assert_eq!(route(&format!("switch (checked.type) {{ case 'unauthorized': {REFUSE} }}")), Delegated);
    assert_eq!(route(&format!("if (checked.type !== 'success') {REFUSE}")), Delegated);
    assert_eq!(route(&format!("if (checked.type === 'success') {REFUSE}")), Unproven);
    assert_eq!(route(&format!("switch (checked.type) {{ case 'other': {REFUSE} }}")), Unproven);
}

#[test]
fn a_part_of_an_answer_that_has_a_type_is_there() {
    for (body, expected) in [
        (format!("const id = session?.user?.id; if (typeof id !== 'string') {REFUSE}"), Inline),
        (format!("if (typeof session?.user?.id !== 'number') {REFUSE}"), Inline),
        (format!("if (typeof session?.user === 'undefined') {REFUSE}"), Inline),
        (format!("if (typeof session?.user !== 'object') {REFUSE}"), Inline),
        (format!("if ('string' === typeof session?.user.id) {{ {WRITE} }} {REFUSE}"), Inline),
        (format!("if (typeof session === 'undefined') {REFUSE}"), Unproven),
        (format!("if (typeof session !== 'object') {REFUSE}"), Unproven),
        (format!("if (typeof session?.user?.id === 'string') {REFUSE}"), Unproven),
        (format!("const isAdmin = session?.isAdmin ?? false; if (typeof isAdmin !== 'boolean') {REFUSE}"), Unproven),
        (format!("const id = session?.user?.id ?? ''; if (typeof id !== 'string') {REFUSE}"), Unproven),
        (format!("const id = req.body.id; if (typeof id !== 'string') {REFUSE}"), Unproven),
        (format!("if (void session?.user !== 'string') {REFUSE}"), Unproven),
    ] {
        let body = format!("const session = await getSession(req); {body} {WRITE}");
        assert_eq!(of(&body), expected, "{body}");
    }
}
