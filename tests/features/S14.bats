#!/usr/bin/env bats
# S14: a mapping of one's own has a Magento attribute, a Salesforce attribute,
# enabled or not, when (always, insert only, update only), a default value and a
# description; each is a word of the map's line.
load ../helpers
load features

prepare()
{
	cp -r "$REPO/pipelines/mappings" mappings
	export MILLRACE_MAPPINGS=$WORK/mappings
	sed -i '/^Description /d; /^PoNumber /d; /^OrderReferenceNumber /d; /^ShippingState /d; /^ShippingPostalCode /d' mappings/order.map
	cat >>mappings/order.map <<-'END'
	# Own mappings
	Description                     = .customer_note // "no wish"	# what the customer wrote
	PoNumber              [insert]  = .x_campaign // "none"		# how he found us, once
	OrderReferenceNumber  [update]  = .updated_at			# when it was changed last
	ShippingState         [off]     = .x_campaign			# until sales wants it
	ShippingPostalCode              = "00000"			# the same for all
	END
}

order()
{
	ask 'SELECT Description, PoNumber, OrderReferenceNumber, ShippingState, ShippingPostalCode FROM Order'
}

@test "always, insert only, update only, off, default, description" {
	shop 25
	edit orders '.x_campaign = "spring"'
	sync 0 nightly
	[ "$(order)" = $'no wish\tspring\t\t\t00000' ]
	edit orders '.x_campaign = "summer" | .customer_note = "ring" | .updated_at = "2026-11-22 01:02:03"'
	sync 0 nightly
	[ "$(order)" = $'ring\tspring\t2026-11-22 01:02:03\t\t00000' ]
	# a value that is taken away gives way to the default
	edit orders 'del(.customer_note)'
	sync 0 nightly
	[ "$(order | cut -f 1)" = 'no wish' ]
	# switched on
	sed -i '/^ShippingState /s/\[off\]//' mappings/order.map
	sync 0 nightly
	[ "$(order | cut -f 4)" = summer ]
	# and listed, with what was said of it
	rec-map --list=csv mappings/order.map >list
	grep '^.*PoNumber' list | grep -q 'how he found us, once'
	grep PoNumber list | grep -q insert
	grep OrderReferenceNumber list | grep -q update
}
