/* sf-utf8 - characters of UTF-8 */

#include "sf-utf8.h"

size_t
sf_utf8_write(uint32_t c, char *to)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;

	if (n == 1) {
		to[0] = (char)c;
		return 1;
	}
	for (i = n - 1; i > 0; i--, c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	to[0] = (char)(0xf00 >> n | c);
	return n;
}
