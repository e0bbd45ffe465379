# shellcheck shell=sh
# What `scripts/bench` measures of the look for secrets, on HISTORY, a clone of a public repository with 50,000 contents of files or
# more; sourced, never run. It uses what bench has: $dist, $work, $pairs, milliseconds, compare and memory.

gate=$dist/quality-gate/bin/quality-gate-$(uname -m)-unknown-linux-musl
test -x "$gate" || refuse "no $gate; run scripts/package first"
if [ -z "${HISTORY:-}" ]; then
  echo "skipped: the look for secrets; give a clone of a large public repository as HISTORY"
  return
fi

# need_kingfisher: the pinned scanner that ours is measured against, in a virtual environment of its own.
need_kingfisher() {
  has kingfisher && return
  PATH=$tools/kingfisher/bin:$PATH
  test -x "$tools/kingfisher/bin/kingfisher" && return
  python3 -m venv --clear "$tools/kingfisher"
  "$tools/kingfisher/bin/pip" install --quiet --disable-pip-version-check kingfisher-bin==2.14.0
}

# tree_of_20_megabytes: files of the last commit, up to 20 MB, in a repository of their own.
tree_of_20_megabytes() {
  git -C "$HISTORY" archive --format tar HEAD | tar -x -C "$1"
  (cd "$1" && find . -type f -printf '%s %p\n' | LC_ALL=C sort -k 2 | awk '{ sum += $1; if (sum > 20000000) print $2 }' | xargs -d '\n' rm -f)
  git -C "$1" init --quiet && git -C "$1" add --all
  git -C "$1" -c user.name=bench -c user.email=bench@example.com commit --quiet --message base
}

# change_of_10_commits: a branch as a pull request brings it.
change_of_10_commits() {
  for number in 1 2 3 4 5 6 7 8 9 10; do
    mkdir -p "$1/change"
    awk -v n="$number" 'BEGIN { for (i = 0; i < 300; i++) printf "export const value%d = compute(%d, %d);\n", i, i, n }' >"$1/change/$number.ts"
    git -C "$1" add --all
    git -C "$1" -c user.name=bench -c user.email=bench@example.com commit --quiet --message "change $number"
  done
}

# What was found is no failure here, and neither is what is not in this clone.
look() { "$gate" secrets --root "$1" --format json --mode "$2" ${3:+"$3" "$4"} || test $? -ne 2; }
rival() { kingfisher scan --no-validate --no-update-check --format json --output "$work/rival.json" "$1" || test $? -ge 200; }
history_ours() { milliseconds look "$HISTORY" history; }
history_rival() { milliseconds rival "$HISTORY"; }
history_git() { milliseconds git_contents; }
git_contents() { git -C "$HISTORY" cat-file --batch-all-objects --batch | wc -c; }
history_again() { milliseconds look "$HISTORY" history --cache "$work/known"; }
tree_ours() { milliseconds look "$work/secrets" tree; }
tree_rival() { milliseconds rival_tree; }
rival_tree() { kingfisher scan --no-validate --no-update-check --git-history none --format json --output "$work/rival.json" "$work/secrets" || test $? -ge 200; }
range_ours() { milliseconds look "$work/secrets" range --base HEAD~10; }

need_kingfisher
mkdir "$work/secrets"
tree_of_20_megabytes "$work/secrets"
change_of_10_commits "$work/secrets"
compare "secrets in 20 MB of files / kingfisher" 0.8 tree_ours tree_rival
compare "secrets in 10 commits of a change" '150 ms' range_ours tree_rival
wanted=$pairs pairs=1
compare "secrets in a history / kingfisher" 0.9 history_ours history_rival
compare "secrets in a history / git cat-file" 1.3 history_ours history_git
look "$HISTORY" history --cache "$work/known" >"$work/output" 2>&1
compare "secrets in a known history" '1000 ms' history_again history_git
pairs=$wanted
memory "secrets in a history" 400 "$gate" secrets --root "$HISTORY" --mode history
