#!/bin/sh -p
# The environment comes from the function. Only the variables listed here reach the program: others configure the function's
# own shell, loader, libraries, runtime or proxies. With -p, bash ignores functions and options in the environment.
set -f
IFS='
'
# Only bash can read the names without a fork. A fork takes longer than the rest of this script.
if [ -n "${BASH_VERSION-}" ] && mapfile -d '' -t given </proc/self/environ; then
  eval 'names=${given[*]%%=*}'
else
  names=$(export -p)
fi 2>/dev/null
for name in $names; do
  name=${name#export } name=${name#declare -x } name=${name%%=*}
  case $name in
    AWS_* | CACHE_EXTENSION_* | HOME | LANG | LC_* | PATH | TZ) ;;
    # Of AWS's Parameters and Secrets extension, which this program can replace.
    PARAMETERS_SECRETS_EXTENSION_* | SECRETS_MANAGER_* | SSM_PARAMETER_STORE_*) ;;
    NODE_EXTRA_CA_CERTS | SSL_CERT_FILE | SSL_CERT_DIR) ;;
    HTTPS_PROXY | https_proxy | NO_PROXY | no_proxy)
      [ "${CACHE_EXTENSION_HTTPS_PROXY-}" = environment ] || unset "$name"
      ;;
    # No shell can unset these. No part of the program reads them.
    '' | [0-9]* | *[!A-Za-z0-9_]* | BASHOPTS | BASH_VERSINFO | EUID | PPID | SHELLOPTS | UID) ;;
    *) unset "$name" ;;
  esac
done
case $0 in
  */*) home=${0%/*}/../dynamodb-cache ;;
  *) home=../dynamodb-cache ;;
esac
