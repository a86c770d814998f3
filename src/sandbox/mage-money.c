#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mage-money.h"

int64_t
money_of(const char *text)
{
	double v = strtod(text, NULL) * ONE;

	if (!(v > -9e17 && v < 9e17))
		return 0;
	return (int64_t)(v < 0 ? v - 0.5 : v + 0.5);
}

int64_t
money_get(yyjson_mut_val *obj, const char *field)
{
	return money_of(record_text(yyjson_mut_obj_get(obj, field)));
}

void
money_text(int64_t v, char text[32])
{
	size_t n;

	n = (size_t)snprintf(text, 32, "%s%lld.%04lld", v < 0 ? "-" : "",
	    llabs(v) / ONE, llabs(v) % ONE);
	while (text[n - 1] == '0')
		text[--n] = '\0';
	if (text[n - 1] == '.')
		text[--n] = '\0';
}

void
money_set(yyjson_mut_doc *doc, yyjson_mut_val *obj, const char *field,
    int64_t v)
{
	char text[32];

	money_text(v, text);
	record_set(doc, obj, field, yyjson_mut_rawcpy(doc, text));
}

void
money_add(yyjson_mut_doc *doc, yyjson_mut_val *obj, const char *field,
    int64_t v)
{
	money_set(doc, obj, field, money_get(obj, field) + v);
}

int64_t
money_part(int64_t amount, int64_t part, int64_t whole)
{
	long double cents;

	if (whole == 0)
		return 0;
	cents = (long double)amount * part / whole / (ONE / 100);
	return (int64_t)(cents < 0 ? cents - 0.5L : cents + 0.5L) * (ONE / 100);
}

void
money_shown(int64_t v, const char *currency, char text[40])
{
	static const char *const sign[][2] = {{"USD", "$"},
	    {"EUR", "\xe2\x82\xac"}, {"GBP", "\xc2\xa3"}};
	const char *mark = currency;
	char digits[32];
	int n, whole, len = 0;

	for (int i = 0; i < 3; i++)
		if (strcmp(sign[i][0], currency) == 0)
			mark = sign[i][1];
	n = snprintf(digits, sizeof digits, "%lld.%02lld", llabs(v) / ONE,
	    llabs(v) % ONE / (ONE / 100));
	whole = n - 3;
	len = snprintf(text, 12, "%s%.6s", v < 0 ? "-" : "", mark);
	for (int i = 0; i < n && len < 38; i++) {
		if (i && i < whole && (whole - i) % 3 == 0)
			text[len++] = ',';
		text[len++] = digits[i];
	}
	text[len] = '\0';
}
