#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The Debian package that `make deb` has built: what lintian and systemd say of
# it, its completions, and whether it can be installed into a system that has
# nothing but Debian's smallest set of packages, forecasts there, and can be
# removed again.  `make test-deb`; skipped, with the reason, where that cannot be.
. tests/packages.bash
[ "$(id -u)" -eq 0 ] || skip "a system of its own must be made by root"
alone "$0" "$@"
need debootstrap debootstrap
need lintian lintian
need systemd-analyze systemd
need zsh zsh
need fish fish
. /etc/os-release
[ -n "${VERSION_CODENAME:-}" ] || skip "no release of Debian's"
project=$PWD
package=$(ls "$PWD"/build/nightcast_*.deb 2>/dev/null) || skip "no package was built"
work=$(mktemp -d)
chmod 755 "$work"
trap 'umount "$work"/root/proc 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 143' TERM INT HUP
failures=0
fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}

lintian --fail-on error "$package" >"$work/lintian" 2>&1 ||
	fail "lintian: $(cat "$work/lintian")"
dpkg-deb -f "$package" Depends >"$work/depends"
for library in libc6 libcsv3 libgomp1 libgsl libsqlite3-0 zlib1g; do
	grep -q "$library" "$work/depends" || fail "no $library in $(cat "$work/depends")"
done

# a system without compilers
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
	grep -oE 'https?://[^ ]*/debian/?( |$)' | head -n 1)
root=$work/root
debootstrap --variant=minbase "$VERSION_CODENAME" "$root" \
	"${mirror:-http://deb.debian.org/debian}" \
	>"$work/debootstrap" 2>&1 ||
	skip "debootstrap: $(tail -n 1 "$work/debootstrap")"
inside() {
	DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		LC_ALL=C chroot "$root" "$@"
}
cp /etc/resolv.conf /etc/hosts "$root/etc/"
cp "$package" "$root/nightcast.deb"
cp "$project/data/monthly.csv" "$root/tmp/"
inside sh -c 'command -v cc gcc make' && fail "the system has a compiler"
# the network's failures are nobody's fault, unlike all that the package needs
install_inside() { # OPTIONS...
	inside apt-get install -y -qq --no-install-recommends "$@" ./nightcast.deb \
		>"$work/installed" 2>&1
}
inside apt-get update -qq -o APT::Update::Error-Mode=any >"$work/installed" 2>&1 ||
	skip "apt-get update: $(tail -n 1 "$work/installed")"
install_inside --simulate ||
	fail "install: $(tail -n 5 "$work/installed")"
[ $failures -gt 0 ] || install_inside --download-only ||
	skip "download: $(tail -n 1 "$work/installed")"
install_inside --no-download || fail "install: $(tail -n 5 "$work/installed")"
inside nightcast --version || fail "nightcast --version"
inside nightcast forecast -H 12 /tmp/monthly.csv -o /tmp/f.csv 2>"$work/said" ||
	fail "forecast: $(cat "$work/said")"
[ "$(wc -l <"$root/tmp/f.csv")" -eq 73 ] || fail "other than 6 times 12 forecasts"
"$project/nightcast" forecast -q -H 12 "$project/data/monthly.csv" |
	cut -d , -f 1-3 | cmp - <(cut -d , -f 1-3 "$root/tmp/f.csv") ||
	fail "other rows than those of ./nightcast"

# the units, as they were installed; what is said of this machine's is not ours
is_ours() { # WHAT: and said of it in $work/said
	! grep -q nightcast "$work/said" || fail "$1: $(cat "$work/said")"
}
for kind in service timer; do
	sed "s|=/usr/bin/|=$root&|; s|=$root=|=$root|" \
		"$root/lib/systemd/system/nightcast@.$kind" \
		>"$work/nightcast@sales.$kind"
done
for kind in service timer; do
	systemd-analyze --man=no verify "$work/nightcast@sales.$kind" \
		>"$work/said" 2>&1
	is_ours "nightcast@sales.$kind"
done
exposure=$(systemd-analyze security --offline=true --no-pager \
	"$work/nightcast@sales.service" | sed -n 's/.*exposure level.*: \([0-9.]*\).*/\1/p')
if systemd-analyze --help | grep -q -e --offline; then
	awk -v x="$exposure" 'BEGIN { exit !(x != "" && x <= 2) }' ||
		fail "exposure level $exposure"
fi
# and the configuration and drop-ins that the manual shows
tests/shown.sh "$work/shown" || fail "tests/shown.sh"
mkdir "$work/nightcast@sales.service.d" "$work/nightcast@sales.timer.d"
cp "$work/shown/where.conf" "$work/nightcast@sales.service.d/"
cp "$work/shown/when.conf" "$work/nightcast@sales.timer.d/"
for kind in service timer; do
	SYSTEMD_UNIT_PATH=$work: systemd-analyze --man=no verify \
		"$work/nightcast@sales.$kind" >"$work/said" 2>&1
	is_ours "drop-in of $kind"
done
# what the service would run
command=$(sed -n 's/^ExecStart=//p' "$work/nightcast@sales.service")
options=$(sed -n 's/^OPTIONS=//p' "$work/shown/sales.conf")
inside env OPTIONS="$options" INPUT=/tmp/monthly.csv sh -c \
	"cd /tmp && ${command//"$root"/} && test -s forecasts.csv -a -s summary.csv" \
	>"$work/said" 2>&1 || fail "ExecStart: $(cat "$work/said")"
inside cat /usr/lib/sysusers.d/nightcast.conf | grep -q '^u nightcast ' ||
	fail "no user for the units"

# man page and completions
inside test -s /usr/share/man/man1/nightcast.1.gz || fail "no man page"
for file in bash-completion/completions/nightcast \
	zsh/vendor-completions/_nightcast fish/vendor_completions.d/nightcast.fish; do
	inside test -s /usr/share/$file || fail "no $file"
done
PROGRAM=$project/nightcast bash tests/sh/completion.sh >"$work/said" 2>&1 &&
	! grep ^skip "$work/said" || fail "completions: $(cat "$work/said")"

inside dpkg --purge nightcast >"$work/said" 2>&1 || fail "purge: $(cat "$work/said")"
inside sh -c 'command -v nightcast' && fail "it is still there"
left=$(inside find / -xdev -name '*nightcast*' -not -path '/proc/*' -not -path '/nightcast.deb')
[ -z "$left" ] || fail "left behind: $left"
[ $failures -eq 0 ] && echo "${package##*/}: lintian, a system of its own, units ($exposure), completions"
echo "$((failures == 0)) passed, $failures failed"
exit $((failures > 0))
