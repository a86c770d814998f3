# shellcheck shell=bash disable=SC2034,SC2154  # of run, which reads this
# The Magento side of the matrix: what extracting and telling make of it.

limit=45	# seconds that any run may take
id='[0-9A-Za-z%.-]+'	# what ID in the name of an exchange stands for
entities=$root/fixtures/magento/entities

# METHOD PATH as a name: ids, SKUs and the names of bulks are cut out.
exchange='def ex: .method + "_" + (.path | sub("^/rest/[a-z]+/"; "")
	| sub("^V1/"; "") | gsub("/[0-9]+(?=/|$)"; "/ID")
	| sub("^products/(?!attributes).*"; "products/ID")
	| sub("^bulk/[^/]*"; "bulk/ID") | gsub("/"; "."));'

# --- the scenarios ---

# customers, products, orders	all of them, page after page
# several	orders, four requests at once
# admin, oauth	the same, with another login
# with		orders with their documents
# keys, skus, mails	some by key
# reference	all lists of it
# highest	no records
# changed	orders by time, with what their documents tell
# known		what Magento has no more
# poison	a record that stands alone in the end
# save, comment	an id on its order, in either place
# people, goods	ids on customers and products, one by one
# bulk, lots	the same by async bulk
extracts='customers products orders several admin oauth with keys skus mails
	reference highest changed known poison'
tells='save comment people goods bulk lots'
scenarios="$extracts $tells"

# scenario SCENARIO: into `out`, err.*, and `status`
scenario()
{
	case $1 in
	products | reference) extract "$1" ;;
	customers) extract --up-to 80 customers ;;
	several) extract --up-to 30 orders ;;
	orders | admin | oauth) extract --up-to 46 orders ;;
	with) extract --up-to 24 --with invoices,shipments,creditmemos orders ;;
	keys) extract --keys keys orders ;;
	skus) extract --keys keys products ;;
	mails) extract --keys keys customers ;;
	highest) extract --highest orders ;;
	changed) extract --changed 2026-01-01T00:00:00Z --up-to 24 orders ;;
	known) extract --known keys orders ;;
	poison) extract --up-to 12 orders ;;
	*) tell ;;
	esac
}

extract()
{
	timeout "$limit" mage-extract -c conf "$@" >out 2>err.1
	status=($?)
}

tell()
{
	timeout "$limit" mage-writeback -c conf <in >out 2>err.1
	status=($?)
}

tells()
{
	[[ " $tells " == *" $scenario "* ]]
}

# server SCENARIO: a sandbox on ./mage.state, URL and the secrets
server()
{
	local more=() secret
	[ "$1" != poison ] || more=(--set poison=orders:9)
	[ "$1" != oauth ] || more=(--set bearer=off)
	sandbox mage-sandbox --data "$entities" --state mage.state \
	    --set consumer_ms=1 "${more[@]}" || return 1
	for secret in token token_secret admin_password consumer_secret; do
		given $secret && echo "$REPLY" >$secret
	done
	{
		printf '%s\n' '[ledger]' 'path = ledger.sqlite' '[magento]' \
		    "url = $URL" 'attempts = 3' 'timeout = 2s' 'patience = 5s'
		settings "$1"
	} >conf
}

settings()
{
	case $1 in
	admin) given admin_username
		printf '%s\n' 'login = admin' "username = $REPLY" \
		    'password_file = admin_password' ;;
	oauth) given consumer_key
		printf '%s\n' 'login = oauth' "consumer_key = $REPLY" \
		    'consumer_secret_file = consumer_secret' \
		    'token_file = token' 'token_secret_file = token_secret' ;;
	*) echo 'token_file = token' ;;
	esac
	case $1 in
	several) printf '%s\n' 'in_flight = 4' 'page_size = 5' ;;
	products) printf '%s\n' 'in_flight = 1' 'page_size = 5' ;;
	*) printf '%s\n' 'in_flight = 1' 'page_size = 12' ;;
	esac
	case $1 in
	comment) echo 'order_place = comment' ;;
	people | bulk) printf '%s\n' \
		'customer_attribute_account = sf_account_id' \
		'customer_attribute_contact = sf_contact_id' ;;
	goods | lots) echo 'product_attribute = sf_product_id' ;;
	esac
	case $1 in
	bulk | lots) printf '%s\n' 'bulk = all' 'bulk_from = 2' \
		'bulk_patience = 2s' ;;
	esac
}

standing() { :; }
lift() { :; }

