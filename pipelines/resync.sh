#!/bin/bash
# resync.sh - the records of one entity again, whatever the ledger thinks:
# Salesforce is asked about each.  Run it as:
#	millrace resync orders --keys FILE
#	millrace resync customers --where 'email eq ann@shop.example'
#	millrace resync --map order	all that the map reads, after a change
# shellcheck source-path=SCRIPTDIR disable=SC2046  # maps are words of a list
. "$(dirname "$0")/lib.sh"

# reader MAP: the entity that it reads.
reader()
{
	local e

	for e in products customers orders carts sales-rules websites; do
		[[ " ${maps_of[$e]} " != *" $1 "* ]] || echo "$e"
	done
}

entity=${1:?an entity is missing: customers, products, carts, orders...}
shift
if [ "$entity" = --map ]; then
	entity=$(reader "${1-}")
	if [ -z "$entity" ]; then
		told="no map of this name: '${1-}'"
		[ ! -f "$mappings/${1-}.map" ] ||
			told="the settings leave the map '$1' out"
		echo "resync: $told" >&2
		exit 2
	fi
	shift
fi
reference

case $entity in
subscribers)
	reads[websites]=yes
	newsletter
	extract customers "$@" customers |
		afresh customers ${maps_of[subscribers]} >/dev/null
	ended "${PIPESTATUS[@]}"
	;;
products|customers|sales-rules|websites)
	[ "$entity" != customers ] || newsletter
	extract "$entity" "$@" "$entity" |
		afresh "$entity" ${maps_of[$entity]} >/dev/null
	ended "${PIPESTATUS[@]}"
	;;
orders|carts)
	all_sound
	[ "$entity" = carts ] || rules
	newsletter
	# Read once; first what they name, so that nothing waits for it.
	records=$MILLRACE_RUN/$entity.ndjson
	extract "$entity" "$@" "$entity" >"$records"
	ended $?
	extract products --of "$records" products |
		onward products ${maps_of[products]} >/dev/null
	ended "${PIPESTATUS[@]}"
	extract customers --of "$records" customers |
		onward customers ${maps_of[customers]} >/dev/null
	ended "${PIPESTATUS[@]}"
	afresh "$entity" ${maps_of[$entity]} <"$records" >/dev/null
	ended $?
	;;
*)
	echo "resync: no entity '$entity': customers, subscribers, products," \
		"carts, orders, sales-rules or websites" >&2
	exit 2
	;;
esac

leave
