# jq-1.6.jq - for random.c: what jq 1.6 does otherwise than 1.7, as 1.7 does it

# error(null) is an error, which try catches.
# A slice's bounds it calls otherwise.
def _message: if . == "\u0001null" then null
  elif type == "string" and startswith("Start and end indices of an ")
  then "Array/string slice indices must be integers" else . end;
def error(m): m | if . == null then "\u0001null" else . end | error;
def error: error(.);

# try does not catch what fails behind it in the pipe.
def _either(f; h): [try (f | {v: .}) catch {e: .}] | .[]
  | if has("v") then .v else (.e | h) end;

# .[1.7] is .[1], .[-1.7] is .[-1].
def _ix: if type != "number" then . elif . < 0 then -(-. | floor)
  else floor end;

# Beyond 64 bits the processor says what comes out (see rules.h for __jq).
# Not _mod: that is how % itself is called.
def _rest(a; b): b as $b | a as $a
  | if ([$a, $b] | map(type) | unique) == ["number"]
      and ([$a, $b] | map(fabs >= 9e18 or isnan) | any)
    then error("__jq") else $a % $b end;

# Where nan is a bound of a slice, jq ends itself.
def _bound: if type == "number" and isnan then null else . end;

# As it is written now: elements need be no arrays.
def transpose: [range(0; map(length) | max // 0) as $i | [.[][$i]]];

# Some characters that others write as %XX.
def _uri: split("'") | join("%27") | split("(") | join("%28")
  | split(")") | join("%29") | split("!") | join("%21")
  | split("*") | join("%2A");

# limit(0; f) gives nothing.
def limit($n; f): if $n > 0 then label $out | foreach f as $item ($n; . - 1;
    $item, if . <= 0 then break $out else empty end)
  elif $n == 0 then empty else f end;
def nth($n; f): if $n < 0 then error("nth doesn't support negative indices")
  else label $out | foreach f as $item ($n + 1; . - 1;
    if . <= 0 then $item, break $out else empty end) end;

# any and all stop when they know.
def isempty(g): label $go | (g | false, break $go), true;
def all(g; f): isempty(first(g | f and empty));
def any(g; f): isempty(first(g | f or empty)) | not;
def all(f): all(.[]; f);
def any(f): any(.[]; f);
def all: all(.[]; .);
def any: any(.[]; .);
def IN(s): any(s == .; .);
def IN(src; s): any(src == s; .);

# map_values takes what f gives first, or takes the element out.
def map_values(f): if type == "array" then [.[] | first(f)]
  elif type == "object" then reduce [keys_unsorted[] as $k
    | {key: $k, value: first(.[$k] | f)}][] as $e ({}; . + {($e.key): $e.value})
  else [.[]] end;

# sub goes on behind a match, once for each of what the text gives.
def sub($re; text; $flags): . as $in
  | reduce match($re; $flags) as $m ({at: 0, to: []};
      .at as $at
      | [$m.captures | map(select(.name != null) | {(.name): .string})
         | add // {} | text] as $by
      | reduce range(0; $by | length) as $i (.;
          .to[$i] += $in[$at:$m.offset] + $by[$i])
      | .at = $m.offset + $m.length)
  | .at as $at | [.to[] + $in[$at:]] | if . == [] then $in else .[] end;
def sub($re; text): sub($re; text; "");
def gsub($re; text; $flags): sub($re; text; $flags + "g");
def gsub($re; text): sub($re; text; "g");
def scan($re; $flags): match($re; "g" + $flags)
  | if .captures == [] then .string else [.captures[].string] end;

# The value is computed once, for the array, and may be many.
def bsearch($x): ([.[] | select(. < $x)] | length) as $n
  | if $n < length and .[$n] == $x then $n else -1 - $n end;

# Keys keep their order; of what f gives the first counts.
def walk(f): def w: if type == "object" then map_values(w)
  elif type == "array" then map(w) else . end | f; w;
