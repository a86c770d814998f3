# proof.jq - do the lines of each order come to its grand total?
#
#	jq -nr --slurpfile orders ORDERS --arg base yes|no --arg bundles MODE \
#	    -f proof.jq PAYLOADS
#
# Told as text is what is wrong; the last line counts.  An order is sent and then
# what Salesforce reckons of its lines, with the fields that are fees where it has
# them, is its grand total; or it is held, was wrong, and the message has what is
# missing: the grand total less the rows and fees.

def cents: (. // 0 | tonumber) * 100 | round;
def line: (.UnitPrice | cents) * (.Quantity | cents) / 100 | round;
def b($name): if $base == "yes" then .["base_" + $name] else .[$name] end;

# What customers paid for: bundles, or the parts that have the price.
def paid:
	[.items[] | select(.parent_item.product_type == "bundle")] as $parts
	| [$parts[] | select(.price != 0) | .parent_item_id] as $priced
	| if $bundles != "parts" then [.items[] | select(.parent_item_id == null)]
	  else $parts + [.items[] | select(.parent_item_id == null
		and (.item_id | IN($priced[]) | not))] end;

# The grand total less all that Magento says is in it, in cents.
def missing:
	. as $o
	| (b("grand_total") | cents)
	- ([paid[] | (b("price") | cents) * (.qty_ordered | cents) / 100 | round] | add)
	- ([b("discount_amount", "tax_amount", "shipping_amount", "discount_tax_compensation_amount") | cents] | add)
	- ([.items[] | (if $base == "yes" then .base_weee_tax_applied_row_amnt
		else .weee_tax_applied_row_amount end) | cents] | add)
	- (.extension_attributes | if $base == "yes" then .gw_base_price else .gw_price end | cents)
	+ (.extension_attributes | (if $base == "yes" then .base_gift_cards_amount
		else .gift_cards_amount end) | cents);

($orders | map({key: "orders/\(.entity_id)", value: .}) | from_entries) as $of
| reduce (inputs | select(.map == "order" or .object == "OrderItem")) as $p ({};
	if $p.map == "order" then .[$p.source].order = $p
	else .[$p.source].lines += [$p.fields] end)
| [to_entries[] | $of[.key] as $o | .key as $key | .value
	| (.lines // []) as $lines
	| if .order.verdict == null then
		.order.fields as $f
		| (($lines | map(line) | add // 0)
			+ (if $f | has("Magento_Other_Fees__c") then [$f.Magento_Discount__c,
				$f.Magento_Shipping__c, $f.Magento_Tax__c, $f.Magento_Other_Fees__c
				| cents] | add else 0 end)) as $sum
		| ($o | b("grand_total") | cents) as $grand
		| if $sum != $grand then "\($key): lines and fees are \($sum), grand total \($grand)"
		  else 1 end
	  elif .order.reason != "total-mismatch" then "\($key): \(.order.reason) \(.order.message)"
	  elif $o.wrong == 0 then "\($key): held, but it is right: \(.order.message)"
	  elif (.order.message | capture(": (?<d>[-0-9.]+) is missing").d | cents)
		!= ($o | missing) then "\($key): \(.order.message), but \($o | missing) are"
	  elif $lines != [] then "\($key): held, but its lines go"
	  else 0 end]
| (.[] | strings), "\(map(numbers) | add) sent, \(map(select(. == 0)) | length) held, of \($orders | length)"
