# The runtime's own Node.js goes before any that the function has put into PATH.
node=/var/lang/bin/node
[ -x "$node" ] || node=$(command -v node) || {
  echo 'dynamodb-cache: there is no Node.js here. Functions on other runtimes need the standalone layer.' >&2
  exit 127
}
exec "$node" "$home/extension.cjs"
