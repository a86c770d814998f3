#!/bin/bash
# nightly.sh - the full sync: products, customers and orders, read whole, and
# carts that are open; the ledger decides what is sent, and what Magento has no
# more is told.  Run it as: millrace nightly
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

reference
sound "$product_maps" "$customer_maps" "$order_maps"
[ "$carts" = no ] || sound "$cart_maps"
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
# Before orders, which take them over.  Magento cleans old carts away: that one
# is gone is nothing to tell.
if [ "$carts" = yes ]; then
	due carts
	extract carts --up-to "${last[carts]}" --where 'is_active = 1' \
		--also "$MILLRACE_RUN/carts.due" carts |
		onward carts $cart_maps >/dev/null
	ended "${PIPESTATUS[@]}"
fi
upto=(--up-to "${last[orders]}")
whole orders $order_maps

moved "$mark"
leave
