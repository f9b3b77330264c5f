#!/bin/sh
# Starts the function's runtime with its SDKs pointed at the extension; AWS_LAMBDA_EXEC_WRAPPER names this file. In cases where
# this could be wrong, the runtime starts unchanged and its SDKs call DynamoDB directly.
# The prefix "dc_" keeps this script from changing variables of the function.
# Only bash can open a connection without another process. On Amazon Linux, sh is bash.
[ -n "${BASH_VERSION-}" ] || [ ! -x /bin/bash ] || exec /bin/bash "$0" "$@"
dc_port=${CACHE_EXTENSION_PORT:-4000}
dc_reason=
case $dc_port in *[!0-9]*) dc_reason='CACHE_EXTENSION_PORT is no port' ;; esac
# With these, SDKs reject a custom endpoint at each call.
case ${AWS_USE_FIPS_ENDPOINT-} in [Tt][Rr][Uu][Ee]) dc_reason='AWS_USE_FIPS_ENDPOINT is set' ;; esac
case ${AWS_USE_DUALSTACK_ENDPOINT-} in [Tt][Rr][Uu][Ee]) dc_reason='AWS_USE_DUALSTACK_ENDPOINT is set' ;; esac
# The port is open from before the runtime starts until the extension ends. Early requests wait until they can be answered.
if [ -z "$dc_reason" ] && ! { true <>"/dev/tcp/127.0.0.1/$dc_port"; } 2>/dev/null; then
  dc_reason="nobody can be seen to listen on port $dc_port"
fi

# Sets dc_direct if NO_PROXY exempts the host that the extension calls. $1: the first label of the host, $2: the endpoint.
find_direct_way() {
  dc_direct=
  dc_host=$2
  if [ -z "$dc_host" ]; then
    dc_host=https://$1.${AWS_REGION-}.amazonaws.com
    case ${AWS_REGION-} in cn-*) dc_host=$dc_host.cn ;; esac
  fi
  case $dc_host in http://*) dc_direct=yes ;; esac
  dc_host=${dc_host#*://}
  dc_host=${dc_host%%[:/]*}
  dc_list=${NO_PROXY-},${no_proxy-},
  while [ -n "$dc_list" ]; do
    dc_entry=${dc_list%%,*}
    dc_list=${dc_list#*,}
    dc_entry=${dc_entry#"${dc_entry%%[! ]*}"}
    dc_entry=${dc_entry%"${dc_entry##*[! ]}"}
    [ "$dc_entry" != '*' ] || dc_direct=yes
    dc_entry=${dc_entry#\*}
    dc_entry=${dc_entry#.}
    case .$dc_host in *."${dc_entry:-,}") dc_direct=yes ;; esac
  done
}

# Sets dc_sdk to the version of AWSSDK.Core in the dependency files of a .NET function, or to an empty string.
find_dotnet_sdk() {
  dc_sdk=
  for dc_file in "${LAMBDA_TASK_ROOT:-/var/task}"/*.deps.json; do
    [ -r "$dc_file" ] || continue
    while IFS='"' read -r dc_before dc_entry dc_after; do
      case $dc_entry in AWSSDK.Core/*) dc_sdk=${dc_entry#*/} && break ;; esac
    done <"$dc_file"
  done
}

# Only the owner of the function can tell whether these cases do harm. DYNAMODB_CACHE_ENDPOINT=always says that they do not.
if [ -z "$dc_reason" ] && [ "${DYNAMODB_CACHE_ENDPOINT-}" != always ]; then
  # A container endpoint issues new credentials to each process. The extension may not know the keys of the function.
  [ -z "${AWS_CONTAINER_CREDENTIALS_FULL_URI-}" ] ||
    dc_reason='credentials come from the container endpoint, and DYNAMODB_CACHE_ENDPOINT is not "always"'
  # SDKs then replace the endpoint or reject a custom one. JavaScript has a second name for the variable.
  for dc_name in AWS_ENABLE_ENDPOINT_DISCOVERY AWS_ENDPOINT_DISCOVERY_ENABLED; do
    eval "dc_value=\${$dc_name-}"
    case $dc_value in [Tt][Rr][Uu][Ee]) dc_reason="$dc_name is true, so SDKs look for an endpoint themselves" ;; esac
  done
  # Before 4.0.7.5 AWSSDK.Core drops the client's region when it takes the endpoint from the environment.
  case ${AWS_EXECUTION_ENV-} in
    AWS_Lambda_dotnet* | AWS_Lambda_Image)
      find_dotnet_sdk
      case $dc_sdk in
        [0-3].* | 4.0.[0-6] | 4.0.[0-6][.-]* | 4.0.7 | 4.0.7-* | 4.0.7.[0-4])
          dc_reason="AWSSDK.Core $dc_sdk would sign for another region than the client's; update it to 4.0.7.5 or later"
          ;;
        '')
          [ "$AWS_EXECUTION_ENV" = AWS_Lambda_Image ] ||
            dc_reason='no .deps.json file names the version of AWSSDK.Core, which must be 4.0.7.5 or later'
          ;;
      esac
      ;;
  esac
