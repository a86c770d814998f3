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

if [ "${reads[sales-rules]}" = yes ]; then
	known sales-rules
	rules --known "$MILLRACE_RUN/sales-rules.known"
fi
newsletter
upto=()
whole products ${maps_of[products]}
whole customers ${maps_of[customers]}
# Before orders, which take them over.  Magento cleans old carts away: that one
# is gone is nothing to tell.
if [ "${reads[carts]}" = yes ]; then
	due carts
	extract carts --up-to "${last[carts]}" --where 'is_active = 1' \
		--also "$MILLRACE_RUN/carts.due" carts |
		onward carts ${maps_of[carts]} >/dev/null
	ended "${PIPESTATUS[@]}"
fi
upto=(--up-to "${last[orders]}")
whole orders ${maps_of[orders]}

moved "$mark"
leave
