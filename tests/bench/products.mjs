// products.mjs - products.map, written for node by hand
import { each } from './lines.mjs';

each((p, write) => {
	const custom = code =>
		p.custom_attributes.find(a => a.attribute_code === code)?.value;
	const at = p.created_at;
	write({
		object: 'Thing', map: 'products', phase: 10,
		source: 'products/' + p.id, key: 'product-' + p.id,
		extid: 'Thing_Key__c',
		fields: {
			Active: p.status === 1,
			Created: `${at.slice(0, 10)}T${at.slice(11, 19)}.000Z`,
			Description: custom('description'),
			Name: p.name,
			Price: p.price,
			Sku: p.sku,
			Tax_Class: custom('tax_class_id'),
			Type: p.type_id,
			Url: custom('url_key'),
			Websites: p.extension_attributes.website_ids.join(';'),
			Weight: p.weight,
		},
	});
});
