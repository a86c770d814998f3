// job.mjs - job.map, written for node by hand
import { each } from './lines.mjs';

const STATUS = { pending: 'Draft', processing: 'Activated',
	complete: 'Activated', closed: 'Activated' };

each((o, write) => {
	if (o.state === 'canceled' || o.state === 'holded')
		return;
	const at = o.created_at;
	const placed = `${at.slice(0, 10)}T${at.slice(11, 19)}.000Z`;
	const status = STATUS[o.status] ?? 'Other';
	const street = o.billing_address.street.join('\n');
	const buyer = o.customer_firstname + ' ' + o.customer_lastname;
	const source = 'orders/' + o.entity_id;
	for (const item of o.items) {
		if (item.parent_item_id != null)
			continue;
		write({
			object: 'Line', map: 'job', phase: 10, source,
			key: o.increment_id + '-' + item.item_id,
			extid: 'Line_Key__c',
			fields: {
				Buyer: buyer,
				City: o.billing_address.city,
				Created: at,
				Currency: o.order_currency_code,
				Email: o.customer_email,
				First_Name: o.customer_firstname,
				Last_Name: o.customer_lastname,
				Line: item.item_id,
				Magento_Status: o.status,
				Name: item.name,
				Order_Number: o.increment_id,
				Placed: placed,
				Price: item.price,
				Quantity: item.qty_ordered,
				Reference: o.increment_id,
				Row_Total: item.row_total,
				Sku: item.sku,
				Source: 'magento',
				Status: status,
				Street: street,
				Total: o.grand_total,
			},
		});
	}
});
