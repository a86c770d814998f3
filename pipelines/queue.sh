#!/bin/bash
# queue.sh - what waits in the queue is sent, or records are put there.  Run it
# as:
#	millrace queue run [--older 15m] [ENTITY]...
#	millrace queue add orders --keys FILE
# shellcheck source-path=SCRIPTDIR disable=SC2046  # maps are words of a list
. "$(dirname "$0")/lib.sh"

verb=$1 older=()
shift
if [ "${1-}" = --older ]; then
	older=(--older "${2-}")
	shift 2
fi

maps_of()
{
	case $1 in
	products) echo "$product_maps" ;;
	customers) echo "$customer_maps" ;;
	carts) echo "$cart_maps" ;;
	orders) echo "$order_maps" ;;
	*)
		echo "queue: no entity '$1': products, customers, carts or orders" >&2
		return 2
		;;
	esac
}

# send ENTITY: all of it that is queued.  What orders and carts name comes
# before them.
send()
{
	local records=$MILLRACE_RUN/$1.ndjson keys=$MILLRACE_RUN/$1.keys of

	led queue --ids "${older[@]}" "$1" >"$keys"
	ended $?
	[ -s "$keys" ] || return 0
	extract "$1" --keys "$keys" "$1" >"$records"
	ended $?
	if [[ $1 = @(orders|carts) ]]; then
		for of in products customers; do
			extract $of --of "$records" $of |
				onward $of $(maps_of $of) >/dev/null
			ended "${PIPESTATUS[@]}"
		done
	fi
	onward "$1" $(maps_of "$1") <"$records" >/dev/null
	ended $?
}

# add ENTITY OPTION...: whatever the ledger thinks of them.
add()
{
	local entity=$1 maps
	shift

	maps=$(maps_of "$entity")
	ended $?
	extract "$entity" "$@" "$entity" |
		map "$entity" $maps |
		run-stage "$entity.recall" led-recall --again --queue |
		run-stage "$entity.record" led-record >/dev/null
	ended "${PIPESTATUS[@]}"
}

for entity; do
	[[ $entity != -* && $verb = run ]] || break
	maps_of "$entity" >/dev/null
	ended $?
done
reference
case $verb in
run)
	sound "$product_maps" "$customer_maps" "$order_maps"
	[ "$carts" = no ] || sound "$cart_maps"
	for entity in products customers carts orders; do
		[ $# -eq 0 ] || [[ " $* " == *" $entity "* ]] || continue
		send "$entity"
	done
	;;
add)
	add "$@"
	;;
esac
leave
