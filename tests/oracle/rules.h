#ifndef RULES_H
#define RULES_H

/*
 * rules - the grammar of random expressions (random.c).
 *
 * Every rule makes an expression whose values are of one type:
 *	n number    i small whole number   d text of a number   t seconds
 *	s text      b boolean              z null
 *	N numbers   S texts                O objects   L lists of numbers
 *	A anything in a list               E entries {key, value}
 *	o object    a anything             r regular expression
 * `*` stands for any of them, in its text as %w.  `in` is the type that `.`
 * must have, 0 when it does not matter.
 *
 * In the text a hole is % and a type: an expression of that type goes there,
 * in parentheses unless it is one word.  %~n: now and then without them.
 * %n{o}: where `.` is of type o.  %{X: one of the strings of pool X.  $$ is a
 * new variable of the type of the first hole, which the holes behind it see.
 *
 * `jq16`, `jq17`: the text for these versions of jq, where they need another
 * one; why stands in rules.c, and what their functions do otherwise, in
 * jq-1.6.jq and jq-1.7.jq.
 */
struct rule {
	char of, in;
	int weight;
	const char *text, *jq16, *jq17;
};

extern const struct rule rules[];
extern const unsigned n_rules;

/* Texts of errors that are jq's own in one version only, or ours, with `|`
 * between: that there is an error must agree, its text need not. */
extern const char unstable_errors[];

/* What jq says of constants before it runs anything: such a pair says nothing.
 * Ends with NULL. */
extern const char *const compile_errors[];

/* An answer with one of these in it is of jq's own mistake (rules.c). */
extern const char *const mistakes[];

#endif
