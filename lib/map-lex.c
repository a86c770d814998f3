/* map-lex - an expression's text into tokens */

#include <ctype.h>

#include "map-int.h"

void
lex_start(struct lex *l, const char *p, const char *end)
{
	*l = (struct lex){ .p = p, .end = end };
	lex_next(l);
}

bool
lex_op(const struct lex *l, const char *op)
{
	return l->kind == T_OP && strcmp(l->op, op) == 0;
}

bool
lex_word(const struct lex *l, const char *word)
{
	return l->kind == T_NAME && slice_is(l->text, word);
}

/* White space and comments; the last comment is remembered. */
static void
pass_space(struct lex *l)
{
	const char *from;

	while (l->p < l->end) {
		if (isspace((unsigned char)*l->p)) {
			l->p++;
			continue;
		}
		if (*l->p != '#')
			return;
		from = ++l->p;
		while (l->p < l->end && *l->p != '\n')
			l->p++;
		while (from < l->p && *from == ' ')
			from++;
		l->comment = (struct slice){ from, (size_t)(l->p - from) };
	}
}

static bool
begins_name(const char *p, const char *end)
{
	return p < end && (isalpha((unsigned char)*p) || *p == '_');
}

static struct slice
name(struct lex *l)
{
	const char *from = l->p;

	while (l->p < l->end && (isalnum((unsigned char)*l->p) ||
	    *l->p == '_'))
		l->p++;
	return (struct slice){ from, (size_t)(l->p - from) };
}

static void
fail(struct lex *l, const char *text)
{
	l->kind = T_BAD;
	l->bad = text;
}

/*
 * Pass the inside of a string up to its closing quote, with what \( ) holds:
 * expressions, and strings in them.
 */
static const char *
pass_string(const char *p, const char *end, int depth)
{
	int open;

	while (p < end && *p != '"') {
		if (*p != '\\') {
			p++;
			continue;
		}
		if (++p >= end)
			return NULL;
		if (*p++ != '(')
			continue;
		for (open = 1; p < end && open > 0; p++) {
			open += (*p == '(') - (*p == ')');
			if (*p == '"' && (depth > 20 ||
			    (p = pass_string(p + 1, end, depth + 1)) == NULL))
				return NULL;
		}
	}
	return p < end ? p : NULL;
}

static void
string(struct lex *l)
{
	const char *from = ++l->p, *close = pass_string(from, l->end, 0);

	if (close == NULL) {
		fail(l, "this string does not end");
		return;
	}
	l->kind = T_STRING;
	l->text = (struct slice){ from, (size_t)(close - from) };
	l->p = close + 1;
}

static void
number(struct lex *l)
{
	const char *from = l->p;

	while (l->p < l->end && isdigit((unsigned char)*l->p))
		l->p++;
	if (l->p < l->end && *l->p == '.')
		for (l->p++; l->p < l->end && isdigit((unsigned char)*l->p); )
			l->p++;
	if (l->p < l->end && (*l->p == 'e' || *l->p == 'E')) {
		l->p++;
		if (l->p < l->end && (*l->p == '+' || *l->p == '-'))
			l->p++;
		if (l->p == l->end || !isdigit((unsigned char)*l->p)) {
			fail(l, "bad number");
			return;
		}
		while (l->p < l->end && isdigit((unsigned char)*l->p))
			l->p++;
	}
	l->kind = T_NUMBER;
	l->text = (struct slice){ from, (size_t)(l->p - from) };
}

static void
operator(struct lex *l)
{
	static const char *const two[] = { "//", "==", "!=", "<=", ">=", "|=",
		"+=", "-=", "*=", "/=", "%=", ".." };
	size_t i;

	l->kind = T_OP;
	l->op[0] = *l->p++;
	l->op[1] = l->op[2] = '\0';
	for (i = 0; l->p < l->end && i < sizeof(two) / sizeof(*two); i++)
		if (two[i][0] == l->op[0] && two[i][1] == *l->p) {
			l->op[1] = *l->p++;
			return;
		}
	if (strchr(".|,()[]{}:;=<>+-*/%?", l->op[0]) == NULL)
		fail(l, "unexpected character");
}

void
lex_next(struct lex *l)
{
	const char *behind = l->p;	/* the last token */

	pass_space(l);
	l->at = l->p;
	l->text = (struct slice){ NULL, 0 };
	if (l->p >= l->end) {
		l->kind = T_END;
		l->at = behind;		/* not in the next line */
	} else if (begins_name(l->p, l->end)) {
		l->kind = T_NAME;
		l->text = name(l);
	} else if (*l->p == '$' && begins_name(l->p + 1, l->end)) {
		l->p++;
		l->kind = T_VAR;
		l->text = name(l);
	} else if (*l->p == '@' && begins_name(l->p + 1, l->end)) {
		l->p++;
		l->kind = T_FORMAT;
		l->text = name(l);
	} else if (*l->p == '.' && begins_name(l->p + 1, l->end)) {
		l->p++;
		l->kind = T_FIELD;
		l->text = name(l);
	} else if (*l->p == '"') {
		string(l);
	} else if (isdigit((unsigned char)*l->p) || (*l->p == '.' &&
	    l->p + 1 < l->end && isdigit((unsigned char)l->p[1]))) {
		number(l);
	} else {
		operator(l);
	}
}
