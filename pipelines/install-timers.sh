#!/bin/bash
# install-timers.sh - systemd units for nightly, incremental and run-due,
# shown, or with --write written.  Run it as:
#	millrace install-timers [--user NAME] [--credentials DIR] [--dir DIR] [--write]
set -u

here=$(cd "$(dirname "$0")" && pwd)
dir=/etc/systemd/system user=$(id -un) credentials='' write=no

wrong()
{
	echo "install-timers: $*" >&2
	exit 2
}

while [ $# -gt 0 ]; do
	case $1 in
	--write) write=yes ;;
	--user|--credentials|--dir)
		[ -n "${2-}" ] || wrong "nothing given for $1"
		case $1 in
		--user) user=$2 ;;
		--credentials) credentials=$2 ;;
		--dir) dir=$2 ;;
		esac
		shift
		;;
	*) wrong "unknown option '$1'; see millrace(1)" ;;
	esac
	shift
done

# The configuration by its whole name, and the folders that its runs write to.
for config in "$PWD/millrace.conf" /etc/millrace/millrace.conf; do
	[ ! -e "$config" ] || break
done
config=${MILLRACE_CONF:-$config}
config=$(realpath -e "$config") || exit 2
export MILLRACE_CONF=$config
folder=$(dirname "$config")
runs=$(millrace-config get runs.dir) || exit 2
ledger=$(millrace-config get ledger.path) || exit 2
metrics=$(millrace-config get runs.metrics) || exit 2
[[ $runs = /* ]] || runs=$folder/$runs
[[ $ledger = /* ]] || ledger=$folder/$ledger
[[ $metrics = @(|/*) ]] || metrics=$folder/$metrics
runs=$(realpath -m "$runs") ledger=$(realpath -m "$(dirname "$ledger")")
state=$ledger
[[ $runs/ = "$ledger"/* ]] || state+=" $runs"
if [ -n "$metrics" ]; then
	metrics=$(realpath -m "$metrics")
	state+=" $metrics"
fi

# systemd would take these for its own.
for name in "$config" "$MILLRACE_BIN" "$user" "$credentials" "$runs" "$ledger" "$metrics"; do
	[[ $name != *[[:space:]%\"\'\\\$]* ]] ||
		wrong "'$name' has a blank, %, \$, a quote or a backslash in it: no unit can name it"
done

# A file for each secret whose setting is empty, named magento.token.
lines='# Secrets: the files that the configuration names.'
if [ -n "$credentials" ]; then
	credentials=$(realpath -e "$credentials") || exit 2
	lines='# Secrets whose setting is empty, see millrace-config(5).'
	for name in "$credentials"/*.*; do
		[ -f "$name" ] || wrong "no file like magento.token in '$credentials'"
		[[ ${name##*/} =~ ^[a-z]+\.[a-z_]+$ ]] || continue	# a copy, an editor's
		lines+=$'\n'LoadCredential=${name##*/}:$name
	done
fi

unit()	# FILE
{
	local text

	text=$(<"$1")
	text=${text//@BIN@/"$MILLRACE_BIN"}
	text=${text//@CONF@/"$config"}
	text=${text//@USER@/"$user"}
	text=${text//@STATE@/"$state"}
	printf '%s\n' "${text//@CREDENTIALS@/"$lines"}"
}

for file in "$here"/setup/timers/*.{service,timer}; do
	name=$dir/${file##*/}
	if [ $write = no ]; then
		printf '# ---- %s\n' "$name"
		unit "$file"
		echo
	else
		unit "$file" >"$name.new" && chmod 644 "$name.new" &&
			mv "$name.new" "$name" || wrong "cannot write '$name'"
		echo "$name: written"
	fi
done
[ $write = yes ] || echo "# Nothing is written without --write.  With it, then:"
cat <<END
#	systemctl daemon-reload
#	systemctl enable --now millrace-nightly.timer
#	systemctl enable --now millrace-incremental.timer millrace-run-due.timer
# or only those that you want.  To look: systemctl list-timers 'millrace-*'.
# To be rid of them:
#	systemctl disable --now millrace-{nightly,incremental,run-due}.timer
#	rm $dir/millrace-{nightly,incremental,run-due}.{service,timer}
END
