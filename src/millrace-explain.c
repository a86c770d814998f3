/*
 * millrace-explain - what a reason code means and who mends it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "opt.h"
#include "paint.h"
#include "reasons.h"

static const struct opt options[] = {
	{ 'l', "list", NULL, "all codes, one a line" },
	{ 0, NULL, NULL, NULL },
};

static void
explain(const struct reason *r)
{
	printf("%s\n  %s\n  Kind: %s\n  Who:  %s\n  What: %s\n", r->code,
	    r->means, reasons_kind(r), r->who, r->todo);
}

static void
list(void)
{
	for (const struct reason *r = reasons; r->code != NULL; r++)
		printf("%-46s %s\n", r->code, r->means);
}

static int
unknown(const char *code)
{
	const char *names[512];
	char meant[SAY_MEANT];
	int n = 0;

	for (; reasons[n].code != NULL && n < 512; n++)
		names[n] = reasons[n].code;
	say_error("no reason '%s' is known%s; a gate of a mapping file is "
	    "explained there", code, say_meant(meant, code, names, n));
	return WHY_SETUP;
}

int
main(int argc, char **argv)
{
	struct opts o = { .name = "millrace-explain", .operands = "[CODE]...",
	    .purpose = "what a reason code means and who mends it",
	    .table = options };
	const struct reason *r;
	bool all = false;
	int c, status = 0;

	while ((c = opt_next(&o, argc, argv)) > 0)
		all = true;
	if (c < 0)
		return o.status;
	if (!all && o.first == argc)
		return opt_usage(&o, "no CODE given");
	paint_begin();
	if (all)
		list();
	for (int i = o.first; i < argc; i++) {
		if ((r = reasons_like(slice(argv[i]))) == NULL)
			status = unknown(argv[i]);
		else
			explain(r);
	}
	return paint_end(stdout, status);
}
