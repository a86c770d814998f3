/* The writing routes, and the services behind them that /async names. */
#include <stddef.h>

#include "mage-rest.h"

#define CREATE "Magento_Sales::create"
#define MANAGE "Magento_Customer::manage"
#define INVOICE "Magento_Sales::sales_invoice"
#define SHIPMENT "Magento_Sales::shipment"
#define MEMO "Magento_Sales::creditmemo"

#define SALES "Magento\\Sales\\Api\\"
#define ORDER SALES "OrderRepositoryInterface::"
#define MANAGED SALES "OrderManagementInterface::"
#define CUSTOMERS_ "Magento\\Customer\\Api\\CustomerRepositoryInterface::"
#define ACCOUNT "Magento\\Customer\\Api\\AccountManagementInterface::"

#define CATALOG "Magento\\Catalog\\Api\\"
#define PRODUCT "Magento_Catalog::products"
#define STOCK "Magento_CatalogInventory::cataloginventory"
#define PRODUCT_MODEL "Magento\\Catalog\\Model\\ProductRepository"
#define ORDER_MODEL "Magento\\Sales\\Model\\OrderRepository"
#define SERVICE_MODEL "Magento\\Sales\\Model\\Service\\OrderService"
#define CUSTOMER_MODEL "Magento\\Customer\\Model\\ResourceModel" \
	"\\CustomerRepository"

