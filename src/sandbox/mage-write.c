/* The writing routes, and the services behind them that /async names. */
#include <stddef.h>

#include "mage-rest.h"

#define CREATE "Magento_Sales::create"
#define MANAGE "Magento_Customer::manage"

#define SALES "Magento\\Sales\\Api\\"
#define ORDER SALES "OrderRepositoryInterface::"
#define MANAGED SALES "OrderManagementInterface::"
#define CUSTOMERS_ "Magento\\Customer\\Api\\CustomerRepositoryInterface::"
#define ACCOUNT "Magento\\Customer\\Api\\AccountManagementInterface::"

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
};

const struct writing *
write_route(size_t i)
{
	return i < sizeof routes / sizeof *routes ? &routes[i] : NULL;
}
