#!/bin/bash
# millrace - the front door: a verb for each job.  It finds the programs and
# pipelines, takes the lock where a verb sends, and gets out of the way.
set -u

self=$(readlink -f "$0")
bin=$(cd "${MILLRACE_BIN:-${self%/*}}" && pwd) || exit 2
PATH=$bin:$PATH
export PATH MILLRACE_BIN="$bin"

# Installed, they are in share; in the source tree beside bin or .o/san/bin.
for pipelines in "${MILLRACE_PIPELINES:-}" \
	{"$bin","${self%/*}"}/../{share/millrace/,,../../}pipelines; do
	[ ! -e "$pipelines/lib.sh" ] || break
done
[ -e "$pipelines/lib.sh" ] || {
	echo "millrace: no pipelines beside '$bin'; set MILLRACE_PIPELINES" >&2
	exit 2
}
pipelines=$(cd "$pipelines" && pwd)	# it is told in commands to paste

# shellcheck source=pipelines/names.sh
. "$pipelines/names.sh"

usage()
{
	cat <<'END'
usage: millrace [-c CONF] VERB [ARGUMENT]...     millrace help VERB tells more

  millrace init                       a configuration, and what to grant
  millrace doctor                     do both connections work?
  millrace check                      are the maps right, on both sides?
  millrace plan                       what would a sync change, field by field?
  millrace preview mappings.new       what would these maps change?
  millrace nightly                    the full sync
  millrace status                     what is synced, waits, failed?
  millrace why orders/1042            the story of one record
  millrace resync orders --keys FILE  some records again
  millrace plan customers --where 'email eq ann@shop.example'
  millrace apply PLAN                 do exactly what a plan says

Verbs that send, one run at a time:
  nightly                   all that [ENTITY] automatic says, read whole
  incremental               only what changed since the run before
  resync ENTITY OPTION...   options of mage-extract: --keys FILE,
                            or --where 'FIELD OP VALUE', or --since T
  apply PLAN                a plan's file, or the run that made it
  queue run [--older TIME] [ENTITY]...  what waits in the queue, now
  queue add ENTITY OPTION...  records into the queue
  run-due                   what has waited for [queue] sync_time

The queue:
  queue list [ENTITY]       queue delete ENTITY/ID...

Verbs that only read:
  plan [ENTITY] [--again] [OPTION]...
  preview [OLD] NEW         what changed maps would change, on kept records
  status [ENTITY/ID]        verify [RUN]       report [RUN]
  why KEY                   explain CODE       doctor
  check [OPTION]... [MAP]... maps against Magento's fields and Salesforce's
  maps list|show|enable|disable|set|add|delete|export   field maps, edited
  config VERB               requests           demo
  init [DIR]                install-timers     units for systemd, shown
  help VERB                 version            complete KIND

  -c, --config CONF         configuration file
  -h, --help                show this and leave
      --version             show the version and leave

Status: 0 all well, 1 some records need a person (plan: it would change
something), 2 set-up is wrong, 3 broken, 4 again later.  See millrace(1).
END
}

# Each verb has a page: examples first.
page()	# VERB
{
	[ -f "$pipelines/help/$1" ] || unknown "$1"
	echo -n 'millrace '
	cat "$pipelines/help/$1"
	exit
}

# wrong TEXT WORD NAME...: of a word that is none of the names.
wrong()
{
	near "${@:2}"
	echo "millrace: $1${near:+; did you mean '$near'?}" >&2
	exit 2
}

unknown()	# VERB
{
	local pages=("$pipelines"/help/*)

	wrong "no verb '$1', millrace help lists them" "$1" "${pages[@]##*/}"
}

# What no verb takes begins no run.
entity()	# WORD
{
	# shellcheck disable=SC2086  # words of a list
	[[ $1 = -* || " $all_entities all " = *" $1 "* ]] ||
		wrong "no entity '$1'" "$1" $all_entities
}

