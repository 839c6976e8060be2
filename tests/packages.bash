# SPDX-License-Identifier: GPL-3.0-or-later
# For scripts to source that need more of Debian than the build does.

skip() {
	echo "skip: $*"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}
install_packages() {
	command -v apt-get >/dev/null || return
	[ "$(id -u)" -eq 0 ] || return
	echo "installing: $*"
	export DEBIAN_FRONTEND=noninteractive
	{
		apt-get update -qq &&
			apt-get install -y -qq --no-install-recommends "$@"
	} >/dev/null 2>&1
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
