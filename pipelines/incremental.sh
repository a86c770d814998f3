#!/bin/bash
# incremental.sh - what changed since the run before, by Magento's updated_at.
# That misses comments and tracking numbers of orders, and addresses of
# customers that changed alone: the nightly run finds those.  Run it as:
#	millrace incremental
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

reference
sound "$product_maps" "$customer_maps" "$order_maps"
begin

# window ENTITY MAP...: ten minutes more than needed, since a row may be
# written somewhat after its time; what is unchanged is not sent again.
window()
{
	local entity=$1 mark since

	mark=$(led mark "$entity")
	ended $?
	if [ -z "$mark" ]; then
		echo "incremental: $entity were never read whole:" \
			"millrace nightly comes first" >&2
		ended 2
	fi
	since=$(date -u -d "$mark 10 minutes ago" +%FT%TZ)
	ended $?
	due "$entity"
	extract "$entity" --since "$since" \
		--also "$MILLRACE_RUN/$entity.due" "${upto[@]}" "$entity" |
		onward "$@" >/dev/null
	ended "${PIPESTATUS[@]}"
}

upto=()
window products $product_maps
window customers $customer_maps
upto=(--up-to "$last")
window orders $order_maps

moved "$clock"
leave