# --- what all cases begin with ---

begin()
{
	mkdir -p "$work/base" && cd "$work/base" || exit 3
	server base || { cat sandbox.err >&2; exit 3; }
	gone
}

# copy SCENARIO: its beginning, here
copy()
{
	case $1 in
	keys) jq -r 'select(.entity_id < 14 or .entity_id > 50) | "increment:" +
		.increment_id, .entity_id' "$entities/orders.ndjson" |
		head -n 16 >keys ;;
	skus) jq -r '"sku:" + .sku' "$entities/products.ndjson" |
		head -n 7 >keys
		echo 5 >>keys ;;
	mails) jq -r '"email:" + .email' "$entities/customers.ndjson" |
		head -n 5 >keys ;;
	known) printf '%s\n' 3 9 76 77 5000 >keys ;;
	save | comment) verdicts Order:801 orders 11 12 14 ;;
	people | bulk) verdicts 'Account:001 Contact:003' customers 1 2 3 ;;
	goods | lots) verdicts Product2:01t products 3 4 11 ;;
	esac
}

# verdicts OBJECT:PREFIX... ENTITY ID...: into `in`
verdicts()
{
	local objects=$1 entity=$2 i o
	shift 2
	for i; do
		for o in $objects; do
			printf '{"verdict":"created","object":"%s","map":"m","source":"%s/%s","key":"%s","id":"%s5e%010dAAA"}\n' \
			    "${o%:*}" "$entity" "$i" "$i" "${o#*:}" "$i"
		done
	done >in
}

# held SCENARIO: what Magento has of what is told there, a record a line
held()
{
	local entity
	case $1 in
	save | comment) entity=orders ;;
	people | bulk) entity=customers ;;
	goods | lots) entity=products ;;
	*) return ;;
	esac
	curl -sf "$URL/sandbox/state?entity=$entity" | jq -cS --arg e $entity \
	    '[$e + "/\(.entity_id // .id)",
	    del(.updated_at, .status_histories[]?.created_at,
	    .status_histories[]?.entity_id)]' | sort
}

# Which exchanges are this scenario's own, beside those that others have too.
own()
{
	case $1:$2 in
	with:GET_orders | highest:GET_orders | changed:GET_orders) return 1 ;;
	comment:GET_orders | bulk:GET_attr* | bulk:GET_cust*) return 1 ;;
	lots:GET_products*) return 1 ;;
	esac
}

writes()
{
	case $1 in
	POST_integration* | GET_*) return 1 ;;
	esac
}

# suits SCENARIO EXCHANGE FAULT EXPECT: can it meet that?
suits()
{
	case $4:$2 in
	write:*) writes "$2" || return ;;
	bulk:*_async*) ;;
	bulk:*) return 1 ;;
	esac
	case $2:$3 in
	GET_attributeMetadata*:array) [ "$1" != reference ] ;;	# it is a list
	esac
}

# nths SCENARIO EXCHANGE FAULT EXPECT N: which of the N times it is made.
# All faults where it matters most, elsewhere those that have most effect.
nths()
{
	local n=$5 all few
	case $1:$2 in
	orders:*) all="1 2 $(((n + 3) / 2)) $n" few= ;;
	customers:* | products:*) all='1 2' few="$(((n + 3) / 2)) $n" ;;
	poison:*) all='2 5 6' few="7 $(((n + 7) / 2)) $n" ;;
	several:* | admin:GET* | oauth:*) all='' few='1 2' ;;
	known:*) all=$n few=1 ;;
	skus:* | mails:* | *:GET_store.store*) all='' few=1 ;;
	*:GET_bulk*) all=1 few= ;;
	*:*_orders.ID*) all=1 few=3 ;;
	*) all=1 few="2 $n" ;;
	esac
	case $4$3 in
	login* | write* | slow | *hang | reset-after | *down | *report-ever | \
	*cut | *403 | *object | *stranger | *redirect | *cached | *message) ;;
	*) few= ;;
	esac
	# as thousands of such lists are made, by no process
	local each had=' '
	for each in $all $few; do
		[ "$each" -le "$n" ] && [[ $had != *" $each "* ]] || continue
		echo "$each"
		had+="$each "
	done
}

# --- judging ---

