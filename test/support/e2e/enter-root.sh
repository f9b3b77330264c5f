#!/bin/sh
# Becomes a program in a root of its own, as Lambda starts an extension: an unprivileged user, files that cannot be written
# to but for /tmp, 1,024 descriptors. Run by root in a mount namespace of its own.
#   enter-root.sh <root> <what is to be /var/task> <program> [argument…]
set -eu
root=$1 task=$2
shift 2
# The variables are those of the program, but the tools are this machine's.
path=${PATH-}
PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -o bind,ro "$root" "$root"
mount -o bind,ro "$task" "$root/var/task"
# The emulator's folder, which a reset keeps.
if [ -n "${TMPDIR-}" ]; then mount --bind "$TMPDIR" "$root/tmp"; else mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"; fi
mount -t proc proc "$root/proc"
for device in null urandom; do mount --bind "/dev/$device" "$root/dev/$device"; done
chroot=$(command -v chroot)
ulimit -n 1024
PATH=$path
exec "$chroot" --userspec=+993:+990 --groups= "$root" "$@"
