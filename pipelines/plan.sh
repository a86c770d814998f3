#!/bin/bash
# plan.sh - what a sync would change, field by field; nothing is written, to
# neither side.  Run it as:
#	millrace plan				all entities
#	millrace plan orders --keys FILE	some records
#	millrace plan --again			ask Salesforce about every record
# The plan stays in the run's folder, for: millrace apply
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

kind=nightly	# what the nightly run would do
entity=all
case ${1-} in
all|products|customers|orders|carts|sales-rules) entity=$1; shift ;;
""|-*) ;;
*)
	echo "plan: no entity '$1': customers, products, carts, orders," \
		"sales-rules or all" >&2
	exit 2
	;;
esac
if [ "${1-}" = --again ]; then
	again=(--again) kind=resync
	shift
fi

plan=$MILLRACE_RUN/plan.ndjson
: >"$plan"

# part ENTITY MAP...: with what is behind the options of mage-extract
part()
{
	local name=$1
	shift
	case $entity in all|"$name") ;; *) return 0 ;; esac
	extract "$name" "${options[@]}" "$name" | planned "$name" "$@" >>"$plan"
	worst "$status" "${PIPESTATUS[@]}"
	status=$?
	((status <= 1)) || exit "$status"
}

options=("$@")
reference
case $entity/${reads[sales-rules]} in
all/yes|sales-rules/*) part sales-rules ${maps_of[sales-rules]} ;;
esac
if [ "$entity/${reads[websites]}" = all/yes ]; then
	options=()
	part websites ${maps_of[websites]}
	options=("$@")
fi
part products ${maps_of[products]}
part customers ${maps_of[customers]}
case $entity/${reads[carts]} in
all/yes)	# the open ones, as the nightly run
	options+=(--where 'is_active = 1')
	part carts ${maps_of[carts]}
	options=("$@")
	;;
carts/*) part carts ${maps_of[carts]} ;;
esac
part orders ${maps_of[orders]}

rec-show <"$plan"
echo "To do just this: millrace apply $plan"
exit "$status"
