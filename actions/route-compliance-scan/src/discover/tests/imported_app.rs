use ops_testing::TestDir;

use super::{found, look};

/// An application of Express in `server.ts`, and other files.
fn beside_server(others: &[(&str, &str)]) -> Vec<String> {
    let server = ("server.ts", "import express from 'express'\nexport const app = express()\napp.get('/here', one)\n");
    let mut files = vec![server];
    files.extend(others);
    found(&files)
}

#[test]
fn routes_of_an_application_from_another_file_are_found() {
    assert_eq!(
        beside_server(&[("users.ts", "import { app } from './server'\napp.get('/users', two)\n")]),
        ["GET /here", "GET /users"]
    );
}

#[test]
fn it_may_come_over_files_that_pass_it_on() {
    let passed_on = ("lib/index.ts", "export { app } from './http'\n");
    let named_anew = ("lib/http.ts", "import { app } from '../server'\nexport { app }\n");
    let users = ("users.ts", "import { app } from './lib'\napp.post('/users', two)\n");
    assert_eq!(beside_server(&[passed_on, named_anew, users]), ["GET /here", "POST /users"]);
}

#[test]
fn a_function_that_an_importer_hands_it_to_registers_routes() {
    let users = ("users.js", "export function users(app) { app.get('/users', two) }\n");
    let index = ("index.ts", "import { app } from './server'\nimport { users } from './users'\nusers(app)\n");
    assert_eq!(beside_server(&[users, index]), ["GET /here", "GET /users"]);
}

#[test]
fn whatever_the_framework_and_the_name_are_it_is_the_application() {
    for (app, name) in [
        ("import express from 'express'\nexport const expressApp = express()\n", "expressApp"),
        ("import { Hono } from 'hono'\nexport const app = new Hono()\n", "app"),
        ("import fastify from 'fastify'\nexport const server = fastify()\n", "server"),
    ] {
        let users = format!("import {{ {name} }} from './app'\n{name}.get('/users', one)\n");
        assert_eq!(found(&[("app.ts", app), ("users.ts", &users)]), ["GET /users"], "{app}");
    }
}

#[test]
fn a_test_that_takes_the_application_registers_nothing() {
    let test = ("users.test.ts", "import { app } from './server'\napp.get('/users', two)\n");
    let other = ("cache.ts", "import { cache } from './other'\ncache.get('/users', two)\n");
    let lib = ("other.ts", "export const cache = new Map()\n");
    assert_eq!(beside_server(&[test, other, lib]), ["GET /here"]);
}

/// How many middlewares stand before `/users`, which `users.ts` registers.
fn before_users(server: &str, others: &[(&str, &str)], users: &str) -> usize {
    let server = format!("import express from 'express'\nexport const app = express()\n{server}");
    let mut files = vec![("server.ts", server.as_str()), ("users.ts", users)];
    files.extend(others);
    let folder = TestDir::of(&files);
    let (_, discovery) = look(folder.path(), &[]);
    discovery.routes.iter().find(|route| route.path.to_string() == "/users").unwrap().layers.len()
}

const USERS: &str = "import { app } from './server'\napp.get('/users', one)\n";

#[test]
fn a_middleware_of_another_importer_stands_before_nothing() {
    for imports in ["import './users'\n", "", "import type { User } from './users'\n"] {
        let used = format!("import {{ app }} from './server'\n{imports}app.use(auth)\n");
        assert_eq!(before_users("", &[("index.ts", &used)], USERS), 0, "{used}");
    }
    let late = format!("{USERS}require('./middlewares')\n");
    let used = "import { app } from './server'\napp.use(auth)\n";
    assert_eq!(before_users("", &[("middlewares.ts", used)], &late), 0, "it runs after the route");
}

#[test]
fn a_middleware_of_the_same_file_and_of_the_one_that_makes_the_application_stand_before_it() {
    assert_eq!(before_users("app.use(auth)\n", &[], USERS), 1);
    assert_eq!(before_users("", &[], "import { app } from './server'\napp.use(auth)\napp.get('/users', one)\n"), 1);
}
