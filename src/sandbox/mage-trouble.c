#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mage-plan.h"
#include "mage-trouble.h"

#define HTML "text/html; charset=UTF-8"
#define JSON "application/json; charset=utf-8"

static const struct {
	const char *name;
	int status;
	const char *type, *body;	/* NULL: made below */
} answers[] = {
	{"report", 500, JSON, NULL},
	{"message", 200, JSON, "{\"message\":\"The product that was requested"
	    " doesn't exist. Verify the product and try again.\"}"},
	{"fatal", 500, JSON, NULL},
	{"empty", 200, HTML, ""},
	{"maintenance", 503, HTML, "<!doctype html>\n<html>\n<head><title>"
	    "Service Temporarily Unavailable</title></head>\n<body>\n<h1>"
	    "Service Temporarily Unavailable</h1>\n</body>\n</html>\n"},
	{"gateway", 502, HTML, "<html>\r\n<head><title>502 Bad Gateway</title>"
	    "</head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>"
	    "\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"},
	{"timeout", 504, HTML, "<html>\r\n<head><title>504 Gateway Time-out"
	    "</title></head>\r\n<body>\r\n<center><h1>504 Gateway Time-out"
	    "</h1></center>\r\n</body>\r\n</html>\r\n"},
	{"limit", 429, HTML, "<html>\r\n<head><title>429 Too Many Requests"
	    "</title></head>\r\n<body>\r\n<center><h1>429 Too Many Requests"
	    "</h1></center>\r\n</body>\r\n</html>\r\n"},
	{"waf", 403, HTML, "<html>\r\n<head><title>403 Forbidden</title>"
	    "</head>\r\n<body>\r\n<center><h1>403 Forbidden</h1></center>"
	    "\r\n</body>\r\n</html>\r\n"},
};

#define ANSWERS (sizeof answers / sizeof *answers)

static size_t
find(const char *name)
{
	size_t i;

	for (i = 0; i < ANSWERS; i++)
		if (strcmp(answers[i].name, name) == 0)
			break;
	return i;
}

int
trouble_known(const char *name)
{
	return find(name) < ANSWERS;
}

void
trouble_answer(struct shop *shop, const char *name, struct reply *rp)
{
	size_t i = find(name);
	struct buf *b = reply_with(rp, answers[i].status, answers[i].type);
	struct refusal no = {0};

	if (answers[i].body)
		buf_str(b, answers[i].body);
	else if (strcmp(name, "report") == 0) {
		refuse_internal(shop, &no);
		buf_fmt(b, "{\"message\":\"%s\"}", no.message);
	} else
		buf_fmt(b, "{\"messages\":{\"error\":[{\"code\":500,\"message\":"
		    "\"Server internal error. See details in report api\\/%u\""
		    "}]}}", ++shop->reports);
}

int
trouble_due(struct shop *shop, const struct request *rq, struct reply *rp)
{
	const char *as = fault_str(rq->fault, "as");

	if (as == NULL || fault_get(rq->fault, "poison"))
		return 0;
	trouble_answer(shop, as, rp);
	return 1;
}

/* Is "orders:17" among those of "orders:17,carts:3"? */
static int
listed(const char *list, const char *name)
{
	size_t n = strlen(name), len;

	for (; *list; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		if (len == n && memcmp(list, name, n) == 0)
			return 1;
	}
	return 0;
}

const char *
trouble_poison(const struct shop *shop, const struct request *rq, enum kind k,
    int64_t id)
{
	const char *list = fault_str(rq->fault, "poison"), *as;
	char name[64];

	if (list == NULL && shop->set.poison[0] == '\0')
		return NULL;
	snprintf(name, sizeof name, "%s:%" PRId64, entities[k].name, id);
	if (list && listed(list, name))
		return (as = fault_str(rq->fault, "as")) ? as : "report";
	return listed(shop->set.poison, name) ? shop->set.poison_as : NULL;
}

const char *
trouble_check(const char *name, yyjson_val *v)
{
	if (strcmp(name, "as") == 0)
		return trouble_known(yyjson_get_str(v)) ? NULL :
		    "the name of an answer";
	if (strcmp(name, "change_at") == 0)
		return yyjson_equals_str(v, "before") ||
		    yyjson_equals_str(v, "rows") ||
		    yyjson_equals_str(v, "after") ? NULL :
		    "\"before\", \"rows\" or \"after\"";
	if (strcmp(name, "change") == 0)
		return plan_good(v) ? NULL : "an array of puts, updates and"
		    " deletes";
	return NULL;
}
