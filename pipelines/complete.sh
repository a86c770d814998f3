#!/bin/bash
# complete.sh - the names of a kind, a line each, for the shell's completion;
# what cannot be found out is left out in silence.  Run it as:
#	millrace complete verbs|entities|maps|runs|codes|states
#	millrace complete options VERB
#	millrace complete fields MAP
set -u

here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
# shellcheck source=pipelines/names.sh
. "$here/names.sh"

names()	# FILE...: without folder and ending
{
	local f

	for f; do
		f=${f##*/}
		echo "${f%.*}"
	done
}

shopt -s nullglob
case ${1-} in
verbs)	names "$here"/help/* ;;
entities)
	printf '%s\n' $all_entities
	;;
maps)	maps_in "$here/mappings"; names "$maps"/*.map ;;
fields)	# MAP
	maps_in "$here/mappings"
	[ ! -e "$maps/${2-}.map" ] ||
		grep -oE '^[A-Z][A-Za-z0-9_.:]*' "$maps/$2.map" | sort -u
	;;
runs)
	dir=$(millrace-config get runs.dir 2>/dev/null) || exit 0
	cd "$dir" 2>/dev/null || exit 0
	found=([0-9]*Z-*)
	[ ${#found[@]} -eq 0 ] || printf '%s\n' "${found[@]}"
	;;
codes)	millrace-explain --list | cut -d ' ' -f 1 ;;
states)	printf '%s\n' failed rejected held waiting queued not-due synced skipped ;;
options)
	grep -ohE -- '(^|[ |[])--[a-z][a-z-]*' "$here/help/${2-}" 2>/dev/null |
		tr -d ' |[' | sort -u
	;;
*)
	echo "complete: verbs, entities, maps, runs, codes, states, options VERB or fields MAP" >&2
	exit 2
	;;
esac
