# map-fields.awk - what Magento sends, as C: ENTITY TAB PATH TAB KINDS lines
#
# From fixtures/magento/fields/*.tsv (what a store sent) and schema.tsv (what
# may come besides).  KINDS are some of o(bject) a(rray) n(umber)
# t(ext) b(oolean).
BEGIN {
	FS = "\t"
	entity["customerGroups"] = "customer-groups"
	entity["salesRules"] = "sales-rules"
	with["orders"] = with["carts"] = 1
	print "extern const char map_fields[];"
	print "const char map_fields[] = {"
}

function put(name, path, kinds,    line, i, n)
{
	line = name "\t" path "\t" kinds
	n = length(line)
	for (i = 1; i <= n; i++) {
		c = substr(line, i, 1)
		printf "%s", c == "\t" ? "'\\t'," : "'" c "',"
	}
	print "'\\n',"
}

# The same things stand in several places of an order.
function tell(name, path, kinds)
{
	put(name, path, kinds)
	if (name == "orders" && path ~ /^items\[\]\./)
		put(name, "extension_attributes.shipping_assignments[]." path, kinds)
	if (name == "orders" && path ~ /^billing_address\./)
		put(name, "extension_attributes.shipping_assignments[].shipping." \
		    substr(path, 9), kinds)
	if (name ~ /^(invoices|shipments|creditmemos)$/)	# mage-extract --with
		put("orders", "children." name "[]." path, kinds)
}

FNR == 1 {
	name = FILENAME
	gsub(/.*\/|\.tsv$/, "", name)
	name = name in entity ? entity[name] : name
}

/^#/ { next }

{
	types = name == "schema" ? $3 : $4
	kinds = (types ~ /object/ ? "o" : "") (types ~ /array/ ? "a" : "") \
	    (types ~ /int|float/ ? "n" : "") (types ~ /string/ ? "t" : "") \
	    (types ~ /bool/ ? "b" : "")
}

name == "schema" { tell($1, $2, kinds); next }
name == "order_items" { tell("orders", "items[]." $1, kinds); next }
name !~ /_|categories/ { tell(name, $1, kinds) }

END {
	put("products", "children", "o")	# with prices
	put("products", "children.prices", "a")
	put("products", "children.prices[]", "o")
	put("products", "children.prices[].website_id", "n")
	put("products", "children.prices[].price", "n")
	n = split("website store currency timezone special_price " \
	    "special_from_date special_to_date", told, " ")
	for (i = 1; i <= n; i++)
		put("products", "children.prices[]." told[i], "t")
	for (name in with) {			# of the same cart
		put(name, "children", "o")
		put(name, "children.orders", "a")
		put(name, "children.orders[]", "o")
		put(name, "children.orders[].entity_id", "n")
		put(name, "children.orders[].quote_id", "n")
		if (name == "carts") {		# that its SKUs name
			put(name, "children.products", "a")
			put(name, "children.products[]", "o")
			put(name, "children.products[].sku", "t")
			put(name, "children.products[].id", "n")
		}
	}
	print "0 };"
}
