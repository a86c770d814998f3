#!/bin/bash
# preview.sh - what changed maps would change: the records that a run kept go
# through the maps in use and through the changed ones, and what comes of them
# is compared.  Neither vendor is asked anything.  Run it as:
#	millrace preview order.new/order.map	the map in use against this one
#	millrace preview mappings.new		all of a folder's
#	millrace preview OLD NEW		two folders, or two of one map
#	--run RUN	another run's records; else those of the newest nightly
#	--entity ENTITY		only carts, customers, orders, products,
#				sales-rules or websites
#	--records FILE, --ref FILE	other records, another reference
#	--each		each record; --json, --html as in rec-show
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

# Entities in the order of their names: rec-show finds by it what one side
# lacks.
entities="carts customers orders products sales-rules websites"

runs=${MILLRACE_RUN%/*}
run="" only="" records="" ref="" sides=() show=(--stat)

wrong()
{
	echo "preview: $*" >&2
	exit 2
}

while [ $# -gt 0 ]; do
	case $1 in
	--run|--entity|--records|--ref)
		[ -n "${2-}" ] || wrong "nothing given for $1"
		case $1 in
		--run) run=$2 ;;
		--entity) only=$2 ;;
		--records) records=$2 ;;
		--ref) ref=$2 ;;
		esac
		shift
		;;
	--each) show=() ;;
	--json|--html) show=(--stat "$1") ;;
	-*) wrong "unknown option '$1'; man millrace tells them" ;;
	*) sides+=("$1") ;;
	esac
	shift
done

case ${#sides[@]} in
1) sides=("$mappings" "${sides[@]}") ;;
2) ;;
*) wrong "give one or two folders or maps: millrace preview [OLD] NEW" ;;
esac
[[ -z $only || " $entities " == *" $only "* ]] ||
	wrong "no entity '$only': ${entities// /, }"
[ -z "$records" ] || [ -n "$only" ] ||
	wrong "--records needs --entity: what are they?"
[ -z "$records" ] || [ -f "$records" ] ||
	wrong "no file '$records'; it is read twice, so it cannot be a pipe"
[ -z "$ref" ] || [ -f "$ref" ] || wrong "no file '$ref'"
entities=${only:-$entities}

# file SIDE MAP: its file there; what a side does not have is the map in use.
file()
{
	if [ -f "$1/$2.map" ]; then
		echo "$1/$2.map"
	elif [ "${1##*/}" = "$2.map" ]; then
		echo "$1"
	else
		echo "$mappings/$2.map"
	fi
}

# files SIDE ENTITY: the maps that read it, into the array `files`.
files()
{
	local m

	files=()
	for m in ${maps_of[$2]}; do
		files+=("$(file "$1" "$m")")
	done
}

# Does this side bring a map that a pipeline runs?
known()
{
	local e m

	[ -e "$1" ] || wrong "no folder or map '$1'"
	for e in "${!maps_of[@]}"; do
		for m in ${maps_of[$e]}; do
			[ ! -f "$1/$m.map" ] && [ "${1##*/}" != "$m.map" ] ||
				return 0
		done
	done
	wrong "'$1' is no map that a pipeline runs, and no folder of such maps"
}

# Are two maps the same, and all that they may read beside them?
same()
{
	local t

	cmp -s "$1" "$2" || return 1
	[ "$(dirname "$1")" != "$(dirname "$2")" ] || return 0
	for t in {"$(dirname "$1")","$(dirname "$2")"}/*.{csv,inc}; do
		[[ $t == *'/*.'* ]] || cmp -s "$(dirname "$1")/${t##*/}" \
			"$(dirname "$2")/${t##*/}" || return 1
	done
}

# Does the entity have any map that differs?
differs()
{
	local m

	for m in ${maps_of[$1]}; do
		same "$(file "${sides[0]}" "$m")" "$(file "${sides[1]}" "$m")" ||
			return 0
	done
	return 1
}

