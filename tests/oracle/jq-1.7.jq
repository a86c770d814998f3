# jq-1.7.jq - for random.c: what every jq does otherwise than we, or lacks
# (DIFFERENCES of millrace-mapping(5) has the reasons)

def _message: .;
def _either(f; h): try f catch h;

# An index into a text counts code points, here bytes.
def _indices($i): indices($i);
def indices($i): if type == "string" and ($i | type) == "string"
  then (if $i == "" then [] else explode | _indices($i | explode) end)
  else _indices($i) end;
def index($i): indices($i) | .[0];
def rindex($i): indices($i) | .[-1:][0];

# Keys that are numbers or booleans become texts.
def from_entries: reduce .[] as $x ({}; . + {($x
  | (if .key then .key elif .name then .name elif has("name") then .name
     else .key end)
  | if type == "number" or type == "boolean" then tojson else . end):
  $x.value});
def with_entries(f): to_entries | map(f) | from_entries;

# Numbers are counted, nothing else is.
def _range($from; $to; $by): range($from; $to; $by);
def range($from; $to; $by): if ([$from, $to, $by] | map(type) | unique)
  == ["number"] then _range($from; $to; $by)
  else error("Range bounds must be numeric") end;

# Of numbers only.
def abs: if type != "number" then floor
  elif . < 0 then -. else . end;

# Below 1: null, "" or the text, by version; in 1.6 what is too large for an
# int is below 1, too, which of "" alone is not too long.
def _repeat(s; n): if n < 0 or (n | isnan) then null
  elif n < 1 or s == "" then "" else s * n end;
def _mul(a; b): b as $b | a as $a
  | if ($a | type) == "string" and ($b | type) == "number"
    then _repeat($a; $b)
    elif ($b | type) == "string" and ($a | type) == "number"
    then _repeat($b; $a) else $a * $b end;

# A number that was read is written as it stands.
def _plain: walk(if type == "number" then . * 1 else . end);

# What is too large for an int the processor makes one of.
def _ldexp(x; n): ldexp(x; n);
def ldexp(x; n): n as $n | x as $x
  | if ($n | type) == "number" and $n >= 2147483648 then error("__jq")
    else _ldexp($x; $n) end;

# A depth that is no number is refused, not just where it would count.
def _flatten($depth): flatten($depth);
def flatten($depth): if ($depth | type) == "string" or ($depth | type)
  == "array" or ($depth | type) == "object"
  then error("flatten depth must be a number") else _flatten($depth) end;

# As later versions have them.
def skip($n; f): if ($n | type) != "number" then error("skip needs a number")
  elif $n < 0 then error("skip doesn't support negative count")
  else foreach f as $x ($n; . - 1; if . < 0 then $x else empty end) end;
def toarray: if type == "array" then . else [.] end;
def trimstr($x): ltrimstr($x) | rtrimstr($x);
def toboolean: if type == "boolean" then . elif . == "true" then true
  elif . == "false" then false
  else error("cannot be parsed as a boolean") end;

# Our message tells more.
# Times beyond all calendars end some versions, or are what libc makes of them.
def _time: if type == "number" and (isnan or fabs > 1e11) then error("__jq")
  elif type == "array" and any(.[]; type == "number" and
    (isnan or fabs > 100000)) then error("__jq") else . end;
def _strftime(f): strftime(f);
def strftime(f): _time | if type != "string" and type != "object"
    and type != "boolean" and type != "null" then _strftime(f)
  else error("strftime/1 requires parsed datetime inputs: a text becomes one by fromdate or strptime(\"%Y-%m-%d %H:%M:%S\"); local_date(zone) takes it as it is") end;
def _gmtime: gmtime;
def gmtime: _time | _gmtime;
def _mktime: mktime;
def mktime: _time | _mktime;
def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
def todateiso8601: todate;
def fromdate: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime;
def fromdateiso8601: fromdate;

# What is no text, in our words.
def _shown: "\(type) (\(tojson | if utf8bytelength > 14 then .[:11] + "..."
  else . end))";
def _trim: if type == "string" then . else error("\(_shown) cannot be trimmed")
  end;
def trim: _trim | sub("^[ \t\n\r\f]+"; "") | sub("[ \t\n\r\f]+$"; "");
def ltrim: _trim | sub("^[ \t\n\r\f]+"; "");
def rtrim: _trim | sub("[ \t\n\r\f]+$"; "");
def text: if type == "array" or type == "object"
  then error("\(_shown) is no text") elif . == null then . else tostring end;
