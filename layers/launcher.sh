#!/bin/sh -p
# The environment comes from the function. Only the variables listed here reach the program: others configure the function's
# own shell, loader, libraries, runtime or proxies. With -p, bash ignores functions and options in the environment.
set -f
IFS='
'
# Only bash can read the names without a fork. A fork takes longer than the rest of this script.
if [ -n "${BASH_VERSION-}" ] && mapfile -d '' -t _given </proc/self/environ; then
  eval '_names=${_given[*]%%=*}'
else
  _names=$(export -p)
fi 2>/dev/null
# The text of cache.yaml if it refers to variables, as in ${PRODUCTS_TABLE}; else empty.
_file=${CACHE_EXTENSION_CONFIG:-/var/task/cache.yaml} _references=
[ -f "$_file" ] || _file=/var/task/cache.yml
if [ -f "$_file" ]; then
  if [ -n "${BASH_VERSION-}" ]; then
    read -rd '' _references
  else
    # Only the lines that matter: appending to a long text takes long.
    while read -r _line || [ -n "$_line" ]; do
      case $_line in *'${'*) _references=$_references$_line ;; esac
    done
  fi <"$_file"
  case $_references in *'${'*) ;; *) _references= ;; esac
fi 2>/dev/null
for _name in $_names; do
  _name=${_name#export } _name=${_name#declare -x } _name=${_name%%=*}
  case $_name in
    AWS_* | CACHE_EXTENSION_* | HOME | LANG | LC_* | PATH | TZ) ;;
    # Of AWS's Parameters and Secrets extension, which this program can replace.
    PARAMETERS_SECRETS_EXTENSION_* | SECRETS_MANAGER_* | SSM_PARAMETER_STORE_*) ;;
    NODE_EXTRA_CA_CERTS | SSL_CERT_FILE | SSL_CERT_DIR) ;;
    HTTPS_PROXY | https_proxy | NO_PROXY | no_proxy)
      [ "${CACHE_EXTENSION_HTTPS_PROXY-}" = environment ] || unset "$_name"
      ;;
    # No shell can unset these. No part of the program reads them.
    '' | [0-9]* | *[!A-Za-z0-9_]* | BASHOPTS | BASH_VERSINFO | EUID | PPID | SHELLOPTS | UID) ;;
    # The shell gives these other values than the function has, so that a reference to one is reported as not set.
    BASH* | DIRSTACK | EPOCH* | FUNCNAME | GROUPS | HISTCMD | IFS | LINENO | OPTIND | PS[0-9] | RANDOM | SECONDS | SRANDOM)
      unset "$_name"
      ;;
    *)
      # With this prefix it configures nothing else.
      case $_references in *"\${$_name}"*) eval "export CACHE_EXTENSION_FUNCTION_$_name=\$$_name" ;; esac
      unset "$_name"
      ;;
  esac
done
case $0 in
  */*) home=${0%/*}/../dynamodb-cache ;;
  *) home=../dynamodb-cache ;;
esac
