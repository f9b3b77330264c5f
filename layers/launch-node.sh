# The runtime's own Node.js goes before any that the function has put into PATH; with its own libraries, not the function's.
node=/var/lang/bin/node
if [ -x "$node" ]; then export LD_LIBRARY_PATH=/var/lang/lib; else node=node; fi
command -v "$node" >/dev/null || {
  echo 'dynamodb-cache: there is no Node.js here. Functions on other runtimes need the standalone layer.' >&2
  exit 127
}
# One arena is enough for so few threads. Options of V8 would cost 10 ms: with any, Node.js compiles its own code anew.
export MALLOC_ARENA_MAX=1
exec "$node" "$home/extension.cjs"
