/*
 * mage-trouble - answers that a shop gives when it is in trouble
 *
 * A fault's member "as", and the setting poison_as, name one of
 *
 *	report       500, the masked internal error with its Report ID
 *	message      200 with a message and nothing else
 *	fatal        500 in the other shape, that of a fatal error of PHP
 *	empty        200 without a body: PHP's memory has ended
 *	maintenance  503, the shop's page, without Retry-After
 *	gateway      502, timeout  504, limit  429: the web server's pages
 *	waf          403, a firewall's page
 */
#ifndef SANDBOX_MAGE_TROUBLE_H
#define SANDBOX_MAGE_TROUBLE_H

#include "mage.h"

/* Is there an answer of this name? */
int trouble_known(const char *name);

/* Write the answer of this name, which is known. */
void trouble_answer(struct shop *shop, const char *name, struct reply *rp);

/* Answer a request whose fault says "as" and names no poison: 1, else 0. */
int trouble_due(struct shop *shop, const struct request *rq,
    struct reply *rp);

/*
 * The trouble that reading record `id` of kind `k` is for this request, or
 * NULL: its fault or the settings call it poisoned.
 */
const char *trouble_poison(const struct shop *shop, const struct request *rq,
    enum kind k, int64_t id);

/* faults_check()'s: the values of "as", "poison", "change", "change_at". */
const char *trouble_check(const char *name, yyjson_val *v);

#endif
