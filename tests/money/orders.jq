# orders.jq - orders as Magento reckons them, for the proof of their money
#
#	jq -n --argjson n 300 --argjson seed 1 -f orders.jq TEMPLATE
#
# TEMPLATE is an order, of which all else is taken.  Amounts are whole cents
# until the end, so that nothing here is rounded but where Magento rounds: a row
# (price by quantity), its tax, its discount; with prices that have tax in them the
# price is what is left of the row, a piece.  One in nine is wrong by .wrong cents.

# A number from 0 to n - 1, by a generator of Park and Miller; the state is `.s`.
def roll: .s = (.s * 48271 % 2147483647);
def dice($n): .s as $s | ($s / 7 | floor) % $n;
def money: . / 100;

# What a row comes to in cents; `.price` with or without tax, `.qty` in hundredths.
def row:
	.tax as $rate
	| (.price * .qty / 100 | round) as $row
	| ($row * .off / 100 | round) as $off
	| if .incl then
		($row - ($row / (1 + $rate) | round)) as $tax
		| (($row - $off) - (($row - $off) / (1 + $rate) | round)) as $left
		| . + {row: ($row - $tax), discount: $off, taxes: $left,
			hidden: ($tax - $left),
			unit: (($row - $tax) * 100 / .qty | round)}
	  else
		. + {row: $row, discount: $off, hidden: 0, unit: .price,
			taxes: (($row - $off) * $rate | round)}
	  end
	| .weees = (.weee * .qty / 100 | round);

def nothing: . + {row: 0, discount: 0, taxes: 0, hidden: 0, unit: 0, weees: 0};

def total(f): map(f) | add // 0;

# [parent, children...] with what each comes to.
def worked:
	if .kind == "bundle" then
		(.parts | map(row)) as $parts
		| [{kind, qty, product, row: ($parts | total(.row)), discount: 0,
			taxes: ($parts | total(.taxes)), hidden: null, weees: 0,
			unit: (($parts | total(.row)) * 100 / .qty | round)}] + $parts
	elif .kind == "fixed" then
		[row] + (.parts | map(nothing))
	elif .kind == "configurable" then
		[row, (nothing | .kind = "simple" | .product += 1)]
	else [row] end;

# One thing that was bought, by chance.
def thing($n; $incl; $rate):
	def leaf($qty): {kind: "simple", qty: $qty, incl: $incl, tax: $rate,
		price: (1 + dice(9999)), off: ([0, 0, 10, 33, 100][dice(5)]),
		weee: (if dice(6) == 0 then 1 + dice(300) else 0 end),
		product: (1 + dice(14))};
	leaf(if dice(7) == 0 then 25 * (1 + dice(30)) else 100 * (1 + dice(9)) end) as $one
	| (dice(5)) as $kind
	| if $one.qty % 100 != 0 or $kind > 2 then $one
	  elif $kind == 0 then $one + {kind: "configurable", product: 11}
	  else (roll | leaf($one.qty)) as $a
		| (roll | roll | leaf($one.qty * (1 + dice(3)))) as $b
		| $one + {kind: (if $kind == 1 then "bundle" else "fixed" end),
			product: 16, parts: [$a, $b]}
	  end;

# What it is in another currency: the prices.
def at($rate): walk(if type == "object" and has("price")
	then .price = ([1, (.price * $rate | round)] | max)
		| .weee = (.weee * $rate | round) else . end);