kept() { echo "$1/$2.extract.ndjson.gz"; }	# RUN ENTITY

# The newest run that kept records of one of these entities: a nightly one,
# since it reads all, or else any.
newest()
{
	local kind i e all

	for kind in nightly ''; do
		all=("$runs"/[0-9]*Z-"$kind"*)
		for ((i = ${#all[@]} - 1; i >= 0; i--)); do
			for e; do
				[ ! -f "$(kept "${all[i]}" "$e")" ] || {
					echo "${all[i]}"
					return
				}
			done
		done
	done
}

for s in "${sides[@]}"; do
	known "${s%/}"
done
sides=("${sides[@]%/}")
todo=()
for e in $entities; do
	! differs "$e" || todo+=("$e")
done

# Mistakes first, with status 2; what is only doubtful is worth a word.
for e in "${todo[@]}"; do
	for s in "${sides[@]}"; do
		files "$s" "$e"
		quiet=-q
		[ "$s" != "${sides[1]}" ] || quiet=
		rec-map ${quiet:+"$quiet"} --check "${files[@]}" </dev/null
		r=$?
		((r <= 1)) || exit $r
	done
done

[ -z "$run" ] || [ -d "$run" ] || run=$runs/$run
[ -z "$run" ] || [ -d "$run" ] || wrong "no run '${run##*/}' in '$runs'"
[ -n "$run" ] || [ -n "$records" ] || [ ${#todo[@]} -eq 0 ] ||
	run=$(newest "${todo[@]}")
[ -n "$run" ] || [ -n "$records" ] || [ ${#todo[@]} -eq 0 ] ||
	wrong "no run in '$runs' kept what it extracted: millrace nightly" \
		"makes one ([runs] keep), --records FILE does without"

sets=()
if [ -n "$run" ]; then
	run=$(readlink -f "$run")
	id=${run##*/} kind=${run##*Z-}
	[[ $id != [0-9]*Z-* ]] || sets=(--set run.id="$id"
		--set run.kind="${kind%-[0-9]*}" --set
		run.started="${id:0:13}:${id:13:2}:${id:15:2}Z")
	[ -n "$ref" ] || [ ! -f "$run/reference.ndjson" ] ||
		ref=$run/reference.ndjson
fi

have=()
for e in "${todo[@]}"; do
	if [ -n "$records" ] || [ -f "$(kept "$run" "$e")" ]; then
		have+=("$e")
	else
		echo "preview: ${run##*/} kept no $e; left out" >&2
	fi
done
[ ${#have[@]} -gt 0 ] || [ ${#todo[@]} -eq 0 ] ||
	wrong "${run##*/} kept none of ${todo[*]}"
[ ${#have[@]} -eq 0 ] ||
	echo "preview: ${have[*]} of ${records:-${run##*/}}" >&2

# through SIDE: all records through its maps
through()
{
	local e worst=0 s

	for e in "${have[@]}"; do
		files "$1" "$e"
		zcat -f -- "${records:-$(kept "$run" "$e")}" |
			MILLRACE_RUN='' rec-map ${ref:+--ref "$ref"} "${sets[@]}" "${files[@]}"
		s=("${PIPESTATUS[@]}")
		((s[0] == 0 || s[0] == 141)) || worst=3
		((s[1] <= 1)) || { worst "$worst" "${s[1]}"; worst=$?; }
	done
	return "$worst"
}

mkfifo "$MILLRACE_RUN/before" || exit 3
through "${sides[0]}" >"$MILLRACE_RUN/before" &
through "${sides[1]}" |
	rec-show "${show[@]}" --against "$MILLRACE_RUN/before"
s=("${PIPESTATUS[@]}")
((s[1] <= 1)) || kill $! 2>/dev/null	# nobody reads on
wait $!
worst $? "${s[@]}"
status=$?
rm -f "$MILLRACE_RUN/before"
((status != 3)) ||
	echo "preview: it broke off; what is shown is not the whole" >&2
exit "$status"
