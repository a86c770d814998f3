# plan.awk - what happens in one schedule, by its seed.
#
#	awk -v seed=N -v now=T -v lag=S -v overlap=S -v days=N -v dir=DIR -f plan.awk
#
# Writes into DIR, for each step K from 0 on: clock.K; run.K (nightly or
# incremental, and KILL MS when it is to be killed); K.ENTITY.put and K.delete,
# what is committed before the run; K.during, what is committed while it goes
# on; and K.due, ENTITY ID V: the version that the copy must have at least when
# the run has ended.  Step 0 is the first nightly.  How large pages are and how
# slow the store is stands in `with`.
#
# A record has a version V that grows with each change.  A change is promised
# by the time that shows it: the record's updated_at or that of an invoice,
# shipment or credit memo of the order.  Some changes are committed late, up to
# lag and overlap after their time; some show nowhere, as a comment does: those
# are promised of young orders alone.

function pick(n) { return int(rand() * n) }
function chance(p) { return rand() < p }
function stamp(t) { return strftime("%Y-%m-%d %H:%M:%S", t, 1) }

# How late after its time a change is committed: mostly at once, often on the
# second of others, at times as late as it may be.
function late(	r)
{
	r = rand()
	if (r < 0.4) return 0
	if (r < 0.6) return 60
	if (r < 0.7) return lag
	if (r < 0.8) return lag + overlap
	return pick(lag + overlap)
}

function name(e) { return e == "customers" || e == "products" ? "id" : "entity_id" }

function json(e, id)
{
	return sprintf("{\"%s\":%s,\"created_at\":\"%s\",\"updated_at\":\"%s\",\"v\":%d%s}",
	    name(e), id, stamp(made[e, id]), stamp(at[e, id]), v[e, id],
	    (e, id) in order ? ",\"order_id\":" order[e, id] : "")
}

function put(e, id)
{
	if (during) {
		printf "url = \"%s/sandbox/records/%s\"\ndata = \"%s\"\nnext\n", "URL", e, quoted(json(e, id)) >file
		moved[e, id] = 1
	} else
		dirty[e, id] = 1
}

function quoted(s) { gsub(/"/, "\\\"", s); return s }

# A record of which nothing is deleted, or "".
function any(e,		i, n, id, k)
{
	n = count[e]
	for (i = 0; n > 0 && i < 20; i++) {
		id = ids[e, pick(n)]
		if ((e, id) in v)
			return id
	}
	return ""
}

function make(e, id, t)
{
	ids[e, count[e]++] = id
	made[e, id] = at[e, id] = shows[e, id] = t
	v[e, id] = shown[e, id] = 1
	put(e, id)
}

# Ids are given out when a row is written, not when it is committed.
function fresh(e,	t, id)
{
	t = clock - late()
	if (kept[e] != "" && kept_at[e] >= clock - lag - overlap) {
		id = kept[e]; t = kept_at[e]; kept[e] = ""
	} else {
		id = ++top[e]
		if (chance(0.2)) { kept[e] = id; kept_at[e] = clock; id = ++top[e] }
		if (chance(0.05)) top[e] += pick(3000)
	}
	make(e, id, t)
}

function touch(e, id, t)
{
	at[e, id] = t
	shown[e, id] = ++v[e, id]
	put(e, id)
}

function document(	e, id, o)
{
	if ((o = any("orders")) == "")
		return
	e = docs[pick(3)]
	id = chance(0.4) ? any(e) : ""
	if (id != "") o = order[e, id]
	if (!(("orders", o) in v))
		return
	v["orders", o]++
	put("orders", o)
	if (id == "") {
		id = ++top[e]
		order[e, id] = o
		make(e, id, clock - late())
	} else
		touch(e, id, clock - late())
	says[e, id] = v["orders", o]
	if (during) moved["orders", o] = 1
}

function erase(e, id)
{
	if (id == "" || (e, id) in dirty)
		return
	delete v[e, id]
	if (during) {
		printf "url = \"%s/sandbox/records/%s/%s\"\nrequest = DELETE\nnext\n", "URL", e, id >file
		moved[e, id] = 1
	} else
		printf "url = \"%s/sandbox/records/%s/%s\"\nrequest = DELETE\nnext\n", "URL", e, id >(dir "/" step ".delete")
}

