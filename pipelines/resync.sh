#!/bin/bash
# resync.sh - the records of one entity again, whatever the ledger thinks:
# Salesforce is asked about each.  Run it as:
#	millrace resync orders --keys FILE
#	millrace resync customers --where 'email eq ann@shop.example'
#	millrace resync --map order	all that the map reads, after a change
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

# reader MAP: the entity that it reads.
reader()
{
	local maps

	for maps in "products $product_maps" "customers $customer_maps" \
		"orders $order_maps" "carts $cart_maps"; do
		# shellcheck disable=SC2086  # words of a list
		set -- "$1" $maps
		[[ " ${*:3} " != *" $1 "* ]] || echo "$2"
	done
}

entity=${1:?an entity is missing: customers, products, carts or orders}
shift
if [ "$entity" = --map ]; then
	entity=$(reader "${1-}")
	[ -n "$entity" ] || {
		echo "resync: no map of this name: '${1-}'" >&2
		exit 2
	}
	shift
fi
reference

case $entity in
products)
	extract products "$@" products | afresh products $product_maps >/dev/null
	ended "${PIPESTATUS[@]}"
	;;
customers)
	extract customers "$@" customers |
		afresh customers $customer_maps >/dev/null
	ended "${PIPESTATUS[@]}"
	;;
orders|carts)
	maps=$order_maps
	[ "$entity" = orders ] || maps=$cart_maps
	sound "$product_maps" "$customer_maps" "$maps"
	# Read once; first what they name, so that nothing waits for it.
	records=$MILLRACE_RUN/$entity.ndjson
	extract "$entity" "$@" "$entity" >"$records"
	ended $?
	extract products --of "$records" products |
		onward products $product_maps >/dev/null
	ended "${PIPESTATUS[@]}"
	extract customers --of "$records" customers |
		onward customers $customer_maps >/dev/null
	ended "${PIPESTATUS[@]}"
	afresh "$entity" $maps <"$records" >/dev/null
	ended $?
	;;
*)
	echo "resync: no entity '$entity': customers, products, carts or orders" >&2
	exit 2
	;;
esac

leave
