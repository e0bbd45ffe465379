use super::routes_of;
use crate::discover::chain::testing::{code, program, tell};

fn found(files: &[(&str, &str)]) -> String {
    let program = program(files);
    let routes = routes_of(&program, &code(&program));
    tell(&program, routes)
}

const IMPORT: &str =
    "import { applyDecorators, Controller, Get, Post, All, SetMetadata, UseGuards } from '@nestjs/common'\n";

fn of(text: &str) -> String {
    found(&[("src/users.controller.ts", &format!("{IMPORT}{text}"))])
}

#[test]
fn methods_have_the_prefix_of_their_controller() {
    let text = "@Controller('users')\nexport class Users {\n  @Get() list() {}\n  @Get(':id') show() {}\n  @Post(['a', 'b']) make() {}\n  @All('*') rest() {}\n  other() {}\n}\n\
                @Controller()\nclass Root { @Get() home() {} }\n@Controller({ path: 'v', version: '1' })\nclass Versioned { @Get('x') x() {} }\n\
                @Injectable()\nclass Service { @Get() none() {} }";
    assert_eq!(
        of(text),
        "GET /users => () {}\nGET /users/{id} => () {}\nPOST /users/a => () {}\nPOST /users/b => () {}\nANY /users/{rest*} => () {}\n\
         GET / => () {}\nGET /v/x => () {}"
    );
}

#[test]
fn guards_of_the_class_and_of_the_method_are_layers_and_so_are_own_decorators() {
    let text = "@UseGuards(First, new Second())\n@Controller('users')\nclass Users {\n  @UseGuards(AuthGuard('jwt'))\n  @Admin()\n  @Get() list() {}\n}";
    assert_eq!(of(text), "GET /users (First, new Second(), AuthGuard('jwt'), Admin()) => () {}");
}

#[test]
fn decorators_are_seen_through_what_puts_them_together() {
    let text = "export function Auth(role) {\n  return applyDecorators(SetMetadata('role', role), UseGuards(AuthGuard))\n}\n\
                @Controller('x')\nclass X {\n  @Auth('admin') @Get() a() {}\n  @Get('open') b() {}\n}";
    assert_eq!(of(text), "GET /x (Auth('admin'), AuthGuard) => () {}\nGET /x/open => () {}");
}

#[test]
fn guards_of_the_application_stand_before_all_its_controllers() {
    let files = [
        (
            "apps/a/src/main.ts",
            "import { NestFactory } from '@nestjs/core'\nconst app = await NestFactory.create(App)\napp.useGlobalGuards(new One())\nif (x) app.useGlobalGuards(new Perhaps())\napp.setGlobalPrefix('api', { exclude: ['health'] })",
        ),
        (
            "apps/a/src/module.ts",
            "import { APP_GUARD } from '@nestjs/core'\nconst providers = [{ provide: APP_GUARD, useClass: Two }]",
        ),
        (
            "apps/a/src/x.ts",
            "import { Controller, Get } from '@nestjs/common'\n@Controller()\nclass X { @Get('x') x() {}\n @Get('health') health() {} }",
        ),
        (
            "apps/b/src/y.ts",
            "import { Controller, Get } from '@nestjs/common'\n@Controller('y')\nclass Y { @Get() y() {} }",
        ),
    ];
    assert_eq!(
        found(&files),
        "GET /api/x [new One(), Two] => () {}\nGET /health [new One(), Two] => () {}\nGET /y => () {}"
    );
}

#[test]
fn a_guard_does_not_stand_before_what_it_lets_pass() {
    let text = "const KEY = 'isPublic'\nconst Public = () => SetMetadata(KEY, true)\nconst Roles = (...roles) => SetMetadata('roles', roles)\n\
                class Asks { canActivate(context) { return this.reflector.getAllAndOverride(KEY, []) || this.reflector.get('roles') } }\n\
                class Child extends Asks {}\nclass Other { canActivate() { return false } }\n\
                @UseGuards(Child, Other)\n@Controller('x')\nclass X {\n  @Public() @Get('open') a() {}\n  @Roles('admin') @Get('closed') b() {}\n}";
    assert_eq!(
        of(text),
        "GET /x/open (Other, Public()) => () {}\nGET /x/closed (Child, Other, Roles('admin')) => () {}"
    );
}

#[test]
fn inherited_methods_are_routes_of_the_controller() {
    let files = [
        (
            "src/base.ts",
            "import { Get, Post } from '@nestjs/common'\nexport class Base {\n  @Get() list() {}\n  @Post() make() {}\n}",
        ),
        (
            "src/x.ts",
            "import { Controller, Get } from '@nestjs/common'\nimport { Base } from './base'\n@Controller('x')\nclass X extends Base {\n  @Get('own') list() {}\n}",
        ),
    ];
    assert_eq!(found(&files), "POST /x => () {}\nGET /x/own => () {}");
}
