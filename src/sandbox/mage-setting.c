/* The shop's own settings: --set NAME=VALUE. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "mage-trouble.h"

const struct settings settings_default = {
	.bearer = 1, .max_page = 300, .default_page = 20, .max_items = 20,
	.max_async_items = 5000, .memory = 256L << 20, .token_life = 3600,
	.release = 20407, .poison_as = "report", .consumer = 1,
	.consumer_ms = 5, .attributes = ",sf_contact_id,sf_account_id,",
};

/* "a,b" as ",a,b,". */
static int
set_list(char *to, size_t size, const char *value)
{
	return snprintf(to, size, ",%s,", value) < (int)size ? 0 : -1;
}

static int
set_release(struct settings *set, const char *value)
{
	int a, b, c = 0;

	if (sscanf(value, "%d.%d.%d", &a, &b, &c) < 2)
		return -1;
	set->release = a * 10000L + b * 100 + c;
	/* what each release does when nobody configures it */
	set->bearer = set->release < 20404;
	set->limits = set->release == 20403;
	set->token_life = set->release < 20404 ? 4 * 3600L : 3600;
	return 0;
}

static int
set_precision(struct settings *set, const char *value)
{
	return serve_number(value, &set->precision) == 0 &&
	    (set->precision == 14 || set->precision == 17) ? 0 : -1;
}

static int
set_unsorted(struct settings *set, const char *value)
{
	set->by_id = strcmp(value, "id") == 0;
	set->unsorted_each = strcmp(value, "each") == 0;
	return set->by_id || set->unsorted_each ||
	    strcmp(value, "shuffled") == 0 ? 0 : -1;
}

static int
set_ties(struct settings *set, const char *value)
{
	set->ties_each = strcmp(value, "each") == 0;
	return set->ties_each || strcmp(value, "id") == 0 ? 0 : -1;
}

static int
set_poison_as(struct settings *set, const char *value)
{
	if (!trouble_known(value))
		return -1;
	snprintf(set->poison_as, sizeof set->poison_as, "%s", value);
	return 0;
}

#define AT(member) offsetof(struct settings, member)

static const struct setting {
	const char *name;
	enum { NUMBER, SWITCH, LIST, OTHER } what;
	size_t at;		/* a long, an int, a char[2000] */
	int (*set)(struct settings *set, const char *value);
} settings[] = {
	{"bearer", SWITCH, AT(bearer), NULL},
	{"cache", NUMBER, AT(cache), NULL},
	{"consumer", SWITCH, AT(consumer), NULL},
	{"consumer_ms", NUMBER, AT(consumer_ms), NULL},
	{"customer_attributes", LIST, AT(attributes), NULL},
	{"default_page_size", NUMBER, AT(default_page), NULL},
	{"deny", LIST, AT(deny), NULL},
	{"limits", SWITCH, AT(limits), NULL},
	{"max_async_items", NUMBER, AT(max_async_items), NULL},
	{"max_items", NUMBER, AT(max_items), NULL},
	{"max_page_size", NUMBER, AT(max_page), NULL},
	{"memory", NUMBER, AT(memory), NULL},
	{"poison", LIST, AT(poison), NULL},
	{"poison_as", OTHER, 0, set_poison_as},
	{"precision", OTHER, 0, set_precision},
	{"release", OTHER, 0, set_release},
	{"row_latency", NUMBER, AT(row_us), NULL},
	{"skip_latency", NUMBER, AT(skip_us), NULL},
	{"ties", OTHER, 0, set_ties},
	{"token_life", NUMBER, AT(token_life), NULL},
	{"two_factor", SWITCH, AT(two_factor), NULL},
	{"unsorted", OTHER, 0, set_unsorted},
	{"website_prices", SWITCH, AT(website_prices), NULL},
};

static int
set_one(struct settings *set, const struct setting *s, const char *value)
{
	void *to = (char *)set + s->at;

	switch (s->what) {
	case NUMBER:
		return serve_number(value, to);
	case SWITCH:
		return serve_onoff(value, to);
	case LIST:
		return set_list(to, sizeof set->deny, value);
	default:
		return s->set(set, value);
	}
}

int
settings_set(struct settings *set, const char *name, size_t n, const char *value)
{
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (strlen(settings[i].name) == n &&
		    memcmp(settings[i].name, name, n) == 0)
			return set_one(set, &settings[i], value);
	return -1;
}
