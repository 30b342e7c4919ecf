#!/bin/sh
# matrix.sh: the tests on the servers of other Debian releases: PostgreSQL 17
# (trixie) and 18 (sid), each in a bare tree of its own.
#
#	matrix.sh [SUITE=MAJOR...]		trixie=17 sid=18
#
# The trees are kept in ${GAUTH_MATRIX:-/var/tmp/gauth-matrix}, two gigabytes
# each.  Needs root, for debootstrap and chroot.  Not part of the everyday
# checks.
#
# shellcheck disable=SC2317	# unmount_base is called by a trap
set -eu
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" -eq 0 ] || die 'root is needed for debootstrap and chroot'
[ $# -gt 0 ] || set -- trixie=17 sid=18
cache=$(realpath -m "${GAUTH_MATRIX:-/var/tmp/gauth-matrix}")
install_packages debootstrap || die 'debootstrap could not be installed'
absolute_inputs

# make_base SUITE: a minimal system, once
make_base()
{
	base=$cache/$1
	if [ ! -e "$base/.ready" ]; then
		rm -rf --one-file-system "$base"
		mkdir -p "$base"
		debootstrap --variant=minbase "$1" "$base" >"$base.log" 2>&1 ||
			{ tail "$base.log"; die "debootstrap of $1 failed"; }
		touch "$base/.ready"
	fi

	# how this machine reaches its mirror
	for setting in /etc/apt/apt.conf.d/*; do
		grep -qiE 'proxy|verify' "$setting" 2>/dev/null || continue
		cp "$setting" "$base/etc/apt/apt.conf.d/"
	done
	for file in /etc/resolv.conf /etc/hosts; do
		[ ! -e "$file" ] || cp -L "$file" "$base$file"
	done
	# the index of a moving release may be older than it says it may be
	if [ "$1" = sid ]; then
		echo 'Acquire::Check-Valid-Until "false";' \
			>"$base/etc/apt/apt.conf.d/90gauth"
	fi
}

unmount_base()
{
	[ -n "${base:-}" ] || return 0
	umount "$base/srv/vectors" 2>/dev/null || :
	umount "$base/srv/corpora" 2>/dev/null || :
	umount "$base/dev/shm" 2>/dev/null || :
	umount -l "$base/dev" 2>/dev/null || :
	umount -l "$base/proc" 2>/dev/null || :
	rm -rf --one-file-system "$base/srv/gauth"
}

mount_base()
{
	mount -t proc proc "$base/proc"
	mount --bind /dev "$base/dev"
	mount --make-private "$base/dev"
	mount -t tmpfs tmpfs "$base/dev/shm"
	for input in "vectors $GAUTH_VECTORS" "corpora $GAUTH_CORPORA"; do
		mkdir -p "$base/srv/${input%% *}"
		[ ! -d "${input#* }" ] ||
			mount --bind -o ro "${input#* }" "$base/srv/${input%% *}"
	done
	copy_tree "$TOP" "$base/srv/gauth"
}

check_suite()
{
	make_base "$1"
	trap unmount_base EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	mount_base
	chroot "$base" /usr/bin/env -i HOME=/ LANG=C.UTF-8 PGVERSION="$2" \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" \
		GAUTH_VECTORS=/srv/vectors GAUTH_CORPORA=/srv/corpora \
		sh /srv/gauth/test/bin/check.sh -l regress -l isolation -l tap
}

status=0
for pair; do
	say "PostgreSQL ${pair#*=} on ${pair%=*}"
	(check_suite "${pair%=*}" "${pair#*=}") || status=1
done
exit "$status"
