# prelude.jq - what the shipped maps call and jq does not have, said in jq
#
# For map2jq: the bench and tests/maps.bats run the maps by jq and compare.

def text: if . == null then null else tostring end;

def custom($code):
	first((.custom_attributes[]? | select(.attribute_code == $code).value), null);

# What of reference lines the maps ask for.
def by(f): map({key: (f | tostring), value: .}) | from_entries;

def labels:
	def options: [.options[]? | {key: (.value | tostring), value: .label}] | from_entries;
	[.[] | select(.reference == "customer-attribute" or .reference == "product-attribute").record]
	| map({key: .attribute_code, value: options}) | from_entries;

def groups: [.[] | select(.reference == "customer-group").record
	| {key: (.id | tostring), value: .code}] | from_entries;

def stores:
	([.[] | select(.reference == "website").record] | by(.id)) as $website
	| ([.[] | select(.reference == "store-config").record] | by(.id)) as $config
	| [.[] | select(.reference == "store").record | select(.id != 0)
	| $website[.website_id | tostring] as $w | $config[.id | tostring] as $c
	| {id, code, name, website: $w.code, website_id, website_name: $w.name,
	   timezone: $c.timezone, currency: $c.base_currency_code, locale: $c.locale}];

def record_store($stores): .store_id as $id
	| first(($stores[] | select(.id == $id)), $stores[0]);

# `label` is a word of jq's own.
def option_label($labels; $code):
	if . == null then null else $labels[$code][tostring]
	// error("attribute \($code) has no option \(.)") end;

# jq knows one zone, the machine's: these two, and in winter only.
def local_datetime($zone):
	def offset: {"America/Chicago": -21600, "Europe/Paris": 3600}[$zone]
		// error("no zone \($zone)");
	if . == null then null
	elif .[5:7] | IN("11", "12", "01", "02") | not then error("no winter: \(.)")
	else .[0:19] | strptime("%Y-%m-%d %H:%M:%S") | mktime + offset
		| strftime("%Y-%m-%d %H:%M:%S") end;
def local_date($zone): local_datetime($zone) | if . == null then . else .[0:10] end;

# Of a day, as the maps use it.
def add_days($n): strptime("%Y-%m-%d") | mktime + $n * 86400 | strftime("%Y-%m-%d");

def sf_datetime: if . == null then null else "\(.[0:10])T\(.[11:19]).000Z" end;

# Exact decimals: [digits as a whole number, how many of them are behind the
# point], right while the digits fit a double (15 of them).
def ten($n): reduce range($n) as $i (1; . * 10);
def decimal:
	tostring | (if startswith("-") then -1 else 1 end) as $sign
	| ltrimstr("-") | split(".") | (.[1] // "") as $tail
	| [$sign * (.[0] + $tail | tonumber), ($tail | length)];
def number: .[0] / ten(.[1]);
def dsum: map(values | decimal) | (map(.[1]) | max // 0) as $n
	| [(map(.[0] * ten($n - .[1])) | add // 0), $n] | number;
def dsum(f): [f] | dsum;
def dsub($off): [., (if $off == null then null else -$off end)] | dsum;
def dsub($a; $b): $a | dsub($b);
def dmul: reduce (.[] | values | decimal) as $d ([1, 0]; [.[0] * $d[0], .[1] + $d[1]]) | number;
def dround($n):
	if . == null then null else decimal
	| if .[1] <= $n then number
	  else ten(.[1] - $n) as $by | (if .[0] < 0 then -1 else 1 end) as $sign
	  | [$sign * (($sign * .[0] + $by / 2) / $by | floor), $n] | number end end;
def ddiv($by; $n):
	if . == null then null else
	decimal as $a | ($by | decimal) as $b
	| ($a[0] * ten($b[1] + $n)) as $top | ($b[0] * ten($a[1])) as $below
	| (if $top * $below < 0 then -1 else 1 end) as $sign
	| ($top | fabs) as $top | ($below | fabs) as $below
	| [$sign * ((2 * $top + $below) / (2 * $below) | floor), $n] | number end;
def dspread($whole; $n):
	map(. // 0) as $w | ($w | dsum) as $all
	| def upto($i): if $i == 0 then 0 elif $all == 0 then $whole
		else [$whole, ($w[:$i] | dsum)] | dmul | ddiv($all; $n) end | dround($n);
	[range($w | length) | [upto(. + 1), -upto(.)] | dsum];
