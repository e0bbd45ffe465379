#!/usr/bin/env bash
# A stand-in for GitHub's command line, as far as `gh api --include --method GET [--header LINE]... ADDRESS` goes to a server on this
# machine. It prints and ends as the real one does: https://cli.github.com/manual/gh_api and gh_help_exit-codes.
set -u
fail() {
  echo "$2" >&2
  exit "$1"
}
[ "$1 $2 $3 $4" = 'api --include --method GET' ] || fail 1 "unknown command: $*"
shift 4
headers=
while [ "$1" = --header ]; do
  headers+=$2$'\r\n'
  shift 2
done
# GH_TOKEN is for github.com alone.
[ "${GH_ENTERPRISE_TOKEN-}" ] || fail 4 'To get started with GitHub CLI, please run:  gh auth login'
address=${1#http://}
host=${address%%/*}
{ exec 3<>"/dev/tcp/${host%:*}/${host#*:}"; } 2>/dev/null || fail 1 "Get \"$1\": dial tcp $host: connect: connection refused"
printf 'GET /%s HTTP/1.0\r\nHost: %s\r\nAuthorization: token %s\r\n%s\r\n' "${address#*/}" "$host" "$GH_ENTERPRISE_TOKEN" "$headers" >&3
read -r protocol status reason <&3
reason=${reason%$'\r'}
echo "$protocol $status $reason"
cat <&3
[ "$status" -lt 400 ] || fail 1 "gh: $reason (HTTP $status)"
