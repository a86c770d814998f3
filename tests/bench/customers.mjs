// customers.mjs - customers.map, written for node by hand
import { each } from './lines.mjs';

each((c, write) => {
	const billing = c.addresses.find(a => a.default_billing);
	const custom = code =>
		c.custom_attributes.find(a => a.attribute_code === code)?.value;
	const at = c.created_at;
	write({
		object: 'Person', map: 'customers', phase: 10,
		source: 'customers/' + c.id, key: 'customer-' + c.id,
		extid: 'Person_Key__c',
		fields: {
			City: billing.city,
			Country: billing.country_id,
			Created: `${at.slice(0, 10)}T${at.slice(11, 19)}.000Z`,
			Credit: custom('credit_limit'),
			Email: c.email.toLowerCase(),
			First_Name: c.firstname,
			Group: c.group_id,
			Last_Name: c.lastname,
			Name: c.firstname + ' ' + c.lastname,
			Postcode: billing.postcode,
			Region: billing.region.region,
			Street: billing.street.join('\n'),
			Subscribed: c.extension_attributes.is_subscribed,
			Tier: custom('tier'),
			Vip: custom('is_vip') === '1',
			Website: c.website_id,
		},
	});
});
