# SPDX-License-Identifier: GPL-3.0-or-later
# For scripts to source that need more of Debian than the build does.

# skip REASON: all that follows; the run that asked for it goes on
skip() {
	echo "skipped: $*"
	exit 0
}
# alone FILE ARGUMENTS...: the script once more, as the first process of its own
# world, where the system can do that: whatever it starts ends with it
alone() {
	[ -z "${ALONE:-}" ] || return 0
	local world=(unshare --pid --fork --kill-child --mount-proc)
	"${world[@]}" true 2>/dev/null || return 0
	ALONE=yes exec "${world[@]}" bash "$@"
}
# Services that a package brings are not started: policy-rc.d forbids it.
install_packages() {
	local policy=/usr/sbin/policy-rc.d mine= status
	command -v apt-get >/dev/null || return
	[ "$(id -u)" -eq 0 ] || return
	echo "installing: $*"
	export DEBIAN_FRONTEND=noninteractive
	[ -e $policy ] || {
		printf '#!/bin/sh\nexit 101\n' >$policy &&
			chmod 755 $policy && mine=yes
	}
	{
		apt-get update -qq
		apt-get install -y -qq --no-install-recommends \
			-o DPkg::Lock::Timeout=900 "$@"
	} </dev/null >/dev/null 2>&1
	status=$?
	[ -z "$mine" ] || rm -f $policy
	return $status
}
# need COMMAND PACKAGE...: installs the packages where the command is missing;
# where that cannot be, all that follows is skipped
need() {
	local command=$1
	shift
	PATH=$PATH:/usr/sbin:/sbin
	command -v "$command" >/dev/null && return
	install_packages "$@"
	command -v "$command" >/dev/null ||
		skip "no $command; as root, on Debian: apt-get install $*"
}
