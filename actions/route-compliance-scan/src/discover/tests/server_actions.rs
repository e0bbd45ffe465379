use super::{NEXT, found, told};

#[test]
fn each_export_of_a_file_with_the_directive_is_an_action() {
    let text = "'use server';
        import { actionClient } from '../lib/safe-action';
        export async function remove(id) {}
        export const save = async (form) => {};
        export const rename = actionClient.schema({}).action(async () => {});
        async function inner() {}
        export { inner as archive };
        export { publish } from './publish';
        export default async function () {}
        export type Input = string;";
    let files = [NEXT, ("app/actions.ts", text), ("app/publish.ts", "export async function publish() {}")];
    assert_eq!(
        found(&files),
        [
            "ACTION /app/actions.ts#archive",
            "ACTION /app/actions.ts#default",
            "ACTION /app/actions.ts#publish",
            "ACTION /app/actions.ts#remove",
            "ACTION /app/actions.ts#rename",
            "ACTION /app/actions.ts#save",
        ]
    );
}

#[test]
fn data_that_such_a_file_exports_is_no_action() {
    let text = "\"use server\"; export const limit = 5; export const roles = ['a']; export const schema = {}; export class A {}";
    assert_eq!(found(&[NEXT, ("app/actions.ts", text)]), Vec::<String>::new());
}

#[test]
fn a_function_with_the_directive_is_an_action() {
    let text = "export default function Page() {
  async function remove() { 'use server'; }
  const save = async () => { 'use server'; };
  const wrapped = wrap(async () => { 'use server'; });
  const actions = { archive: async () => { 'use server'; }, other() {} };
  return <form action={async () => { 'use server'; }}><button formAction={async () => { 'use server'; }} /></form>;
}";
    assert_eq!(
        told(&[NEXT, ("app/page.tsx", text)]),
        [
            "ACTION /app/page.tsx#action app/page.tsx:6:24 function",
            "ACTION /app/page.tsx#action-2 app/page.tsx:6:75 function",
            "ACTION /app/page.tsx#archive app/page.tsx:5:30 function",
            "ACTION /app/page.tsx#remove app/page.tsx:2:3 function",
            "ACTION /app/page.tsx#save app/page.tsx:3:16 function",
            "ACTION /app/page.tsx#wrapped app/page.tsx:4:24 function",
        ]
    );
}

#[test]
fn the_words_in_a_text_or_a_comment_are_no_directive() {
    let text = "// 'use server'\nexport const help = \"write 'use server' at the top\"; export async function a() { return 'use server'; }";
    assert_eq!(found(&[NEXT, ("lib/help.ts", text)]), Vec::<String>::new());
}

#[test]
fn a_test_of_actions_is_no_action() {
    assert_eq!(
        found(&[NEXT, ("app/actions.test.ts", "'use server'; export async function a() {}")]),
        Vec::<String>::new()
    );
}
