# ask.jq - for random.c, behind the file of the version: how jq is asked

# What was caught, or $unstable (rules.c has the texts); of a mistake of jq's
# own the text stays.
def _said: _message | if type == "string" and test($unstable)
    and (test("__jq") | not) then "unstable" else . end;
def _try(f; h): _either(f; _said | h);

# One expression on so many documents.  All that can be is here and not in the
# question: what jq takes longest for is to bind names in long programs.
def _on($n; f): range($n) | input | [try {v: f}
  catch {e: (_said | if type == "string" then . else tojson end)}];
