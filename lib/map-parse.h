#ifndef MAP_PARSE_H
#define MAP_PARSE_H

#include "map-int.h"

/*
 * map-parse - what map-parse.c and map-term.c have of each other.
 *
 * All give NULL behind a mistake, which has been told.
 */

/* A mistake behind which the text cannot be understood; always NULL. */
struct node *parse_stop(struct parser *p, const char *at, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));

/* Is it one of jq's that this language has not?  Then a mistake is told, and
 * the text is not followed further. */
bool parse_never(struct parser *p, struct slice name, const char *at);

/* The token at hand: pass it; pass it if it is this; it must be this. */
void parse_next(struct parser *p);
bool parse_op(struct parser *p, const char *op);
bool parse_word(struct parser *p, const char *word);
void parse_expect(struct parser *p, const char *op, const char *where);

/* A node whose kids are set: its `single`, its value if that is known. */
struct node *parse_finish(struct parser *p, struct node *n);
struct node *parse_two(struct parser *p, enum op op, const char *at,
    struct node *a, struct node *b);
struct node *parse_constant(struct parser *p, const char *at, struct val v);
struct node *parse_field(struct parser *p, struct node *base,
    struct node *key);

/* map-parse.c: an expression; a term with what follows it. */
struct node *parse_pipe(struct parser *p, bool comma);
struct node *parse_postfix(struct parser *p);

/* map-term.c: the token at hand begins one. */
struct node *parse_string(struct parser *p, const struct func *format);
struct node *parse_format(struct parser *p);
struct node *parse_variable(struct parser *p);
struct node *parse_special(struct parser *p);	/* a word: if, try, a call */
struct node *parse_array(struct parser *p);
struct node *parse_object(struct parser *p);

/* What the macro is with these arguments. */
struct node *parse_macro(struct parser *p, const struct macro *m,
    struct node **args, const char *at);

/* map-bind.c: `Term as $x | body`, at the `as`. */
struct node *parse_binding(struct parser *p, struct node *source);

#endif
