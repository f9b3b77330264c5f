#!/bin/sh
# Starts the runtime of the function with its SDKs pointed at the extension; AWS_LAMBDA_EXEC_WRAPPER names this file. Where
# that could be wrong, the runtime is started as it is, and its SDKs ask DynamoDB itself.
# Only bash can open a connection without another process, and on Amazon Linux it is what sh is.
[ -n "${BASH_VERSION-}" ] || [ ! -x /bin/bash ] || exec /bin/bash "$0" "$@"
port=${CACHE_EXTENSION_PORT:-4000}
reason=
case $port in *[!0-9]*) reason='CACHE_EXTENSION_PORT is no port' ;; esac
# The credentials of a container are given out anew to each process, whose keys need not be those that the extension knows.
[ -z "${AWS_CONTAINER_CREDENTIALS_FULL_URI-}" ] || [ "${DYNAMODB_CACHE_ENDPOINT-}" = always ] ||
  reason='credentials come from the container endpoint, and DYNAMODB_CACHE_ENDPOINT is not "always"'
# With these, SDKs take no endpoint that is set, and say so at each call.
case ${AWS_USE_FIPS_ENDPOINT-} in [Tt][Rr][Uu][Ee]) reason='AWS_USE_FIPS_ENDPOINT is set' ;; esac
case ${AWS_USE_DUALSTACK_ENDPOINT-} in [Tt][Rr][Uu][Ee]) reason='AWS_USE_DUALSTACK_ENDPOINT is set' ;; esac
# The extension would not ask where the SDKs were told to ask.
[ -z "${AWS_ENDPOINT_URL-}" ] || [ -n "${CACHE_EXTENSION_DYNAMODB_ENDPOINT-}" ] ||
  reason='AWS_ENDPOINT_URL is set, and CACHE_EXTENSION_DYNAMODB_ENDPOINT is not'
[ -z "${AWS_ENDPOINT_URL_DYNAMODB-}" ] || reason='it is set already'
# The port is open from before the runtime starts until the extension ends, and what is sent to it waits until it can be answered.
if [ -z "$reason" ] && ! { true <>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then
  reason="nobody can be seen to listen on port $port"
fi
if [ -z "$reason" ]; then
  export AWS_ENDPOINT_URL_DYNAMODB="http://127.0.0.1:$port"
else
  case ${CACHE_EXTENSION_LOG_LEVEL-} in
    error | none) ;;
    *) echo "dynamodb-cache: AWS_ENDPOINT_URL_DYNAMODB is left as it is: $reason" >&2 ;;
  esac
fi
exec "$@"