static const struct writing routes[] = {
	{{"POST", "orders", CREATE, order_save, ORDERS}, ORDER "save",
	    ORDER_MODEL, "entity", "order", NULL},
	{{"PUT", "orders/create", CREATE, order_save, ORDERS}, ORDER "save",
	    ORDER_MODEL, "entity", "order", NULL},
	{{"PUT", "orders/:parent_id", CREATE, order_address, ORDERS},
	    SALES "OrderAddressRepositoryInterface::save",
	    "Magento\\Sales\\Model\\Order\\AddressRepository", "entity",
	    "order-address", "entity.parent_id"},
	{{"POST", "orders/:id/comments", "Magento_Sales::comment",
	    order_comment, ORDERS}, MANAGED "addComment", SERVICE_MODEL,
	    "statusHistory", "order-status-history", NULL},
	{{"POST", "orders/:id/cancel", "Magento_Sales::cancel", order_cancel,
	    ORDERS}, MANAGED "cancel", SERVICE_MODEL, NULL, NULL, NULL},
	{{"POST", "orders/:id/hold", "Magento_Sales::hold", order_hold, ORDERS},
	    MANAGED "hold", SERVICE_MODEL, NULL, NULL, NULL},
	{{"POST", "orders/:id/unhold", "Magento_Sales::unhold", order_unhold,
	    ORDERS}, MANAGED "unHold", SERVICE_MODEL, NULL, NULL, NULL},
	{{"POST", "order/:orderId/invoice", INVOICE, order_invoice, ORDERS},
	    SALES "InvoiceOrderInterface::execute",
	    "Magento\\Sales\\Model\\InvoiceOrder", NULL, NULL, NULL},
	{{"POST", "order/:orderId/ship", "Magento_Sales::ship", order_ship,
	    ORDERS}, SALES "ShipOrderInterface::execute",
	    "Magento\\Sales\\Model\\ShipOrder", NULL, NULL, NULL},
	{{"POST", "order/:orderId/refund", MEMO, order_refund, ORDERS},
	    SALES "RefundOrderInterface::execute",
	    "Magento\\Sales\\Model\\RefundOrder", NULL, NULL, NULL},
	{{"POST", "invoice/:invoiceId/refund", MEMO, invoice_refund, INVOICES},
	    SALES "RefundInvoiceInterface::execute",
	    "Magento\\Sales\\Model\\RefundInvoice", NULL, NULL, NULL},
	{{"POST", "invoices/:id/capture", INVOICE, invoice_capture, INVOICES},
	    SALES "InvoiceManagementInterface::setCapture",
	    "Magento\\Sales\\Model\\Service\\InvoiceService", NULL, NULL, NULL},
	{{"POST", "invoices/comments", INVOICE, document_comment, INVOICES},
	    SALES "InvoiceCommentRepositoryInterface::save",
	    "Magento\\Sales\\Model\\Order\\Invoice\\CommentRepository",
	    "entity", "invoice-comment", NULL},
	{{"POST", "shipment/track", SHIPMENT, shipment_track, SHIPMENTS},
	    SALES "ShipmentTrackRepositoryInterface::save",
	    "Magento\\Sales\\Model\\Order\\Shipment\\TrackRepository",
	    "entity", "shipment-track", NULL},
	{{"POST", "shipment/:id/comments", SHIPMENT, document_comment,
	    SHIPMENTS}, SALES "ShipmentCommentRepositoryInterface::save",
	    "Magento\\Sales\\Model\\Order\\Shipment\\CommentRepository",
	    "entity", "shipment-comment", "entity.parent_id"},
	{{"POST", "creditmemo/:id/comments", MEMO, document_comment,
	    CREDITMEMOS}, SALES "CreditmemoCommentRepositoryInterface::save",
	    "Magento\\Sales\\Model\\Order\\Creditmemo\\CommentRepository",
	    "entity", "creditmemo-comment", "entity.parent_id"},
	{{"POST", "customers", NULL, customer_create, CUSTOMERS},
	    ACCOUNT "createAccount",
	    "Magento\\Customer\\Model\\AccountManagement", "customer",
	    "customer", NULL},
	{{"PUT", "customers/:customerId", MANAGE, customer_update, CUSTOMERS},
	    CUSTOMERS_ "save", CUSTOMER_MODEL, "customer", "customer",
	    "customer.id"},
	{{"DELETE", "customers/:customerId", "Magento_Customer::delete",
	    customer_delete, CUSTOMERS}, CUSTOMERS_ "deleteById",
	    CUSTOMER_MODEL, NULL, NULL, NULL},
	{{"DELETE", "addresses/:addressId", "Magento_Customer::delete",
	    address_delete, CUSTOMERS},
	    "Magento\\Customer\\Api\\AddressRepositoryInterface::deleteById",
	    "Magento\\Customer\\Model\\ResourceModel\\AddressRepository", NULL,
	    NULL, NULL},
	{{"POST", "products/attributes", "Magento_Catalog::attributes_attributes",
	    attribute_create, PRODUCT_ATTRIBUTES}, CATALOG
	    "ProductAttributeRepositoryInterface::save",
	    "Magento\\Catalog\\Model\\Product\\Attribute\\Repository",
	    "attribute", NULL, NULL},
	{{"POST", "products/base-prices", PRODUCT, prices_base, PRODUCTS},
	    CATALOG "BasePriceStorageInterface::update",
	    "Magento\\Catalog\\Model\\Product\\Price\\BasePriceStorage",
	    NULL, NULL, NULL},
	{{"POST", "products/special-price", PRODUCT, prices_special, PRODUCTS},
	    CATALOG "SpecialPriceStorageInterface::update",
	    "Magento\\Catalog\\Model\\Product\\Price\\SpecialPriceStorage",
	    NULL, NULL, NULL},
	{{"POST", "products", PRODUCT, product_save, PRODUCTS},
	    CATALOG "ProductRepositoryInterface::save", PRODUCT_MODEL,
	    "product", "product", NULL},
	{{"PUT", "products/:sku", PRODUCT, product_save, PRODUCTS},
	    CATALOG "ProductRepositoryInterface::save", PRODUCT_MODEL,
	    "product", "product", "product.sku"},
	{{"DELETE", "products/:sku", PRODUCT, product_delete, PRODUCTS},
	    CATALOG "ProductRepositoryInterface::deleteById", PRODUCT_MODEL,
	    NULL, NULL, NULL},
	{{"PUT", "products/:productSku/stockItems/:itemId", STOCK,
	    stock_update, STOCK_ITEMS},
	    "Magento\\CatalogInventory\\Api\\StockRegistryInterface"
	    "::updateStockItemBySku",
	    "Magento\\CatalogInventory\\Model\\StockRegistry", "stockItem",
	    "stock-item", NULL},
};

const struct writing *
write_route(size_t i)
{
	return i < sizeof routes / sizeof *routes ? &routes[i] : NULL;
}
