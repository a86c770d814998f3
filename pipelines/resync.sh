#!/bin/bash
# resync.sh - the records of one entity again, whatever the ledger thinks:
# Salesforce is asked about each.  Run it as:
#	millrace resync orders --keys FILE
#	millrace resync customers --where 'email eq ann@shop.example'
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

entity=${1:?an entity is missing: customers, products or orders}
shift
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
orders)
	# Read once; first what they name, so that nothing waits for it.
	orders=$MILLRACE_RUN/orders.ndjson
	extract orders "$@" orders >"$orders"
	ended $?
	extract products --of "$orders" products |
		onward products $product_maps >/dev/null
	ended "${PIPESTATUS[@]}"
	extract customers --of "$orders" customers |
		onward customers $customer_maps >/dev/null
	ended "${PIPESTATUS[@]}"
	afresh orders $order_maps <"$orders" >/dev/null
	ended $?
	;;
*)
	echo "resync: no entity '$entity': customers, products or orders" >&2
	exit 2
	;;
esac

leave
