#!/bin/bash
# queue.sh - what waits in the queue is sent, or records are put there.  Run it
# as:
#	millrace queue run [--older 15m] [ENTITY]...
#	millrace queue add orders --keys FILE
# shellcheck source-path=SCRIPTDIR disable=SC2046  # maps are words of a list
. "$(dirname "$0")/lib.sh"

verb=$1 older=() wanted=()
shift

wrong()
{
	echo "queue: $*" >&2
	exit 2
}

# queueable ENTITY: else tell and leave.
queueable()
{
	[[ $1 = @(products|customers|sales-rules|carts|orders) ]] ||
		wrong "no entity '$1': products, customers, sales-rules," \
			"carts or orders"
}

# void ENTITY FILE: of these ids nothing waits any more.  What still does came
# to nothing: the lines of a cart that was ordered, a record that Magento lost.
void()
{
	comm -12 <(sort "$2") <(led queue --ids "$1" | sort) |
		sed "s,^,$1/," | xargs -r led dequeue
	ended "${PIPESTATUS[@]}"
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
				onward $of ${maps_of[$of]} >/dev/null
			ended "${PIPESTATUS[@]}"
		done
	fi
	onward "$1" ${maps_of[$1]} <"$records" >/dev/null
	ended $?
	void "$1" "$keys"
}

# add ENTITY OPTION...: whatever the ledger thinks of them.
add()
{
	local entity=$1
	shift

	queueable "$entity"
	extract "$entity" "$@" "$entity" |
		map "$entity" ${maps_of[$entity]} |
		run-stage "$entity.recall" led-recall --again --queue |
		run-stage "$entity.record" led-record >/dev/null
	ended "${PIPESTATUS[@]}"
}

while [ "$verb" = run ] && [ $# -gt 0 ]; do
	case $1 in
	--older)
		older=("$1" "${2:-}")
		[ -n "${2:-}" ] || wrong "nothing given for $1"
		shift
		;;
	-*) wrong "unknown option '$1'; millrace help lists them" ;;
	*) queueable "$1"; wanted+=("$1") ;;
	esac
	shift
done
reference
case $verb in
run)
	all_sound
	for entity in sales-rules products customers carts orders; do
		[[ ${#wanted[@]} -eq 0 || " ${wanted[*]} " == *" $entity "* ]] || continue
		send "$entity"
	done
	;;
add)
	add "$@"
	;;
esac
leave
