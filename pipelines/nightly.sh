#!/bin/bash
# nightly.sh - the full sync: products, customers and orders, read whole, and
# carts that are open, with the campaigns that they are members of where the
# settings say so; the ledger decides what is sent, and what Magento has no
# more is told.  Run it as: millrace nightly
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

reference
all_sound
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

if [ "$campaigns" = yes ]; then
	known sales-rules
	rules --known "$MILLRACE_RUN/sales-rules.known"
fi
newsletter
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
