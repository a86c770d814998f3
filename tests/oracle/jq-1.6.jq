# jq-1.6.jq - for random.c: what jq 1.6 does otherwise than 1.7, as 1.7 does it

# error(null) is an error, which try catches.
def _message: if . == "\u0001null" then null else . end;
def error(m): m | if . == null then "\u0001null" else . end | error;
def error: error(.);

# try does not catch what fails behind it in the pipe.
def _try(f; h): [try (f | {v: .}) catch {e: _message}] | .[]
  | if has("v") then .v else (.e | h) end;

# .[1.7] is .[1]
def _ix: if type == "number" then floor else . end;

# limit(0; f) gives nothing.
def limit($n; f): if $n > 0 then label $out | foreach f as $item ($n; . - 1;
    $item, if . <= 0 then break $out else empty end)
  elif $n == 0 then empty else f end;
def nth($n; f): if $n < 0 then error("nth doesn't support negative indices")
  else label $out | foreach f as $item ($n + 1; . - 1;
    if . <= 0 then $item, break $out else empty end) end;

# any and all stop when they know.
def isempty(g): label $go | (g | false, break $go), true;
def isempty(g): first((g | false), true);
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
