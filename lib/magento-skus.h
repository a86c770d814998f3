#ifndef MAGENTO_SKUS_H
#define MAGENTO_SKUS_H

#include "magento-window.h"

/*
 * magento-skus - which of the SKUs in carts the catalogue has; a part of
 * magento-window.
 *
 * A line of a cart names its product by SKU alone.  That of a bundle is put
 * together from its parts, and custom options add theirs to it, so that no
 * product has it.
 */

/*
 * Ask for the SKUs of all carts of the window, and give each cart
 * {"sku":"24-MB01","id":1} as a child of this kind for each of its lines, with
 * id null where the catalogue has no such product.  Of a SKU whose product
 * Magento cannot show nothing is told.  0 or -1.
 */
int mage_skus_read(struct mage *m, struct mage_window *win, int kind,
    struct why *w);

#endif
