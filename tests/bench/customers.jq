# customers.jq - customers.map, written for jq by hand
def custom($code): first(.custom_attributes[] | select(.attribute_code == $code)).value;

first(.addresses[] | select(.default_billing)) as $billing
| {object: "Person", map: "customers", phase: 10,
   source: "customers/\(.id)", key: "customer-\(.id)", extid: "Person_Key__c",
   fields: {
	City: $billing.city,
	Country: $billing.country_id,
	Created: (.created_at | "\(.[0:10])T\(.[11:19]).000Z"),
	Credit: custom("credit_limit"),
	Email: (.email | ascii_downcase),
	First_Name: .firstname,
	Group: .group_id,
	Last_Name: .lastname,
	Name: (.firstname + " " + .lastname),
	Postcode: $billing.postcode,
	Region: $billing.region.region,
	Street: ($billing.street | join("\n")),
	Subscribed: .extension_attributes.is_subscribed,
	Tier: custom("tier"),
	Vip: (custom("is_vip") == "1"),
	Website: .website_id
   }}
