use super::found;

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
fn its_name_may_hold_that_of_the_framework() {
    let server = ("app.ts", "import express from 'express'\nexport const expressApp = express()\n");
    let users = ("users.ts", "import { expressApp } from './app'\nexpressApp.get('/users', one)\n");
    assert_eq!(found(&[server, users]), ["GET /users"]);
}

#[test]
fn a_function_that_an_importer_hands_it_to_registers_routes() {
    let users = ("users.js", "export function users(app) { app.get('/users', two) }\n");
    let index = ("index.ts", "import { app } from './server'\nimport { users } from './users'\nusers(app)\n");
    assert_eq!(beside_server(&[users, index]), ["GET /here", "GET /users"]);
}

#[test]
fn a_router_of_another_framework_is_found_alike() {
    let hono = ("app.ts", "import { Hono } from 'hono'\nexport const app = new Hono()\n");
    let users = ("users.ts", "import { app } from './app'\napp.get('/users', one)\n");
    assert_eq!(found(&[hono, users]), ["GET /users"]);
    let fastify = ("app.ts", "import fastify from 'fastify'\nexport const server = fastify()\n");
    let users = ("users.ts", "import { server } from './app'\nserver.get('/users', one)\n");
    assert_eq!(found(&[fastify, users]), ["GET /users"]);
}

#[test]
fn a_test_that_takes_the_application_registers_nothing() {
    let test = ("users.test.ts", "import { app } from './server'\napp.get('/users', two)\n");
    let other = ("cache.ts", "import { cache } from './other'\ncache.get('/users', two)\n");
    let lib = ("other.ts", "export const cache = new Map()\n");
    assert_eq!(beside_server(&[test, other, lib]), ["GET /here"]);
}

/// What stands before `/users`, which `users.ts` registers: `app.use(auth)` in another file.
fn before_users(used: (&str, &str), users: &str) -> usize {
    let server = ("server.ts", "import express from 'express'\nexport const app = express()\n");
    let folder = ops_testing::TestDir::of(&[server, used, ("users.ts", users)]);
    let (_, discovery) = super::look(folder.path(), &[]);
    let route = discovery.routes.iter().find(|route| route.path.to_string() == "/users").unwrap();
    route.layers.len()
}

#[test]
fn a_middleware_of_another_importer_stands_before_nothing_unless_that_file_has_run() {
    let users = "import { app } from './server'\napp.get('/users', one)\n";
    let used = "import { app } from './server'\nimport './users'\napp.use(auth)\n";
    assert_eq!(before_users(("index.ts", used), users), 0, "imports run first");
    let first = "import { app } from './server'\nimport './middlewares'\napp.get('/users', one)\n";
    let alone = "import { app } from './server'\napp.use(auth)\n";
    assert_eq!(before_users(("middlewares.ts", alone), first), 1);
    assert_eq!(before_users(("middlewares.ts", alone), users), 0, "nobody knows which runs first");
}

#[test]
fn a_middleware_of_the_file_that_makes_the_application_stands_before_all() {
    let server = ("server.ts", "import express from 'express'\nexport const app = express()\napp.use(auth)\n");
    let users = ("users.ts", "import { app } from './server'\napp.get('/users', one)\n");
    let folder = ops_testing::TestDir::of(&[server, users]);
    let (_, discovery) = super::look(folder.path(), &[]);
    assert_eq!(discovery.routes[0].layers.len(), 1);
}
