# products.jq - products.map, written for jq by hand
def custom($code): first(.custom_attributes[] | select(.attribute_code == $code)).value;

{object: "Thing", map: "products", phase: 10,
 source: "products/\(.id)", key: "product-\(.id)", extid: "Thing_Key__c",
 fields: {
	Active: (.status == 1),
	Created: (.created_at | "\(.[0:10])T\(.[11:19]).000Z"),
	Description: custom("description"),
	Name: .name,
	Price: .price,
	Sku: .sku,
	Tax_Class: custom("tax_class_id"),
	Type: .type_id,
	Url: custom("url_key"),
	Websites: (.extension_attributes.website_ids | map(tostring) | join(";")),
	Weight: .weight
 }}
