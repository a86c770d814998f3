#!/bin/bash
# nightly.sh - the full sync: products, customers and orders, read whole; the
# ledger decides what is sent.  Run it as: millrace nightly
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

reference
sound "$product_maps" "$customer_maps" "$order_maps"
begin

due products
extract products --also "$MILLRACE_RUN/products.due" products |
	onward products $product_maps >/dev/null
ended "${PIPESTATUS[@]}"

due customers
extract customers --also "$MILLRACE_RUN/customers.due" customers |
	onward customers $customer_maps >/dev/null
ended "${PIPESTATUS[@]}"

due orders
extract orders --up-to "$last" --also "$MILLRACE_RUN/orders.due" orders |
	onward orders $order_maps >/dev/null
ended "${PIPESTATUS[@]}"

moved "$clock"
leave
