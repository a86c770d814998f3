# due.awk - versions in the copy (first file) that are lower than a run promised
# (second file: ENTITY ID V).

FILENAME ~ /copy$/ {
	if ($0 !~ /}$/ || !match($0, /id":[0-9]+/))
		next
	id = substr($0, RSTART + 4, RLENGTH - 4)
	match($0, /"v":[0-9]+/)
	v[$1, id] = substr($0, RSTART + 4, RLENGTH - 4) + 0
	next
}

v[$1, $2] < $3 + 0 {
	printf "%s/%s is missed: version %d, not %d\n", $1, $2, v[$1, $2], $3
}
