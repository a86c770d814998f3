# shellcheck shell=bash
# names.sh - the names that a person types at the front door, and which was
# meant by one that is none.

# What pipelines read; which of them a verb takes is the verb's to say.
# shellcheck disable=SC2034  # who sources this file reads it
all_entities="customers products orders carts sales-rules subscribers websites"

# maps_in SHIPPED: the folder of the maps, in $maps: the environment's, the
# configuration's, else the shipped one.
maps_in()
{
	maps=${MILLRACE_MAPPINGS:-}
	[ -n "$maps" ] || maps=$(millrace-config get runs.mappings 2>/dev/null)
	maps=${maps:-$1}
}

# edits A B: how many letters to put in, leave out, change or swap, in $edits.
edits()
{
	local a=$1 b=$2 i j n two=() one=() now

	for ((j = 0; j <= ${#b}; j++)); do one[j]=$j; done
	for ((i = 1; i <= ${#a}; i++)); do
		now=("$i")
		for ((j = 1; j <= ${#b}; j++)); do
			n=${one[j - 1]}
			[ "${a:i-1:1}" = "${b:j-1:1}" ] || ((++n))
			((one[j] + 1 >= n)) || n=$((one[j] + 1))
			((now[j - 1] + 1 >= n)) || n=$((now[j - 1] + 1))
			if ((i > 1 && j > 1)) &&
				[ "${a:i-1:1}${a:i-2:1}" = "${b:j-2:1}${b:j-1:1}" ]; then
				((two[j - 2] + 1 >= n)) || n=$((two[j - 2] + 1))
			fi
			now[j]=$n
		done
		two=("${one[@]}") one=("${now[@]}")
	done
	edits=${one[${#b}]}
}

# near WORD NAME...: the nearest name, in $near; empty when none is near enough
# to be meant.  The programs measure theirs the same way (lib/say.h).
near()
{
	local word=$1 name edits least
	shift

	near="" least=$((${#word} / 3 + 2))
	((${#word} < 40)) || return 0
	for name; do
		edits "$word" "$name"
		((edits >= least)) || { least=$edits near=$name; }
	done
}