# The totals of things and all else, in one currency.
def totals($more; $rate):
	map(at($rate) | worked) as $sets
	| [$sets[][0]] as $tops
	| ($sets | map(.[0] as $p | if $p.kind == "bundle" then .[1:] else [$p] end) | add // []) as $paid
	| ($more | map_values(if type == "number" then . * $rate | round else . end)) as $more
	| {sets: $sets, shipping: $more.shipping,
		tax: (($paid | total(.taxes)) + $more.shipping_tax),
		discount: -(($paid | total(.discount)) + $more.shipping_off),
		hidden: ($paid | total(.hidden)), weee: ($paid | total(.weees)),
		wrapping: $more.wrapping,
		subtotal: (($tops | total(.row)) + (if $more.inside then $paid | total(.weees) else 0 end))}
	| (.subtotal + .shipping + .tax + .discount + .hidden + .wrapping
		+ (if $more.inside then 0 else .weee end)) as $sum
	| .credit = ([$more.credit, $sum] | min)
	| .grand = $sum - .credit;

def item($id; $parent; $o; $b):
	{item_id: $id, quote_item_id: $id, order_id: .entity_id, product_id: $o.product,
	sku: "P-\($o.product)", name: "Product \($o.product)",
	product_type: ($o.kind | if . == "fixed" then "bundle" else . end),
	qty_ordered: ($o.qty / 100), is_qty_decimal: (if $o.qty % 100 != 0 then 1 else 0 end),
	price: ($o.unit | money), base_price: ($b.unit | money),
	discount_amount: ($o.discount | money), base_discount_amount: ($b.discount | money),
	tax_amount: ($o.taxes | money), base_tax_amount: ($b.taxes | money),
	weee_tax_applied_row_amount: ($o.weees | money),
	base_weee_tax_applied_row_amnt: ($b.weees | money)}
	+ (if $o.hidden == null then {} else {
		discount_tax_compensation_amount: ($o.hidden | money),
		base_discount_tax_compensation_amount: ($b.hidden | money)} end)
	+ (if $parent == null then {} else {parent_item_id: $parent.item_id, parent_item: $parent} end);

def items($o; $b):
	.entity_id as $id | . as $order
	| [range($o.sets | length) as $i
		| ($id * 100 + $i * 10) as $at
		| ($order | item($at; null; $o.sets[$i][0]; $b.sets[$i][0])) as $top
		| $top, (range(1; $o.sets[$i] | length) as $j
			| $order | item($at + $j; $top; $o.sets[$i][$j]; $b.sets[$i][$j]))];

def amounts($t; $base; $ext):
	{grand_total: $t.grand, subtotal: $t.subtotal, discount_amount: $t.discount,
	tax_amount: $t.tax, shipping_amount: $t.shipping,
	discount_tax_compensation_amount: $t.hidden} | map_values(money);

input as $template
| foreach range($n) as $i ({s: ($seed * 7919 + 11)};
	.s = (.s + $i * 104729) % 2147483647 | roll | roll
	| (dice(2) == 0) as $incl
	| (roll | [0, 0.0825, 0.19, 0.055][dice(4)]) as $rate
	| (roll | [1, 1, 1, 0.85, 1.1234][dice(5)]) as $foreign
	| roll | roll
	| [range(1 + dice(4)) as $k | .s = (.s * (17 + $k) + $k * 1299709) % 2147483647
		| roll | thing($i; $incl; $rate)] as $things
	| roll
	| {shipping: (if dice(3) == 0 then 0 else dice(2500) end), shipping_tax: dice(300),
		shipping_off: (if dice(4) == 0 then dice(500) else 0 end), inside: (dice(2) == 0),
		wrapping: (if dice(6) == 0 then 500 else 0 end),
		credit: (if dice(5) == 0 then dice(9000) elif dice(11) == 0 then 100000000 else 0 end)} as $more
	| (if $more.shipping < $more.shipping_off then $more + {shipping_off: 0} else $more end) as $more
	| ($things | totals($more; 1)) as $b
	| ($things | totals($more; $foreign)) as $o
	| (roll | if $i % 9 == 8 then (1 + dice(5000)) * (if dice(2) == 0 then -1 else 1 end) else 0 end) as $wrong
	| .out = ($template | .entity_id = 1000 + $i | .increment_id = "\(1000 + $i)" | .quote_id = 5000 + $i
		| .order_currency_code = (if $foreign == 1 then "USD" else "EUR" end)
		| .base_currency_code = "USD"
		| .status = "processing" | .state = "processing" | .status_histories = []
		| .items = items($o; $b)
		| . + ($o | amounts(.; null; null))
		| . + ($b | amounts(.; null; null) | with_entries(.key |= "base_" + .))
		| .grand_total = (($o.grand + $wrong) | money)
		| .base_grand_total = (($b.grand + $wrong) | money)
		| .total_paid = .grand_total | .total_refunded = ($o.grand / 3 | floor | money)
		| .shipping_discount_tax_compensation_amount = 0
		| .base_shipping_discount_tax_compensation_amnt = 0
		| .extension_attributes |= (del(.shipping_assignments[]?.items)
			| . + {gw_price: "\($o.wrapping | money)", gw_base_price: "\($b.wrapping | money)",
				gift_cards_amount: ($o.credit | money), base_gift_cards_amount: ($b.credit | money)})
		| .wrong = $wrong);
	.out)
