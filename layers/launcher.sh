#!/bin/sh
# The environment is the function's. What is meant for its own Node.js, its proxies or its libraries must not reach this
# process; certificates that it trusts may.
set -f
for word in $(export -p); do
  name=${word%%=*}
  case $name in
    *[!A-Za-z0-9_]*) ;;
    NODE_EXTRA_CA_CERTS | NODE_USE_SYSTEM_CA) ;;
    NODE_* | BUN_* | LD_PRELOAD | LD_AUDIT | OPENSSL_CONF | OPENSSL_MODULES) unset "$name" ;;
    [Hh][Tt][Tt][Pp]_[Pp][Rr][Oo][Xx][Yy] | [Hh][Tt][Tt][Pp][Ss]_[Pp][Rr][Oo][Xx][Yy]) unset "$name" ;;
    [Aa][Ll][Ll]_[Pp][Rr][Oo][Xx][Yy]) unset "$name" ;;
  esac
done
case $0 in
  */*) home=${0%/*}/../dynamodb-cache ;;
  *) home=../dynamodb-cache ;;
esac
