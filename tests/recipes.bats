#!/usr/bin/env bats
# What shops ask of maps, as maps: tests/maps/recipes/NAME.map with what it
# makes of the fixtures in NAME.want.  The first line of that names the records
# by their ids, and options and further maps if there are any.
load helpers

RECIPES=$REPO/tests/maps/recipes
E=$REPO/fixtures/magento/entities

prepare()
{
	: >millrace.conf
	cp "$RECIPES"/*.map "$RECIPES"/*.csv .
}

# recipe NAME: what comes of it, less hash and record
recipe()
{
	local ids options entity
	read -r ids options <"$RECIPES/$1.want"
	entity=$(sed -n 's/^from *//p' "$1.map")
	# shellcheck disable=SC2086  # options are words
	rec-pick "(.coupon_id // .entity_id // .id // .rule_id | text) | IN(\"${ids//,/\", \"}\")" \
	    <"$E/$entity.ndjson" |
	    rec-map --ref "$REPO/fixtures/magento/reference.ndjson" "$1.map" $options |
	    sed -e 's/,"rev":"[0-9a-f]*"//' -e 's/,"record":.*/}/'
}

@test "each recipe makes what it says" {
	bad=0
	for want in "$RECIPES"/*.want; do
		name=$(basename "$want" .want)
		[ "$(sed 1d "$want" | wc -l)" -gt 0 ]
		recipe "$name" | diff <(sed 1d "$want") - || { echo "$name"; bad=1; }
	done
	[ $bad -eq 0 ]
}

@test "no recipe without its want, none with a mistake, none with a doubt" {
	for map in "$RECIPES"/*.map; do
		name=$(basename "$map" .map)
		grep -q "^under" "$map" || [ -e "$RECIPES/$name.want" ]
	done
	for want in "$RECIPES"/*.want; do
		read -r _ options <"$want"
		# shellcheck disable=SC2086
		run rec-map --check "$(basename "$want" .want).map" $options
		assert_success
		refute_output --partial warning
	done
}

# What millrace-mapping.5 shows under RECIPES, a file for each display.
@test "the recipes of the manual are these" {
	sed -n '/^\.Sh RECIPES/,/^\.Sh MISTAKES/p' "$REPO/src/millrace-mapping.5" |
	    awk '/^\.Bd/ { n++; on = 1; next } /^\.Ed/ { on = 0 }
		on { gsub(/\\e/, "\\"); gsub(/\\&/, ""); gsub(/\\-/, "-"); print >("shown." n) }'
	[ "$(ls shown.* | wc -l)" -eq 10 ]
	for shown in shown.*; do
		found=
		for map in *.map; do
			[[ $(<"$map") != *"$(<"$shown")"* ]] || found=$map
		done
		[ -n "$found" ] || { echo "in no recipe:"; cat "$shown"; return 1; }
	done
}
