# job.jq - job.map, written for jq by hand
select(.state != "canceled" and .state != "holded")
| (.created_at | "\(.[0:10])T\(.[11:19]).000Z") as $placed
| ({pending: "Draft", processing: "Activated", complete: "Activated",
    closed: "Activated"}[.status] // "Other") as $status
| (.billing_address.street | join("\n")) as $street
| "orders/\(.entity_id)" as $source
| (.customer_firstname + " " + .customer_lastname) as $buyer
| . as $o
| .items[]
| select(.parent_item_id == null)
| {object: "Line", map: "job", phase: 10, source: $source,
   key: "\($o.increment_id)-\(.item_id)", extid: "Line_Key__c",
   fields: {
	Buyer: $buyer,
	City: $o.billing_address.city,
	Created: $o.created_at,
	Currency: $o.order_currency_code,
	Email: $o.customer_email,
	First_Name: $o.customer_firstname,
	Last_Name: $o.customer_lastname,
	Line: .item_id,
	Magento_Status: $o.status,
	Name: .name,
	Order_Number: $o.increment_id,
	Placed: $placed,
	Price: .price,
	Quantity: .qty_ordered,
	Reference: $o.increment_id,
	Row_Total: .row_total,
	Sku: .sku,
	Source: "magento",
	Status: $status,
	Street: $street,
	Total: $o.grand_total
   }}
