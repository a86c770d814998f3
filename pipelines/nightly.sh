#!/bin/bash
# nightly.sh - the full sync: products, customers and orders, read whole; the
# ledger decides what is sent, and what Magento has no more is told.  Run it
# as: millrace nightly
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

reference
sound "$product_maps" "$customer_maps" "$order_maps"
begin

# whole ENTITY MAP...
whole()
{
	local entity=$1

	due "$entity"
	known "$entity"
	extract "$entity" "${upto[@]}" --also "$MILLRACE_RUN/$entity.due" \
		--known "$MILLRACE_RUN/$entity.known" "$entity" |
		onward "$@" >/dev/null
	ended "${PIPESTATUS[@]}"
}

upto=()
whole products $product_maps
whole customers $customer_maps
upto=(--up-to "$last")
whole orders $order_maps

moved "$mark"
leave