function one(	r, e, id, t, i)
{
	r = rand()
	e = r < 0.6 ? "orders" : r < 0.8 ? "customers" : "products"
	r = rand()
	if (r < 0.2)
		fresh(e)
	else if (r < 0.4) {
		if ((id = any(e)) != "") touch(e, id, clock - late())
	} else if (r < 0.5) {	# many at one second
		t = clock - late()
		for (i = 0; i < 8; i++)
			if ((id = any(e)) != "") touch(e, id, t)
	} else if (r < 0.7)
		document()
	else if (r < 0.85) {	# a comment
		if ((id = any("orders")) != "") { v["orders", id]++; put("orders", id) }
	} else if (r < 0.95)
		erase(e, any(e))
	else
		fresh("orders")
}

function flush_dirty(	k, p)
{
	for (k in dirty) {
		split(k, p, SUBSEP)
		if ((p[1], p[2]) in v)
			print json(p[1], p[2]) >(dir "/" step "." p[1] ".put")
	}
	split("", dirty)
}

# What the run that begins now must bring, but what moves meanwhile.
function promises(kind,		k, p, until, need, o)
{
	until = clock - lag
	split("", need)
	for (k in v) {
		split(k, p, SUBSEP)
		if (p[1] == "invoices" || p[1] == "shipments" || p[1] == "creditmemos") {
			o = "orders" SUBSEP order[k]
			if (at[k] <= until && o in v && says[k] > need[o])
				need[o] = says[k]
		} else {
			if (at[k] <= until && shown[k] > need[k])
				need[k] = shown[k]
			if (kind == "nightly" || (p[1] == "orders" && made[k] >= until - days * 86400))
				need[k] = v[k]
		}
	}
	for (k in need)
		if (need[k] > 0)
			owed[k] = need[k]
}

function write_promises(	k, p)
{
	for (k in owed)
		if (k in v && !(k in moved)) {
			split(k, p, SUBSEP)
			print p[1], p[2], owed[k] >(dir "/" step ".due")
		}
	split("", moved)
	split("", owed)
}

function begin_all(	i, e)
{
	split("invoices shipments creditmemos", docs_, " ")
	for (i = 1; i <= 3; i++) docs[i - 1] = docs_[i]
	if (chance(0.15)) top["orders"] = 2147483640 - pick(8)
	split("orders customers products", e, " ")
	for (i = 5 + pick(25); i > 0; i--) {
		top["orders"] += 1 + (chance(0.1) ? pick(500) : 0)
		make("orders", top["orders"], clock - pick(4 * 86400))
	}
	for (i = 1 + pick(5); i > 0; i--) make("customers", ++top["customers"], clock - pick(86400))
	for (i = 1 + pick(5); i > 0; i--) make("products", ++top["products"], clock - pick(86400))
	for (i = pick(6); i > 0; i--) document()
}

BEGIN {
	CONVFMT = OFMT = "%.0f"
	srand(seed)
	clock = now + pick(2 * 172800 + 1) - 172800
	split("30 60 100 300 719 720 721 3600 90000", jumps, " ")
	printf "page_size = %d\nin_flight = %d\n", 1 + pick(7), 1 + pick(4) >(dir "/with")
	x = pick(4); print x >(dir "/latency")
	steps = 2 + pick(3)
	for (step = 0; step <= steps; step++) {
		during = 0
		if (step == 0)
			begin_all()
		else {
			clock += jumps[1 + pick(9)]
			for (i = 1 + pick(7); i > 0; i--) one()
		}
		flush_dirty()
		kind = step == 0 || step == steps || chance(0.1) ? "nightly" : "incremental"
		promises(kind)
		print strftime("%Y-%m-%dT%H:%M:%SZ", clock, 1) >(dir "/" step ".clock")
		file = dir "/" step ".during"
		during = 1
		if (step > 0 && step < steps)
			for (i = pick(5); i > 0; i--) one()
		ms = step > 0 && chance(0.3) ? 20 + pick(300) : 0
		print kind, ms >(dir "/" step ".run")
		write_promises()
	}
}