fi

# Points the SDKs of one service at the extension. $1: the end of the names of its variables, $2: the first label of its host,
# $3: its name.
dc_point() {
  dc_why=$dc_reason
  eval "dc_given=\${AWS_ENDPOINT_URL_$1-} dc_own=\${CACHE_EXTENSION_$1_ENDPOINT-}"
  # The extension uses a proxy only if CACHE_EXTENSION_HTTPS_PROXY is set.
  if [ -z "$dc_why" ] && [ "${DYNAMODB_CACHE_ENDPOINT-}" != always ]; then
    for dc_name in all_proxy ALL_PROXY https_proxy HTTPS_PROXY; do
      eval "dc_value=\${$dc_name-}"
      [ -n "$dc_value" ] && [ -z "${CACHE_EXTENSION_HTTPS_PROXY-}" ] || continue
      find_direct_way "$2" "$dc_own"
      [ -n "$dc_direct" ] ||
        dc_why="$dc_name is set; set CACHE_EXTENSION_HTTPS_PROXY too, or exempt the host of $3 in NO_PROXY"
    done
  fi
  # The extension would not call the endpoint that is set for the SDKs.
  [ -z "${AWS_ENDPOINT_URL-}" ] || [ -n "$dc_own" ] ||
    dc_why="AWS_ENDPOINT_URL is set, and CACHE_EXTENSION_$1_ENDPOINT is not"
  [ -z "$dc_given" ] || dc_why='it is set already'
  if [ -z "$dc_why" ]; then
    export "AWS_ENDPOINT_URL_$1=http://127.0.0.1:$dc_port"
    dc_pointed=yes
    return
  fi
  case ${CACHE_EXTENSION_LOG_LEVEL-} in
    error | none) ;;
    *) echo "dynamodb-cache: AWS_ENDPOINT_URL_$1 is left as it is: $dc_why" >&2 ;;
  esac
}

dc_pointed=
dc_point DYNAMODB dynamodb DynamoDB
# cache.yaml does not decide this, because a shell cannot read it reliably.
case ,${CACHE_EXTENSION_SDK_ENDPOINTS-}, in *[,\ ]ssm[,\ ]*) dc_point SSM ssm 'Parameter Store' ;; esac
case ,${CACHE_EXTENSION_SDK_ENDPOINTS-}, in
  *[,\ ]secretsmanager[,\ ]*) dc_point SECRETS_MANAGER secretsmanager 'Secrets Manager' ;;
esac

# Clients would also send loopback calls to an HTTP proxy. Some read NO_PROXY and some no_proxy, so an unset one gets the
# entries of the other. A lone "*" exempts everything, but some clients do not understand it next to other entries.
if [ -n "$dc_pointed" ] && [ -n "${HTTP_PROXY-}${http_proxy-}${ALL_PROXY-}${all_proxy-}" ]; then
  dc_upper=${NO_PROXY:-${no_proxy-}}
  dc_lower=${no_proxy:-${NO_PROXY-}}
  for dc_host in 127.0.0.1 localhost; do
    case ,$dc_upper, in ',*,' | *,"$dc_host",*) ;; *) dc_upper=${dc_upper:+${dc_upper%,},}$dc_host ;; esac
    case ,$dc_lower, in ',*,' | *,"$dc_host",*) ;; *) dc_lower=${dc_lower:+${dc_lower%,},}$dc_host ;; esac
  done
  export NO_PROXY="$dc_upper" no_proxy="$dc_lower"
fi
exec "$@"