# Before anything begins: a run that cannot is no run.
need()	# WHAT VALUE
{
	[ -n "$2" ] || { echo "millrace: no $1 given; see millrace help" >&2; exit 2; }
}

alone()	# ARGUMENT...: of a verb that takes none
{
	[ $# -eq 0 ] || {
		echo "millrace: $verb takes no '$1'; millrace help shows how some records go alone" >&2
		exit 2
	}
}

sends()	{ exec run-open "$1" "$pipelines/$1.sh" "${@:2}"; }
reads()	{ exec run-open --no-lock "$1" "$pipelines/$1.sh" "${@:2}"; }
looks()	{ exec run-open --aside "$1" "$pipelines/$1.sh" "${@:2}"; }

given=''
while [ $# -gt 0 ]; do
	case $1 in
	-c|--config)
		need "file for $1" "${2-}"
		# -m: of a folder that is not there as well, or another one
		# of the places where it may be would be taken
		MILLRACE_CONF=$(readlink -m -- "$2") && export MILLRACE_CONF
		given=$2
		shift 2
		;;
	-h|--help) usage; exit 0 ;;
	--version) set -- version ;;
	--) shift; break ;;
	-*) wrong "unknown option '$1'" "$1" -c --config -h --help --version ;;
	*) break ;;
	esac
done

verb=${1-}
need VERB "$verb"
shift
for word; do
	[[ $word != -- ]] || break
	[[ $word != @(-h|--help) || ! -e $pipelines/help/$verb ]] || page "$verb"
done
case $verb in
nightly|incremental)
	alone "$@"
	sends "$verb"
	;;
resync)		need ENTITY "${1-}"; entity "$1"; sends resync "$@" ;;
apply)		# before the run begins, since runs/latest is then another
		need PLAN "${1-}"
		plan=$(readlink -f "$1") || plan=$1
		shift
		sends apply "$plan" "$@"
		;;
plan)		entity "${1:--}"; reads plan "$@" ;;
preview)	need "changed map, or folder of maps," "${1-}"
		looks preview "$@"
		;;
queue)
	case ${1-} in
	list)	exec led queue "${@:2}" ;;
	delete)	exec led dequeue "${@:2}" ;;
	add)	need ENTITY "${2-}"; entity "$2"; sends queue "$@" ;;
	run)	sends queue "$@" ;;
	*)	wrong "queue wants list, delete, run or add, not '${1-}'" \
			"${1-}" list delete run add
		;;
	esac
	;;
run-due)	alone "$@"; exec "$pipelines/run-due.sh" ;;
status)		exec led status "$@" ;;
requests)	exec led requests "$@" ;;
verify)		exec run-verify "$@" ;;
report)		exec run-report "$@" ;;
why)		exec run-why "$@" ;;
explain)	exec millrace-explain "$@" ;;
doctor)		maps_in "$pipelines/mappings"; exec millrace-doctor --maps "$maps" "$@" ;;
maps)		# what an installation brought is copied before it is changed
		maps_in "$pipelines/mappings"
		[[ ! $maps -ef $pipelines/mappings || $pipelines != */share/millrace/* ]] ||
			set -- --shipped "$@"
		exec millrace-maps --maps "$maps" "$@"
		;;
init)		exec millrace-init ${given:+-c "$given"} "$@" ;;
install-timers)	exec "$pipelines/install-timers.sh" "$@" ;;
check)		exec "$pipelines/check.sh" "$@" ;;
config)
	[[ " $* " != *" check "* ]] || { # its tables are checked as well
		maps_in "$pipelines/mappings"
		set -- "$@" --mappings "$maps"
	}
	exec millrace-config "$@"
	;;
demo)		exec "$pipelines/demo.sh" "$@" ;;
version)	echo "millrace @VERSION@" ;;
complete)	exec "$pipelines/complete.sh" "$@" ;;
help)		[ $# -eq 0 ] || page "$1"; usage ;;
*)		unknown "$verb" ;;
esac
