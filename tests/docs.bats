#!/usr/bin/env bats
# README.md and millrace.7 list the programs, each with the words of its page.
load helpers

# NAME<tab>words, sorted, of each.
pages()
{
	for page in "$REPO"/src/*.1 "$REPO"/src/sandbox/*.1; do
		[ -e "$page" ] || continue
		printf '%s\t%s\n' "$(basename "$page" .1)" \
		    "$(sed -n 's/^\.Nd //p' "$page")"
	done | sort
}

overview()
{
	sed -n '/^\.Sh PROGRAMS/,/^\.Sh FILES/p' "$REPO/src/millrace.7" |
	    sed -n '/^\.It Xr \([a-z-]*\) 1$/ { s//\1/; N; s/\n/\t/; p; }' | sort
}

readme()
{
	sed -n 's/^| `\([a-z-]*\)` | \(.*\) |$/\1\t\2/p' "$REPO/README.md" | sort
}

@test "README.md and millrace.7 list the same programs in the same words" {
	diff <(overview) <(readme)
}

@test "every program is listed, in the words of its page" {
	diff <(pages) <(overview)
}

@test "the pipeline of README.md runs as it stands" {
	cd "$REPO"
	sed -n '/^## One pipeline/,/^Two lines/s/^    //p' README.md >"$WORK/paste"
	run bash -e "$WORK/paste"
	assert_success
	assert_output --partial '"object": "Account"'
	assert_output --partial '"object": "Contact"'
	[ "$(grep -c '"object"' <<<"$output")" -eq 2 ]
}

@test "the plan of README.md is one, and writes nothing" {
	start_mage
	start_sf
	write_conf
	ln -s "$REPO/pipelines" pipelines
	sed -n '/mage-extract reference >ref/,/rec-show$/s/^    //p' "$REPO/README.md" >paste
	[ "$(wc -l <paste)" -eq 4 ]
	run bash "$WORK/paste"
	assert_output --partial 'Plan: 284 to create'
	run curl -sSf -H "Authorization: Bearer $(credential sf token)" \
	    "$SF_URL/services/data/v62.0/query?q=SELECT+Id+FROM+Contact"
	assert_output --partial '"totalSize":0'
}
