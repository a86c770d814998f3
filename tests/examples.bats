#!/usr/bin/env bats
# The examples of the man pages are run as they stand, in a folder where both
# sandboxes serve, a nightly has run, and the files that examples name lie.

load helpers

# The displayed lines of a page's EXAMPLES, a "# page" line before each block.
examples()
{
	mandoc -T ascii -O width=500 "$1" | col -bx | awk -v page="$(basename "$1")" '
	/^[A-Z]/ { on = ($0 ~ /^EXAMPLES/); next }
	!on { next }
	/^           / { if (!block) print "\001" page; block = 1; sub(/^ +/, ""); sub(/^\$ /, ""); print; next }
	{ block = 0 }'
}

prepare()
{
	start_mage
	start_sf
	write_conf
	# Examples change maps: not those that are tested.
	cp -r "$REPO/pipelines" pipelines
	export MILLRACE_PIPELINES=$PWD/pipelines
	ln -s "$REPO/fixtures" fixtures
	ln -s pipelines/mappings/* .
	cp millrace.conf first.conf
	cp "$REPO/fixtures/magento/entities/orders.ndjson" "$REPO/fixtures/magento/entities/customers.ndjson" "$REPO/fixtures/magento/entities/products.ndjson" .
	mage-extract reference >reference.ndjson
	rec-map --ref reference.ndjson account.map contact.map <customers.ndjson >payloads.ndjson || [ $? -eq 1 ]
	led-recall <payloads.ndjson | sf-match | sf-diff >plan.ndjson || [ $? -eq 1 ]
	millrace nightly >nightly.log 2>&1 || [ $? -eq 1 ]
	cp runs/latest/orders.load.ndjson.gz verdicts.ndjson.gz
	gzip -d verdicts.ndjson.gz
}

@test "the examples of every page run" {
	bad=0
	for page in "$REPO"/src/*.1 "$REPO"/src/sandbox/*.1; do
		examples "$page" >all
		[ -s all ] || { echo "$(basename "$page") has no EXAMPLES"; bad=1; continue; }
		rm -rf blocks mappings && mkdir blocks
		cp first.conf millrace.conf
		awk '/^\001/ { n++; next } { print >"blocks/" n }' all
		for block in blocks/*; do
			code=0
			timeout 60 bash -uo pipefail "$block" </dev/null >out 2>err || code=$?
			# 1 is an answer: some records want a person
			[ $code -le 1 ] && ! grep -qE 'No such file|command not found' err && continue
			echo "$(basename "$page"): status $code"
			cat "$block" err
			bad=1
		done
	done
	[ $bad -eq 0 ]
}
