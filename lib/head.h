#ifndef HEAD_H
#define HEAD_H

#include "mem.h"

/*
 * head - the first members of a line, without reading the line.
 *
 * Payloads and verdicts carry what names them in front and their data last
 * (payload.h has the order), so that a look at the head is enough to count,
 * to compare and to find.  Nothing is checked: what does not begin as one of
 * ours is a record.
 *
 *	struct head h;
 *
 *	if (head_read(&h, line) == HEAD_VERDICT && slice_is(h.verdict, ...
 */

enum head_kind { HEAD_RECORD, HEAD_PAYLOAD, HEAD_VERDICT };

/* Texts are raw: what stands between the quotes, escapes and all.  Absent is
 * { NULL, 0 }.  Borrowed from the line. */
struct head {
	enum head_kind kind;
	struct slice verdict, reason, message, object, map, source, key;
	struct slice parent, id;
	bool deletes;		/* "delete":true */
	bool planned;		/* has `was` */
};

/* `line` may be cut off behind any byte: what lies before is found. */
enum head_kind head_read(struct head *h, struct slice line);

/* Does this verdict line belong to mage-writeback, which adds to the stream?
 * Its object is "magento/...". */
bool head_told(const struct head *h);

#endif
