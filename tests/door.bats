#!/usr/bin/env bats
# The front door: help, what was meant by a wrong word, completion.  What verbs
# do is tested with the pipelines, and by features/.
load helpers

prepare()
{
	printf '[ledger]\npath = led.db\n' >m.conf
	export MILLRACE_CONF=$WORK/m.conf
	help=$REPO/pipelines/help
}

# The verbs that millrace takes, from the script itself.
verbs()
{
	sed -n '/^case \$verb in/,/^esac/s/^\([a-z|-]*\)).*/\1/p' "$REPO/src/millrace.sh" |
		tr '|' '\n' | sort
}

@test "every verb has a page that begins with examples, and no other has" {
	diff <(verbs) <(ls "$help")
	while read -r verb; do
		run_status 0 millrace help "$verb"
		assert_line --index 0 --regexp "^millrace $verb - [a-z]"
		assert_line --index 1 --regexp '^  .*(millrace|cp -r)'
		assert_line --regexp "^usage: millrace $verb"
		[ "$(wc -L <<<"$output")" -le 82 ] || { echo "$verb: too wide"; return 1; }
		# asked at the verb, the same, and nothing is begun
		[ "$(millrace "$verb" --help)" = "$output" ]
		[ "$(millrace "$verb" x --since y -h)" = "$output" ]
	done < <(verbs)
	[ ! -e runs ]
	# the page of all has examples first, and every verb
	run_status 0 millrace help
	assert_line --index 1 --regexp '^  millrace [a-z]'
	for verb in $(verbs); do
		grep -qE "(^| )$verb( |$|\))" <<<"$output" || { echo "$verb"; return 1; }
	done
	run_status 0 man -l "$REPO/src/millrace.1"
	for verb in $(verbs); do
		grep -qE "(^| )$verb( |,|$)" <<<"$output" || { echo "$verb"; return 1; }
	done
}

@test "the options of a page are those of the program behind it" {
	while read -r verb program own; do
		for option in $(millrace complete options "$verb"); do
			"$program" --help | grep -qE -- "$option( |\$|\[)" ||
				[[ " $own " == *" $option "* ]] ||
				{ echo "$verb $option"; return 1; }
		done
	done <<-'END'
	resync mage-extract --map
	plan mage-extract --again
	queue mage-extract --older
	status led
	requests led
	report run-report
	why run-why
	verify run-verify
	explain millrace-explain
	config millrace-config
	maps millrace-maps
	preview rec-show --run --entity --records --ref --each
	END
	for option in $(millrace complete options check); do
		{ sf-check --help; rec-map --help; } | grep -q -- "$option "
	done
}

@test "what was meant: verbs, entities, options" {
	while IFS='|' read -r words meant; do
		# shellcheck disable=SC2086
		run_status 2 millrace $words
		assert_output --partial "did you mean '$meant'?"
	done <<-'END'
	nigthly|nightly
	statuss|status
	tsatus|status
	pln|plan
	incrmental|incremental
	help reqeusts|requests
	resync odrers|orders
	plan costumers --again|customers
	queue add prodcuts --limit 1|products
	queue lsit|list
	--hepl|--help
	status --faild|--failed
	status odrers|orders
	report --eahc|--each
	explain ambigous-match|ambiguous-match
	END
	for far in xyzzy 'resync wagons' --zzzzzz; do
		# shellcheck disable=SC2086
		run_status 2 millrace $far
		refute_output --partial 'did you mean'
	done
	[ ! -e runs ]
}

@test "near measures edits as the programs do" {
	. "$REPO/pipelines/names.sh"
	while read -r a b n; do
		edits "$a" "$b"
		[ "$edits" = "$n" ] || { echo "$a $b: $edits"; return 1; }
	done <<-'END'
	status status 0
	status stauts 1
	status statu 1
	status statsu 1
	kitten sitting 3
	a bcd 3
	ab ba 1
	abc ca 3
	END
	near '' plan
	[ "$near" = '' ] || [ "$near" = plan ]
}

