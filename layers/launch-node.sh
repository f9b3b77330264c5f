# Prefer the runtime's own Node.js, with its own libraries, to any that the function has put into PATH.
node=/var/lang/bin/node
if [ -x "$node" ]; then export LD_LIBRARY_PATH=/var/lang/lib; else node=node; fi
command -v "$node" >/dev/null || {
  echo 'dynamodb-cache: there is no Node.js here. Functions on other runtimes need the standalone layer.' >&2
  exit 127
}
# One malloc arena is enough for so few threads. With any V8 option, Node.js would recompile its own code, which takes 10 ms.
export MALLOC_ARENA_MAX=1
exec "$node" "$home/extension.cjs"
