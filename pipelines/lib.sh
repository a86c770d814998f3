# shellcheck shell=bash
# lib.sh - what the pipelines share.  Sourced by them; they run under
# run-open, which gives MILLRACE_RUN, the folder of the run.

set -u
umask 077
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
: "${MILLRACE_RUN:?$(basename "$0") runs under run-open: use millrace $(basename "$0" .sh)}"

kind=${MILLRACE_RUN##*Z-}	# nightly; what the maps know as $run.kind
kind=${kind%-[0-9]*}
again=()			# --again: ask Salesforce about every record
send=()				# --send: changes are the point, no status 1
status=0

# Return the worst of some exit statuses, ranked 3, 2, 4, 1, 0.  What is none
# of ours (a signal, 127) is 3 or 2.  A stage whose reader left (SIGPIPE) counts
# only where no other explains it.
worst()
{
	local s rank max=0 worst=0 piped=0

	for s; do
		case $s in
		0) rank=0 ;;
		1) rank=1 ;;
		4) rank=2 ;;
		2|126|127) rank=3 s=2 ;;
		141) piped=1 rank=0 s=0 ;;
		*) rank=4 s=3 ;;
		esac
		((rank <= max)) || { max=$rank; worst=$s; }
	done
	((max > 1 || !piped)) || worst=3
	return "$worst"
}

# Take the statuses of a step: go on after 0 and 1, else tell and leave.
ended()
{
	worst "$status" "$@"
	status=$?
	((status <= 1)) || leave
}

leave()
{
	run-report "$MILLRACE_RUN" || :
	exit "$status"
}

# A shell takes Ctrl-C from what it waits for: where that was about to end
# anyway, and ends well, it would go on as if nothing had been said.
trap 'ended 130' INT QUIT

# What of the configuration is for pipelines, read once: set[SECTION.NAME].
declare -A set
settings()
{
	local name values

	values=$(millrace-config get "$@")
	ended $?
	for name; do
		read -r "set[$name]"
	done <<<"$values"
}
settings orders.create_opportunity opportunities.invoice_date_as_close_date \
	{invoices,shipments,creditmemos}.automatic \
	{products,customers,carts,orders,campaigns}.mode \
	runs.mappings prices.pricebooks
opportunities=${set[orders.create_opportunity]}

# A folder of one's own stays as it is when millrace is installed anew.
mappings=${MILLRACE_MAPPINGS:-${set[runs.mappings]:-$here/mappings}}
[ -e "$mappings" ] || {
	echo "millrace: no folder of maps '$mappings'; begin it with: cp -r '$here/mappings' '$mappings'" >&2
	ended 2
}

# Which maps read which entity, and which entities a run by itself reads:
# ${maps_of[customers]} is "account contact", ${reads[carts]} is yes or no.
declare -A maps_of reads
uses()
{
	local entity use list all

	all=$(millrace-config maps)
	ended $?
	while read -r entity use list; do
		maps_of[$entity]=$list reads[$entity]=$use
	done <<<"$all"
}
uses

# What a run by itself reads, in the order in which it is noted.
entities="products customers orders"
[ "${reads[carts]}" = no ] || entities+=" carts"
[ "${reads[sales-rules]}" = no ] || entities+=" sales-rules"

# All maps that a run by itself uses.
all_sound()
{
	local each

	for each in $entities websites; do
		[ "${reads[$each]}" = no ] || sound "${maps_of[$each]}"
	done
}

# Stores, websites, groups and option labels, once for all maps.
reference()
{
	run-stage reference mage-extract reference \
		>"$MILLRACE_RUN/reference.ndjson"
	ended $?
}

# lacking FILE...: what an own folder has not, since it came with a release
# after the copy was made.
lacking()
{
	local f

	for f; do
		[ -e "$f.map" ] || echo "millrace: '$f.map' is none of your maps; copy the shipped one: cp '$here/mappings/${f##*/}.map' '$mappings'" >&2
	done
}

# sound MAPS...: a mistake in a map ends the run before anything is sent.  A
# doubt (1), which rec-map --check tells whoever writes a map, does not.
sound()
{
	local maps s

	for maps; do
		# shellcheck disable=SC2086  # words of a list
		set -- $maps
		set -- "${@/#/$mappings/}"
		rec-map -q --ref "$MILLRACE_RUN/reference.ndjson" --check \
			"${@/%/.map}" </dev/null
		s=$?
		[ "$mappings" -ef "$here/mappings" ] || lacking "$@"
		((s == 1)) || ended $s
	done
}

