# shellcheck shell=sh
# What `scripts/bench` measures of route-compliance-scan: on applications that it makes, and on the checkout TREE with the guards
# GUARDS; sourced, never run. It uses what bench has: $dist, $work, $pairs, milliseconds, compare and memory.

routes=$dist/route-compliance-scan/bin/route-compliance-scan-$(uname -m)-unknown-linux-musl
sizes=${ROUTES:-1000 3000 10000}
test -x "$routes" || refuse "no $routes; run scripts/package first"

# need_rivals: the pinned scanners that ours is measured against, in a virtual environment of their own.
need_rivals() {
  { has ast-grep && has semgrep; } && return
  PATH=$tools/bench/bin:$PATH
  cmp -s scripts/tools/bench-requirements.txt "$tools/bench/requirements.txt" && return
  python3 -m venv --clear "$tools/bench"
  "$tools/bench/bin/pip" install --quiet --disable-pip-version-check --requirement scripts/tools/bench-requirements.txt
  cp scripts/tools/bench-requirements.txt "$tools/bench/requirements.txt"
}

# copy_tree: the checkout with one commit, since which one file of a route is another.
copy_tree() {
  cp -R "$TREE" "$work/tree"
  rm -rf "$work/tree/.git"
  {
    printf '[routes]\nguards = ['
    # shellcheck disable=SC2086 # a list of names, none of which holds a blank
    printf '"%s", ' $GUARDS
    printf ']\n'
  } >"$work/tree/ops.toml"
  git -C "$work/tree" init --quiet
  git -C "$work/tree" add --all
  git -C "$work/tree" -c user.name=bench -c user.email=bench@example.com commit --quiet --message base
  git -C "$work/tree" gc --quiet
  changed=$(git -C "$work/tree" ls-files '*/route.ts' | head -n 1)
  echo '// changed' >>"$work/tree/${changed:?no file of a route}"
}

# write_rules: for ast-grep one pattern, a call of the first guard; for semgrep what a scan asks: the methods that no guard is around.
write_rules() {
  printf 'id: guard\nlanguage: typescript\nrule:\n  pattern: %s($$$)\n' "${GUARDS%% *}" >"$work/ast-grep.yml"
  {
    printf 'rules:\n  - id: guard\n    languages: [typescript]\n    severity: WARNING\n    message: no guard\n    patterns:\n'
    printf '      - pattern-either:\n          - pattern: export const $METHOD = $HANDLER\n'
    printf '          - pattern: export async function $METHOD(...) { ... }\n'
    printf '      - metavariable-regex: { metavariable: $METHOD, regex: ^(GET|POST|PUT|PATCH|DELETE)$ }\n'
    # shellcheck disable=SC2086 # a list of names, none of which holds a blank
    printf '      - pattern-not: export const $METHOD = %s(...)\n' $GUARDS
  } >"$work/semgrep.yml"
}

# generate FOLDER N: an application of N routes, each in a file of its own behind one of 10 guards.
generate() {
  awk -v n="$2" 'BEGIN { for (i = 0; i < n; i++) printf "app/api/part%d/route%d\n", i % 100, i }' >"$work/folders"
  mkdir -p "$1/lib"
  (cd "$1" && xargs mkdir -p <"$work/folders")
  printf '{ "dependencies": { "next": "16.0.3" } }\n' >"$1/package.json"
  printf '[routes]\nheaders = []\nguards = ["guard0", "guard1", "guard2", "guard3", "guard4", "guard5", "guard6", "guard7", "guard8", "guard9"]\n' \
    >"$1/ops.toml"
  awk -v folder="$1" -v n="$2" 'BEGIN {
    for (i = 0; i < 10; i++) {
      file = sprintf("%s/lib/guard%d.ts", folder, i)
      printf "export const guard%d = (handler: Handler) => async (request: Request) => {\n", i > file
      printf "  if (!request.headers.get(\"cookie\")) return new Response(null, { status: 401 });\n  return handler(request);\n};\n" > file
      close(file)
    }
    for (i = 0; i < n; i++) {
      file = sprintf("%s/app/api/part%d/route%d/route.ts", folder, i % 100, i); guard = "guard" i % 10
      printf "import { %s } from \"../../../../lib/%s\";\n\n", guard, guard > file
      printf "export const GET = %s(async (request) => {\n  const { searchParams } = new URL(request.url);\n", guard > file
      printf "  return Response.json({ route: %d, page: searchParams.get(\"page\") });\n});\n", i > file
      close(file)
    }
  }'
}

# What was found is no failure here.
scan_all() { "$routes" scan --root "$1" --format json || test $? -ne 2; }
scan_ours() { milliseconds scan_all "$work/tree"; }
scan_changed() { milliseconds scan_changed_all; }
scan_changed_all() { "$routes" scan --root "$work/tree" --changed HEAD --format json || test $? -ne 2; }
match_ast_grep() { milliseconds ast-grep scan --rule "$work/ast-grep.yml" --json=stream "$work/tree"; }
match_semgrep() {
  milliseconds semgrep scan --metrics off --disable-version-check --quiet --json --config "$work/semgrep.yml" "$work/tree"
}
parse_oxc() { milliseconds "$parse_all" "$work/tree"; }
scan_smallest() { milliseconds scan_all "$work/routes-$smallest"; }
scan_sized() { milliseconds scan_all "$work/routes-$size"; }

# The smallest application is the measure: twice as many routes may take twice as long.
compare_growth() {
  smallest=${sizes%% *}
  for size in $sizes; do
    generate "$work/routes-$size" "$size"
    [ "$size" = "$smallest" ] ||
      compare "scan $size routes / $smallest" "$(awk -v a="$size" -v b="$smallest" 'BEGIN { printf "%.1f", a / b }')" scan_sized scan_smallest
  done
}

compare_growth
memory "scan $size routes" 150 "$routes" scan --root "$work/routes-$size"
if [ -z "${TREE:-}" ] || [ -z "${GUARDS:-}" ]; then
  echo "skipped: the scan of a large application; give a checkout of one as TREE and the names of its guards as GUARDS"
  return
fi
# For the same target as ours, and with the same allocator.
target=$(uname -m)-unknown-linux-musl
CFLAGS=$allocator cargo zigbuild --quiet --locked --release --target "$target" --package ops-typescript --example parse-all
parse_all=${CARGO_TARGET_DIR:-$root/target}/$target/release/examples/parse-all
need_rivals
copy_tree
write_rules
compare "scan all files / parse them with oxc" 1.0 scan_ours parse_oxc
compare "scan all files / ast-grep with one pattern" 0.5 scan_ours match_ast_grep
compare "scan with one changed file / parse all" '100 ms' scan_changed parse_oxc
wanted=$pairs pairs=1
compare "scan all files / semgrep with the same question" 0.01 scan_ours match_semgrep
pairs=$wanted
memory "scan all files" 150 "$routes" scan --root "$work/tree"