# may STATUS: is that what this fault may come to?
may()
{
	local as=$expect
	case $as:$scenario:$ex in
	read:*:POST_*.comments) as=any ;;
	read:*) as=over ;;
	login:admin:GET_*) as=over ;;	# a wrong password is not tried twice
	login:*) as=setup ;;
	fresh:*:GET_*) as=setup ;;
	fresh:*) as=over ;;
	esac
	case $as:$1 in
	busy:[134] | broken:[13] | setup:[123] | loose:[1234]) ;;
	any:[134] | write:[134] | bulk:[134]) ;;
	*) return 1 ;;
	esac
}

# Without the words of verdicts, and what time it was.
plain()
{
	sed -E '/^\{"verdict"/s/,"message":"([^"\\]|\\.)*"//
	    s/ 20[0-9-]{8}T[0-9:]{8}Z / NOW /' "$1"
}

# Records up to some point, all whole and in order; what cannot be read has its
# verdict in its place where the run says that it got through.
whole()
{
	local well=$work/calm/$scenario
	[ ! -s out ] || [ -z "$(tail -c 1 out)" ] || return 1
	if [ "${status[0]}" -eq 1 ]; then
		jq -e -n --slurpfile calm "$well/out" '[inputs] as $out
		    | ($out | length) == ($calm | length) and
		    ([range($out | length) | select($out[.] != $calm[.] and
		    ($out[.] | .verdict != "rejected" or .reason != "unreadable"))]
		    | length) == 0' out >/dev/null
	else
		cmp -s <(plain out) <(plain "$well/out" | head -n "$(wc -l <out)")
	fi
}

judge_extract()
{
	whole || { bad "not the records, or not all"; return; }
	case ${status[0]} in
	2 | 4) [ ! -s out ] || bad "status ${status[0]}, but something is given" ;;
	esac
}

# Each record is as it was or as it is to be, and if that is not so, it has a
# verdict or the status tells of more.
judge_told()
{
	local well=$work/calm/$scenario
	grep -v '"map":"writeback"' out | cmp -s - in ||
		{ bad "the lines are not passed as they came"; return; }
	held "$scenario" >now
	sort -u "$well/before" "$well/state" | comm -13 - now >difference
	[ ! -s difference ] || { bad "half-written" d; return; }
	comm -23 "$well/state" now | jq -r '.[0]' >lacking
	jq -r 'select(.map == "writeback") | .source' out | sort -u >named
	case ${status[0]} in
	1) comm -23 <(sort -u lacking) named >difference
		[ ! -s difference ] || bad "not told, and no verdict" d ;;
	esac
}

# One line for a person, a few where there is more to say; no secret in it.
words()
{
	cat err.1 >words
	[ "${status[0]}" -le 1 ] || [ -s words ] ||
		{ bad "it failed without a word"; return; }
	if [ "$(wc -l <words)" -gt 8 ] || grep -qE '.{900}' words; then
		bad "too many words"
		return
	fi
	! grep -qFf token -f token_secret -f admin_password \
	    -f consumer_secret err.1 out ||
		bad "a secret in what it says"
}

# Magento itself says that it has no such attribute, and the run passes that on.
no_place()
{
	[ "$fault" = 404-entity ] && cmp -s now "$work/calm/$scenario/before" &&
		grep -q 'has no attribute' err.1
}

judge_first()
{
	local s=${status[0]} well=$work/calm/$scenario
	[ "$s" -ne 124 ] || { bad "it did not end in $limit seconds"; return; }
	[ "$s" -le 4 ] || { bad "it died"; return; }
	words || return
	grep -q elsewhere log &&
		{ bad "a redirect was followed"; return; }
	if [ "$s" -eq "$(cat "$well/status")" ] &&
	    cmp -s <(plain out) <(plain "$well/out"); then
		held "$scenario" >now
		cmp -s now "$well/state" || no_place ||
			bad "well, but the store differs"
		return
	fi
	may "$s" || { bad "status $s, for $expect"; return; }
	if tells; then judge_told; else judge_extract; fi
}

# What the ledger remembers of telling.
told()
{
	sqlite3 "$1/ledger.sqlite" 'SELECT source, hash, refusal, asked,
	    attempts FROM told ORDER BY 1; PRAGMA integrity_check'
}

judge_second()
{
	local well=$work/calm/$scenario
	[ "${status[0]}" -eq "$(cat "$well/status")" ] ||
		{ bad "not well again"; return; }
	diff <(plain "$well/out") <(plain out) >difference ||
		{ bad "again: another output" d; return; }
	tells || return 0
	held "$scenario" >now
	diff "$well/state" now >difference || { bad "the store differs" d; return; }
	diff <(told "$well") <(told .) >difference || bad "the ledger differs" d
}
