# prelude.jq - our own functions in jq, for comparing our results with jq's
#
# Money is decimal text with us and a double here, so what the two give is
# compared as numbers, and only where doubles are exact enough.  local_date
# and local_datetime cannot be said in jq; they have vectors of their own.

def text:
  if type == "number" then tostring
  elif type == "boolean" then tostring
  elif type == "array" or type == "object" then error("no text")
  else . end;

def custom($code):
  if . == null then null
  else ([.custom_attributes[]? | select(.attribute_code == $code) | .value]
    | last) end;

def dsum: map(select(. != null) | tonumber) | add // 0 | . * 1e9 | round / 1e9;
def dsum(f): [f] | dsum;
def dmul: reduce (.[] | select(. != null) | tonumber) as $x (1; . * $x)
  | . * 1e9 | round / 1e9;
def dmul(f): [f] | dmul;
def dsub($x): (. // 0 | tonumber) - ($x // 0 | tonumber) | . * 1e9 | round / 1e9;
def dsub($a; $b): $a | dsub($b);

# Half goes away from zero; the small push undoes what doubles take off.
def dround($n):
  if . == null then null
  else tonumber | (if . < 0 then -1 else 1 end) as $s | . * $s
    | . * pow(10; $n) + 0.5 + 1e-7 | floor / pow(10; $n) * $s end;
def ddiv($x; $n):
  if . == null then null
  elif ($x | tonumber) == 0 then error("ddiv by zero")
  else tonumber / ($x | tonumber) | dround($n) end;
# Each has what those up to it come to, less what those before it came to.
def dspread($whole; $n):
  ($whole // 0 | tonumber) as $t | map(. // 0 | tonumber) as $w
  | ($w | add // 0) as $all
  | def upto($i): if $i == 0 then 0 elif $all == 0 then $t
      else $t * ($w[:$i] | add) / $all end | dround($n);
    [range($w | length) | upto(. + 1) - upto(.) | dround($n)];

def sf_datetime:
  if . == null or . == "" then null
  else .[0:10] + "T" + (.[11:19] | if . == "" then "00:00:00" else . end)
    + ".000Z" end;

def add_days($n):
  if . == null or . == "" then null
  else .[0:10] as $d | .[10:] as $rest
    | ($d | strptime("%Y-%m-%d") | mktime + $n * 86400 | strftime("%Y-%m-%d"))
    + $rest end;

# What jq 1.6 lacks or does otherwise than 1.7, as 1.7 has it.
def abs: if . < 0 then -. else . end;
def trim: sub("^[ \t\n\r\f]+"; "") | sub("[ \t\n\r\f]+$"; "");
def ltrim: sub("^[ \t\n\r\f]+"; "");
def rtrim: sub("[ \t\n\r\f]+$"; "");
def add(f): [f] | add;