# Orders and carts end where they ended before customers and products were
# read, so that none comes before its customer; and windows end, and the next ones
# begin, at one moment by the store's clock.  How many records there are is
# noted for led status.
# shellcheck disable=SC2034
begin()
{
	local begun entity total totals=()

	declare -gA last

	# shellcheck disable=SC2086  # words of a list
	begun=$(mage-extract --highest $entities)
	ended $?
	for entity in $entities; do
		read -r "last[$entity]" mark total
		# Most carts are closed, and stay unread.
		[ "$entity" = carts ] || totals+=("$entity" "$total")
	done <<<"$begun"
	led total "${totals[@]}"
	ended $?
}

# All was read: the watermarks move.
moved()
{
	local entity marks=()

	for entity in $entities; do
		marks+=("$entity" "$1")
	done
	led mark "${marks[@]}"
	ended $?
}

# What waits and is due, or failed and has attempts left: a file of ids.
due()
{
	led due "$1" >"$MILLRACE_RUN/$1.due"
	ended $?
}

# What the ledger knows: a file of ids, to find what was deleted.
known()
{
	led known "$1" >"$MILLRACE_RUN/$1.known"
	ended $?
}

# map NAME MAP...: records to payloads
map()
{
	local name=$1 run=${MILLRACE_RUN##*/} files
	shift

	files=("${@/#/$mappings/}")
	run-stage "$name.map" rec-map --ref "$MILLRACE_RUN/reference.ndjson" \
		--set run.id="$run" --set run.kind="$kind" \
		--set run.started="${run:0:13}:${run:13:2}:${run:15:2}Z" \
		"${files[@]/%/.map}"
}

# What becomes of payloads once sf-load has them: verdicts, remembered, told.
load()
{
	run-stage "$1.load" sf-load |
		run-stage "$1.record" led-record |
		run-stage "$1.writeback" mage-writeback
	worst "${PIPESTATUS[@]}"
}

# Does a run by itself only fill the queue of this entity?
queued()
{
	local section=${1/#sales-rules/campaigns}

	[[ $kind =~ ^(nightly|incremental)$ && ${set[$section.mode]-} = queue ]]
}

# onward NAME MAP...: records in, verdicts out.
onward()
{
	local queue=()

	! queued "$1" || queue=(--queue)
	map "$@" |
		run-stage "$1.recall" led-recall "${queue[@]}" |
		run-stage "$1.match" sf-match |
		load "$1"
	worst "${PIPESTATUS[@]}"
}

# planned NAME MAP...: records in, a plan out; status 1: it changes something,
# unless it is sent.
planned()
{
	map "$@" |
		run-stage "$1.recall" led-recall "${again[@]}" |
		run-stage "$1.match" sf-match |
		run-stage "$1.diff" sf-diff "${send[@]}"
	worst "${PIPESTATUS[@]}"
}

# afresh NAME MAP...: as onward, but Salesforce is asked about every record,
# so that what was changed there is put right, and nothing else is sent.
afresh()
{
	again=(--again) send=(--send)
	planned "$@" | load "$1"
	worst "${PIPESTATUS[@]}"
}

# Campaigns come before their members: those of the newsletter are few, one for
# each website, and unchanged as good as ever.
newsletter()
{
	[ "${reads[websites]}" = yes ] || return 0
	extract websites websites | onward websites ${maps_of[websites]} >/dev/null
	ended "${PIPESTATUS[@]}"
}

# Cart price rules have no time of change: they are read whole.
rules()
{
	[ "${reads[sales-rules]}" = yes ] || return 0
	due sales-rules
	extract sales-rules --also "$MILLRACE_RUN/sales-rules.due" "$@" \
		sales-rules | onward sales-rules ${maps_of[sales-rules]} >/dev/null
	ended "${PIPESTATUS[@]}"
}

# What is read with orders: all their documents, but a run by itself leaves out
# those that are not automatic.  An opportunity may want the first invoice's
# date, and the other orders of its cart.  Left in `with`.
documents()
{
	local each on date=${set[opportunities.invoice_date_as_close_date]}

	with=
	for each in invoices shipments creditmemos; do
		on=${set[$each.automatic]}
		[ "$each/$opportunities/$date" != invoices/every/yes ] || on=yes
		[[ $on = no && $kind =~ ^(nightly|incremental)$ ]] ||
			with+=,$each
	done
	[ "$opportunities" = no ] || with+=,orders
	with=${with#,}
}

# extract NAME ARGUMENT... ENTITY
extract()
{
	local name=$1 with=
	shift

	case ${*: -1} in
	orders) documents ;;
	carts) with=orders,products ;;
	products) [ -z "${set[prices.pricebooks]}" ] || with=prices ;;
	esac
	run-stage "$name.extract" mage-extract ${with:+--with "$with"} "$@"
}
