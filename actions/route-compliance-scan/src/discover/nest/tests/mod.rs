mod middleware;

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

/// The routes of an application whose `main.ts` says this.
fn versioned(main: &str) -> String {
    let controllers = "import { Controller, Get, Version, VERSION_NEUTRAL } from '@nestjs/common'\n\
                       @Controller('users')\nclass Users {\n  @Get() list() {}\n  @Get('new') @Version('2') two() {}\n  \
                       @Get('open') @Version(VERSION_NEUTRAL) open() {}\n}\n\
                       @Controller({ path: 'both', version: ['1', '2'] })\nclass Both { @Get() both() {} }\n\
                       @Controller('health')\nclass Health { @Get() health() {} }";
    let main = format!("import {{ VersioningType, VERSION_NEUTRAL }} from '@nestjs/common'\n{main}");
    found(&[("src/main.ts", &main), ("src/users.controller.ts", controllers)])
}

#[test]
fn a_version_in_the_path_stands_between_the_prefix_and_the_controller() {
    let main = "app.setGlobalPrefix('api', { exclude: ['health'] })\n\
                app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' })";
    assert_eq!(
        versioned(main),
        "GET /api/v1/users => () {}\nGET /api/v2/users/new => () {}\nGET /api/users/open => () {}\nGET /api/v1/both => () {}\n\
         GET /api/v2/both => () {}\nGET /v1/health => () {}"
    );
}

#[test]
fn a_version_has_the_prefix_that_the_application_names() {
    let main = "app.enableVersioning({ prefix: false, defaultVersion: [VERSION_NEUTRAL, '3'] })";
    assert_eq!(
        versioned(main),
        "GET /3/users => () {}\nGET /users => () {}\nGET /2/users/new => () {}\nGET /users/open => () {}\nGET /1/both => () {}\n\
         GET /2/both => () {}\nGET /3/health => () {}\nGET /health => () {}"
    );
}

#[test]
fn a_version_of_a_header_or_none_is_no_part_of_the_path() {
    let expected = "GET /users => () {}\nGET /users/new => () {}\nGET /users/open => () {}\nGET /both => () {}\nGET /health => () {}";
    assert_eq!(versioned("app.enableVersioning({ type: VersioningType.HEADER, header: 'v' })"), expected);
    assert_eq!(versioned(""), expected);
}

#[test]
fn the_path_of_a_module_stands_before_its_controllers() {
    let files = [
        (
            "src/app.module.ts",
            "import { RouterModule } from '@nestjs/core'\nimport { Module } from '@nestjs/common'\nimport { Admin, Stats, Users } from './controllers'\n\
             @Module({ controllers: [Stats] })\nclass StatsModule {}\n@Module({ controllers: [Admin] })\nclass AdminModule {}\n\
             @Module({ controllers: [Users], imports: [RouterModule.register([{ path: '/admin', module: AdminModule, children: [{ path: 'stats', module: StatsModule }] }])] })\nexport class App {}",
        ),
        (
            "src/controllers.ts",
            "import { Controller, Get } from '@nestjs/common'\n@Controller('a')\nexport class Admin { @Get() a() {} }\n\
             @Controller()\nexport class Stats { @Get('s') s() {} }\n@Controller('users')\nexport class Users { @Get() u() {} }",
        ),
    ];
    assert_eq!(found(&files), "GET /admin/a => () {}\nGET /admin/stats/s => () {}\nGET /users => () {}");
}

#[test]
fn a_request_mapping_names_its_method() {
    let text = "import { RequestMapping, RequestMethod } from '@nestjs/common'\n@Controller('x')\nclass X {\n  \
                @RequestMapping({ path: 'a', method: RequestMethod.POST }) a() {}\n  @RequestMapping({ path: 'b' }) b() {}\n  \
                @RequestMapping({ path: 'c', method: RequestMethod.ALL }) c() {}\n}";
    assert_eq!(of(text), "POST /x/a => () {}\nGET /x/b => () {}\nANY /x/c => () {}");
}
