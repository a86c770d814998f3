# closed.awk - the copy (first file) against what Magento has (third), and what
# was told to be gone (second: STEP SOURCE) against what is not there.

FILENAME ~ /copy$/ {
	if ($0 ~ /}$/ && match($0, /id":[0-9]+/))
		copy[$1 "/" substr($0, RSTART + 4, RLENGTH - 4)] = $0
	next
}

FILENAME ~ /gone$/ {
	if ($1 == last && told[$2]++)
		print $2, "is told twice"
	next
}

{
	match($0, /id":[0-9]+/)
	source = $1 "/" substr($0, RSTART + 4, RLENGTH - 4)
	there[source] = 1
	if (copy[source] != $0)
		print source, "is another in the copy:", copy[source]
	if (source in told)
		print source, "is told to be gone, and is there"
}

END {
	for (s in copy)
		if (copy[s] != "" && !(s in there) && !(s in told))
			print s, "is gone, and nobody told"
}
