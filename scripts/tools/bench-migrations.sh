# shellcheck shell=sh
# What `scripts/bench` measures of guarded-migrate, on a PostgreSQL of its own; sourced, never run.
# It uses what bench has: $dist, $work, $pairs, milliseconds, compare and memory.

program=$dist/guarded-migrate/bin/guarded-migrate-$(uname -m)-unknown-linux-musl
count=${MIGRATIONS:-1000} big=${BIG:-2000}
test -x "$program" || refuse "no program in $dist; run scripts/package first"

# migrations FOLDER N: N plain migrations, each of the kind that teams write: a table, an index, a column, a constraint.
migrations() {
  mkdir -p "$1/migrations"
  awk -v folder="$1/migrations" -v n="$2" 'BEGIN {
    for (i = 1; i <= n; i++) {
      file = sprintf("%s/20260101%06d_step_%d.sql", folder, i, i); t = "t" int((i + 3) / 4)
      if (i % 4 == 1) printf "CREATE TABLE %s (id bigint PRIMARY KEY, name text NOT NULL, made timestamptz NOT NULL DEFAULT now());\n", t > file
      if (i % 4 == 2) printf "CREATE INDEX %s_name ON %s (name);\n", t, t > file
      if (i % 4 == 3) printf "ALTER TABLE %s ADD COLUMN note text;\nCOMMENT ON COLUMN %s.note IS %cfree text; anything%c;\n", t, t, 39, 39 > file
      if (i % 4 == 0) printf "ALTER TABLE %s ADD CONSTRAINT %s_named CHECK (name <> %c%c);\nINSERT INTO %s (id, name) VALUES (1, %ca%c);\n", t, t, 39, 39, t, 39, 39 > file
      close(file)
    }
  }'
  printf '[environments.bench]\nmarker = "bench"\n' >"$1/ops.toml"
}

sql() { psql --quiet --no-psqlrc "$OPS_TEST_POSTGRES_URL" "$@"; }

# databases N: makes bench_1 to bench_N, marked. All of them are made before anything is measured and dropped when all is
# done, since the server copies and deletes files for it, which the run that comes next would pay for.
databases() {
  made=0
  while [ "$made" -lt "$1" ]; do
    made=$((made + 1))
    sql --command "create database bench_$made"
    DATABASE_URL=${OPS_TEST_POSTGRES_URL%/*}/bench_$made "$program" marker set --root "$work/many" --environment bench >/dev/null
  done
}

drop_databases() {
  while [ "$made" -gt 0 ]; do
    sql --command "drop database bench_$made"
    made=$((made - 1))
  done
}

# take: the next database that no run has used, with nothing left to write of the last one. Its number is kept in a file,
# since runs are measured in subshells.
take() {
  number=$(($(cat "$work/number" 2>/dev/null || echo 0) + 1))
  echo "$number" >"$work/number"
  url=${OPS_TEST_POSTGRES_URL%/*}/bench_$number
  sql --command checkpoint
}

apply_ours() {
  take
  DATABASE_URL=$url milliseconds "$program" apply --root "$work/many" --environment bench
}

# Each file in a transaction, as ours are, in one session.
apply_psql() {
  take
  milliseconds psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 "$url" --file "$work/all.psql"
}

# Without a database a plan is unproven (3), and that is no failure here.
plan_all() { "$program" plan --root "$work/many" --environment bench --format json || test $? -eq 3; }
plan_ours() { milliseconds plan_all; }
# Its exit code says that it found something, which is no failure here.
squawk_all() { squawk --reporter json "$work"/many/migrations/*.sql || test $? -eq 1; }
lint_squawk() { milliseconds squawk_all; }

hundred_times() {
  i=0
  while [ $i -lt 100 ]; do
    "$@"
    i=$((i + 1))
  done
}
start_ours() { milliseconds hundred_times "$program" --version; }
start_true() { milliseconds hundred_times /bin/true; }

migrations "$work/many" "$count"
migrations "$work/big" "$big"
for file in "$work"/many/migrations/*.sql; do
  printf 'BEGIN;\n\\i %s\nCOMMIT;\n' "$file"
done >"$work/all.psql"

databases $((2 * pairs + 1))
compare "apply $count migrations / psql" 1.15 apply_ours apply_psql
compare "plan with lint over $count files / squawk" 1.5 plan_ours lint_squawk
compare "start 100 times / true" '300 ms' start_ours start_true
take
for verb in lint plan apply; do
  DATABASE_URL=$url memory "$verb $big migrations" 64 "$program" "$verb" --root "$work/big" --environment bench
done
drop_databases
