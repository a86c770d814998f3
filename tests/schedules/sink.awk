# sink.awk - in the place of what lies between rec-map and led-record: takes
# records into the copy, answers each as a load would, and notes what is told
# to be gone.  Ids ascend, each once.

BEGIN {
	CONVFMT = OFMT = "%.0f"
	entity = ENVIRON["STAGE"]
	sub(/\..*/, "", entity)
	copy = ENVIRON["COPY"]
	own["orders"] = "801"; own["customers"] = "001"; own["products"] = "01t"
	printf "\n" >>copy	# a kill may have left half a line
}

/^{"verdict":/ {
	if (match($0, /"source-gone"/)) {
		match($0, /"source":"[^"]*"/)
		print ENVIRON["STEP"], substr($0, RSTART + 10, RLENGTH - 11) >>ENVIRON["GONE"]
	}
	print
	next
}

{
	match($0, /id":[0-9]+/)
	id = substr($0, RSTART + 4, RLENGTH - 4) + 0
	if (id <= last)
		print entity, id, "is given behind", last >>ENVIRON["BAD"]
	last = id
	sub(/,"children":{"invoices":.*$/, "}")	# what --with adds
	print entity, $0 >>copy
	printf "{\"verdict\":\"updated\",\"object\":\"%s\",\"map\":\"%s\",\"source\":\"%s/%s\",\"key\":\"%s\",\"id\":\"%s%015.0f\",\"hash\":\"h\"}\n", entity, entity, entity, id, id, own[entity], id
}
