//! One route, hop by hop.

use crate::story::{GUARDED, OPEN, Story};

#[test]
fn a_guarded_route_is_shown_hop_by_hop_with_its_source() {
    let outcome = Story::app().route("orders", GUARDED).run(&["explain", "/api/orders", "GET"]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(outcome.stdout.starts_with("✅ route-compliance-scan · guarded\n"), "{outcome}");
    assert!(outcome.stdout.contains("app/api/orders/route.ts:3"), "{outcome}");
    assert!(outcome.stdout.contains("export const GET = withSession(async () => Response.json([]));"), "{outcome}");
    assert!(outcome.stdout.contains("lib/auth.ts:4"), "{outcome}");
}

#[test]
fn an_open_route_fails_and_shows_its_handler() {
    let outcome = Story::app().route("orders", OPEN).run(&["explain", "/api/orders"]);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(outcome.stdout.contains("export async function GET() {"), "{outcome}");
}

#[test]
fn a_route_that_is_not_there_names_what_is() {
    let outcome = Story::app().route("orders", OPEN).run(&["explain", "/api/order"]);
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(outcome.stderr.contains("no route has the path /api/order; near are /api/orders"), "{outcome}");
}
