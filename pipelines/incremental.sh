#!/bin/bash
# incremental.sh - what changed since the run before, by Magento's updated_at,
# and for orders also by that of their documents.  Comments, tracking numbers
# and addresses leave no such trace: they are seen while an order is young, and
# by the nightly run.  Run it as:
#	millrace incremental
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

reference
all_sound
begin

# window ENTITY MAP...: what is unchanged is not sent again.
window()
{
	local entity=$1 before

	before=$(led mark "$entity")
	ended $?
	if [ -z "$before" ]; then
		echo "incremental: $entity were never read whole:" \
			"millrace nightly comes first" >&2
		ended 2
	fi
	due "$entity"
	extract "$entity" --changed "$before" --until "$mark" \
		--also "$MILLRACE_RUN/$entity.due" "${upto[@]}" "$entity" |
		onward "$@" >/dev/null
	ended "${PIPESTATUS[@]}"
}

rules
newsletter
upto=()
window products ${maps_of[products]}
window customers ${maps_of[customers]}
if [ "${reads[carts]}" = yes ]; then
	upto=(--up-to "${last[carts]}")
	window carts ${maps_of[carts]}
fi
upto=(--up-to "${last[orders]}")
window orders ${maps_of[orders]}

moved "$mark"
leave