# complete WORD...: as bash does when TAB is pressed behind the last one
complete_of()
{
	bash --norc -c '
		. "$1"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_millrace
		[ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}"' \
		bash "${COMPLETION:-$REPO/pipelines/setup/completion/millrace}" "$@" | sort
}

@test "completion: verbs, entities, options, maps, runs, codes, files" {
	mkdir -p runs/2026-11-21T020000Z-nightly runs/2026-11-22T020000Z-plan maps
	touch ids.txt maps/own.map maps/own.csv
	# from another folder, by -c
	mkdir elsewhere
	while IFS='|' read -r words want; do
		# shellcheck disable=SC2086
		got=$(complete_of millrace ${words% .} ${words:+$([[ $words != *' .' ]] || echo ' ')} | tr '\n' ' ')
		[ "$got" = "$want" ] || { echo "$words: '$got' not '$want'"; return 1; }
	done <<-'END'
	re|report requests resync 
	-c m.conf sta|status 
	--v|--version 
	resync o|orders 
	resync --map order-|order-activate order-draft order-fee order-item order-note 
	resync orders --ke|--keys 
	resync orders --keys id|ids.txt 
	plan --aga|--again 
	status --failed cust|customers 
	status --state fa|failed 
	status --reason ambig|ambiguous-match 
	report 2026-11-21|2026-11-21T020000Z-nightly 
	apply 2026-11-22|2026-11-22T020000Z-plan 
	preview --run 2026-11-2|2026-11-21T020000Z-nightly 2026-11-22T020000Z-plan 
	explain UNABLE_TO_L|UNABLE_TO_LOCK_ROW 
	queue d|delete 
	queue add p|products 
	config s|show 
	maps dis|disable 
	maps list order-dr|order-draft 
	maps disable contact Mailing|MailingCity MailingCountry MailingPostalCode MailingState MailingStreet 
	maps set contact --when in|insert 
	config show --o|--origin 
	help night|nightly 
	nonsense x|
	resync --limit o|
	END
	[ "$(MILLRACE_MAPPINGS=$WORK/maps complete_of millrace resync --map '')" = own ]
	cd elsewhere
	unset MILLRACE_CONF
	[ "$(complete_of millrace -c ../m.conf report 2026-11-21)" = 2026-11-21T020000Z-nightly ]
	# a name is never run, and quotes are taken off
	mkdir -p 'my shop/runs/2026-01-02T000000Z-$(touch ..pwned)'
	printf '[runs]\ndir = runs\n' >'my shop/m.conf'
	for conf in '"my shop/m.conf"' 'my\ shop/m.conf' "'my shop/m.conf'"; do
		[ "$(complete_of millrace -c "$conf" report '')" = '2026-01-02T000000Z-$(touch ..pwned)' ]
	done
	[ -z "$(find . "$WORK" -name '*pwned')" ]
	# without a configuration there is nothing to tell, and no noise
	[ -z "$(complete_of millrace report '' 2>&1)" ]
	[ "$(complete_of millrace '' | tr '\n' ' ')" = "$(ls "$help" | sort | tr '\n' ' ')" ]
}

@test "installed, completion lies where bash-completion looks, and works" {
	make -s -C "$REPO" -n install DESTDIR="$WORK/d" PREFIX=/usr |
		grep -B 1 -F bash-completion/completions/millrace >install
	(cd "$REPO" && sh -e "$WORK/install")
	COMPLETION=$WORK/d/usr/share/bash-completion/completions/millrace
	[ "$(stat -c %a "$COMPLETION")" = 644 ]
	[ "$(complete_of millrace nig)" = nightly ]
	bash --norc -ic '. "$1"; complete -p millrace' bash "$COMPLETION" 2>/dev/null |
		grep -qx 'complete -F _millrace millrace'
}
