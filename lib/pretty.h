#ifndef PRETTY_H
#define PRETTY_H

#include "paint.h"
#include "scan.h"

/*
 * pretty - JSON with a member a line, numbers and strings as they stand.
 *
 * `value` is what scan_value() has accepted.  The first line is not indented,
 * the others by `indent` blanks more than their depth asks for; no line end
 * behind the last.
 */
void pretty_json(const struct paint *p, struct slice value, int indent);

#endif
