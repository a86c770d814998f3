/* The vendor's data interfaces (Magento Open Source 2.4): see mage-schema.h. */
#include <string.h>

#include "mage-schema.h"

struct schema {
	const char *name, *fields;
};

static const struct schema schemas[] = {
	{"order",
	    " adjustment_negative:n adjustment_positive:n applied_rule_ids:s"
	    " base_adjustment_negative:n base_adjustment_positive:n"
	    " base_currency_code:s base_discount_amount:n"
	    " base_discount_canceled:n base_discount_invoiced:n"
	    " base_discount_refunded:n base_grand_total:n"
	    " base_discount_tax_compensation_amount:n"
	    " base_discount_tax_compensation_invoiced:n"
	    " base_discount_tax_compensation_refunded:n base_shipping_amount:n"
	    " base_shipping_canceled:n base_shipping_discount_amount:n"
	    " base_shipping_discount_tax_compensation_amnt:n"
	    " base_shipping_incl_tax:n base_shipping_invoiced:n"
	    " base_shipping_refunded:n base_shipping_tax_amount:n"
	    " base_shipping_tax_refunded:n base_subtotal:n"
	    " base_subtotal_canceled:n base_subtotal_incl_tax:n"
	    " base_subtotal_invoiced:n base_subtotal_refunded:n"
	    " base_tax_amount:n base_tax_canceled:n base_tax_invoiced:n"
	    " base_tax_refunded:n base_total_canceled:n base_total_due:n"
	    " base_total_invoiced:n base_total_invoiced_cost:n"
	    " base_total_offline_refunded:n base_total_online_refunded:n"
	    " base_total_paid:n base_total_qty_ordered:n base_total_refunded:n"
	    " base_to_global_rate:n base_to_order_rate:n billing_address_id:i"
	    " can_ship_partially:i can_ship_partially_item:i coupon_code:s"
	    " created_at:s customer_dob:s customer_email:s customer_firstname:s"
	    " customer_gender:i customer_group_id:i customer_id:i"
	    " customer_is_guest:i customer_lastname:s customer_middlename:s"
	    " customer_note:s customer_note_notify:i customer_prefix:s"
	    " customer_suffix:s customer_taxvat:s discount_amount:n"
	    " discount_canceled:n discount_description:s discount_invoiced:n"
	    " discount_refunded:n edit_increment:i email_sent:i entity_id:i"
	    " ext_customer_id:s ext_order_id:s forced_shipment_with_invoice:i"
	    " global_currency_code:s grand_total:n"
	    " discount_tax_compensation_amount:n"
	    " discount_tax_compensation_invoiced:n"
	    " discount_tax_compensation_refunded:n hold_before_state:s"
	    " hold_before_status:s increment_id:s is_virtual:i"
	    " order_currency_code:s original_increment_id:s"
	    " payment_authorization_amount:n payment_auth_expiration:i"
	    " protect_code:s quote_address_id:i quote_id:i relation_child_id:s"
	    " relation_child_real_id:s relation_parent_id:s"
	    " relation_parent_real_id:s remote_ip:s shipping_amount:n"
	    " shipping_canceled:n shipping_description:s"
	    " shipping_discount_amount:n"
	    " shipping_discount_tax_compensation_amount:n shipping_incl_tax:n"
	    " shipping_invoiced:n shipping_refunded:n shipping_tax_amount:n"
	    " shipping_tax_refunded:n state:s status:s store_currency_code:s"
	    " store_id:i store_name:s store_to_base_rate:n store_to_order_rate:n"
	    " subtotal:n subtotal_canceled:n subtotal_incl_tax:n"
	    " subtotal_invoiced:n subtotal_refunded:n tax_amount:n"
	    " tax_canceled:n tax_invoiced:n tax_refunded:n total_canceled:n"
	    " total_due:n total_invoiced:n total_item_count:i"
	    " total_offline_refunded:n total_online_refunded:n total_paid:n"
	    " total_qty_ordered:n total_refunded:n updated_at:s weight:n"
	    " x_forwarded_for:s items:[{order-item}]"
	    " billing_address:{order-address} payment:{order-payment}"
	    " status_histories:[{order-status-history}] extension_attributes:e" " "},
	{"order-item",
	    " additional_data:s amount_refunded:n applied_rule_ids:s"
	    " base_amount_refunded:n base_cost:n base_discount_amount:n"
	    " base_discount_invoiced:n base_discount_refunded:n"
	    " base_discount_tax_compensation_amount:n"
	    " base_discount_tax_compensation_invoiced:n"
	    " base_discount_tax_compensation_refunded:n base_original_price:n"
	    " base_price:n base_price_incl_tax:n base_row_invoiced:n"
	    " base_row_total:n base_row_total_incl_tax:n base_tax_amount:n"
	    " base_tax_before_discount:n base_tax_invoiced:n base_tax_refunded:n"
	    " base_weee_tax_applied_amount:n base_weee_tax_applied_row_amnt:n"
	    " base_weee_tax_disposition:n base_weee_tax_row_disposition:n"
	    " created_at:s description:s discount_amount:n discount_invoiced:n"
	    " discount_percent:n discount_refunded:n event_id:i"
	    " ext_order_item_id:s free_shipping:i gw_base_price:n"
	    " gw_base_price_invoiced:n gw_base_price_refunded:n"
	    " gw_base_tax_amount:n gw_base_tax_amount_invoiced:n"
	    " gw_base_tax_amount_refunded:n gw_id:i gw_price:n"
	    " gw_price_invoiced:n gw_price_refunded:n gw_tax_amount:n"
	    " gw_tax_amount_invoiced:n gw_tax_amount_refunded:n"
	    " discount_tax_compensation_amount:n"
	    " discount_tax_compensation_canceled:n"
	    " discount_tax_compensation_invoiced:n"
	    " discount_tax_compensation_refunded:n is_qty_decimal:i is_virtual:i"
	    " item_id:i locked_do_invoice:i locked_do_ship:i name:s"
	    " no_discount:i order_id:i original_price:n parent_item_id:i price:n"
	    " price_incl_tax:n product_id:i product_type:s qty_backordered:n"
	    " qty_canceled:n qty_invoiced:n qty_ordered:n qty_refunded:n"
	    " qty_returned:n qty_shipped:n quote_item_id:i row_invoiced:n"
	    " row_total:n row_total_incl_tax:n row_weight:n sku:s store_id:i"
	    " tax_amount:n tax_before_discount:n tax_canceled:n tax_invoiced:n"
	    " tax_percent:n tax_refunded:n updated_at:s weee_tax_applied:s"
	    " weee_tax_applied_amount:n weee_tax_applied_row_amount:n"
	    " weee_tax_disposition:n weee_tax_row_disposition:n weight:n"
	    " parent_item:{order-item} product_option:* extension_attributes:e" " "},
	{"order-address",
	    " address_type:s city:s company:s country_id:s customer_address_id:i"
	    " customer_id:i email:s entity_id:i fax:s firstname:s lastname:s"
	    " middlename:s parent_id:i postcode:s prefix:s region:s"
	    " region_code:s region_id:i street:[s] suffix:s telephone:s vat_id:s"
	    " vat_is_valid:i vat_request_date:s vat_request_id:s"
	    " vat_request_success:i extension_attributes:e" " "},
	{"order-payment",
	    " account_status:s additional_data:s additional_information:[s]"
	    " address_status:s amount_authorized:n amount_canceled:n"
	    " amount_ordered:n amount_paid:n amount_refunded:n"
	    " anet_trans_method:s base_amount_authorized:n"
	    " base_amount_canceled:n base_amount_ordered:n base_amount_paid:n"
	    " base_amount_paid_online:n base_amount_refunded:n"
	    " base_amount_refunded_online:n base_shipping_amount:n"
	    " base_shipping_captured:n base_shipping_refunded:n cc_approval:s"
	    " cc_avs_status:s cc_cid_status:s cc_debug_request_body:s"
	    " cc_debug_response_body:s cc_debug_response_serialized:s"
	    " cc_exp_month:s cc_exp_year:s cc_last4:s cc_number_enc:s cc_owner:s"
	    " cc_secure_verify:s cc_ss_issue:s cc_ss_start_month:s"
	    " cc_ss_start_year:s cc_status:s cc_status_description:s"
	    " cc_trans_id:s cc_type:s echeck_account_name:s"
	    " echeck_account_type:s echeck_bank_name:s echeck_routing_number:s"
	    " echeck_type:s entity_id:i last_trans_id:s method:s parent_id:i"
	    " po_number:s protection_eligibility:s quote_payment_id:i"
	    " shipping_amount:n shipping_captured:n shipping_refunded:n"
	    " extension_attributes:e" " "},
	{"order-status-history",
	    " comment:s created_at:s entity_id:i entity_name:s"
	    " is_customer_notified:i is_visible_on_front:i parent_id:i status:s"
	    " extension_attributes:e" " "},
	{"customer",
	    " id:i group_id:i default_billing:s default_shipping:s"
	    " confirmation:s created_at:s updated_at:s created_in:s dob:s"
	    " email:s firstname:s lastname:s middlename:s prefix:s suffix:s"
	    " gender:i store_id:i taxvat:s website_id:i addresses:[{address}]"
	    " disable_auto_group_change:i extension_attributes:e"
	    " custom_attributes:a" " "},
	{"address",
	    " id:i customer_id:i region:{region} region_id:i country_id:s"
	    " street:[s] company:s telephone:s fax:s postcode:s city:s"
	    " firstname:s lastname:s middlename:s prefix:s suffix:s vat_id:s"
	    " default_shipping:b default_billing:b extension_attributes:e"
	    " custom_attributes:a" " "},
	{"region",
	    " region_code:s region:s region_id:i extension_attributes:e" " "},
	{"cart",
	    " id:i created_at:s updated_at:s converted_at:s is_active:b"
	    " is_virtual:b items:* items_count:i items_qty:n customer:*"
	    " billing_address:* reserved_order_id:s orig_order_id:i currency:*"
	    " customer_is_guest:b customer_note:s customer_note_notify:b"
	    " customer_tax_class_id:i store_id:i extension_attributes:e" " "},
	{"product",
	    " id:i sku:s name:s attribute_set_id:i price:n status:i visibility:i"
	    " type_id:s created_at:s updated_at:s weight:n"
	    " extension_attributes:e product_links:* options:*"
	    " media_gallery_entries:* tier_prices:* custom_attributes:a" " "},
	{"stock-item",
	    " item_id:i product_id:i stock_id:i qty:n is_in_stock:b"
	    " is_qty_decimal:b show_default_notification_message:b"
	    " use_config_min_qty:b min_qty:n use_config_min_sale_qty:i"
	    " min_sale_qty:n use_config_max_sale_qty:b max_sale_qty:n"
	    " use_config_backorders:b backorders:i"
	    " use_config_notify_stock_qty:b notify_stock_qty:n"
	    " use_config_qty_increments:b qty_increments:n"
	    " use_config_enable_qty_inc:b enable_qty_increments:b"
	    " use_config_manage_stock:b manage_stock:b low_stock_date:s"
	    " is_decimal_divided:b stock_status_changed_auto:i"
	    " extension_attributes:e" " "},
	{"invoice",
	    " base_currency_code:s base_discount_amount:n base_grand_total:n"
	    " base_discount_tax_compensation_amount:n base_shipping_amount:n"
	    " base_shipping_discount_tax_compensation_amnt:n"
	    " base_shipping_incl_tax:n base_shipping_tax_amount:n"
	    " base_subtotal:n base_subtotal_incl_tax:n base_tax_amount:n"
	    " base_total_refunded:n base_to_global_rate:n base_to_order_rate:n"
	    " billing_address_id:i can_void_flag:i created_at:s"
	    " discount_amount:n discount_description:s email_sent:i entity_id:i"
	    " global_currency_code:s grand_total:n"
	    " discount_tax_compensation_amount:n increment_id:s"
	    " is_used_for_refund:i order_currency_code:s order_id:i"
	    " shipping_address_id:i shipping_amount:n"
	    " shipping_discount_tax_compensation_amount:n shipping_incl_tax:n"
	    " shipping_tax_amount:n state:i store_currency_code:s store_id:i"
	    " store_to_base_rate:n store_to_order_rate:n subtotal:n"
	    " subtotal_incl_tax:n tax_amount:n total_qty:n transaction_id:s"
	    " updated_at:s items:* comments:* extension_attributes:e" " "},
	{"shipment",
	    " billing_address_id:i created_at:s customer_id:i email_sent:i"
	    " entity_id:i increment_id:s order_id:i packages:* shipment_status:i"
	    " shipping_address_id:i shipping_label:s store_id:i total_qty:n"
	    " total_weight:n updated_at:s items:* tracks:* comments:*"
	    " extension_attributes:e" " "},
	{"creditmemo",
	    " adjustment:n adjustment_negative:n adjustment_positive:n"
	    " base_adjustment:n base_adjustment_negative:n"
	    " base_adjustment_positive:n base_currency_code:s"
	    " base_discount_amount:n base_grand_total:n"
	    " base_discount_tax_compensation_amount:n base_shipping_amount:n"
	    " base_shipping_discount_tax_compensation_amnt:n"
	    " base_shipping_incl_tax:n base_shipping_tax_amount:n"
	    " base_subtotal:n base_subtotal_incl_tax:n base_tax_amount:n"
	    " base_to_global_rate:n base_to_order_rate:n billing_address_id:i"
	    " created_at:s creditmemo_status:i discount_amount:n"
	    " discount_description:s email_sent:i entity_id:i"
	    " global_currency_code:s grand_total:n"
	    " discount_tax_compensation_amount:n increment_id:s invoice_id:i"
	    " order_currency_code:s order_id:i shipping_address_id:i"
	    " shipping_amount:n shipping_discount_tax_compensation_amount:n"
	    " shipping_incl_tax:n shipping_tax_amount:n state:i"
	    " store_currency_code:s store_id:i store_to_base_rate:n"
	    " store_to_order_rate:n subtotal:n subtotal_incl_tax:n tax_amount:n"
	    " transaction_id:s updated_at:s items:* comments:*"
	    " extension_attributes:e" " "},
	{"shipment-track",
	    " order_id:i created_at:s entity_id:i parent_id:i updated_at:s"
	    " weight:n qty:n description:s extension_attributes:e"
	    " track_number:s title:s carrier_code:s" " "},
	{"invoice-comment",
	    " is_customer_notified:i parent_id:i extension_attributes:e"
	    " comment:s is_visible_on_front:i created_at:s entity_id:i" " "},
	{"shipment-comment",
	    " is_customer_notified:i parent_id:i extension_attributes:e"
	    " comment:s is_visible_on_front:i created_at:s entity_id:i" " "},
	{"creditmemo-comment",
	    " is_customer_notified:i parent_id:i extension_attributes:e"
	    " comment:s is_visible_on_front:i created_at:s entity_id:i" " "},
	{"rule",
	    " rule_id:i name:s store_labels:* description:s website_ids:[i]"
	    " customer_group_ids:[i] from_date:s to_date:s uses_per_customer:i"
	    " is_active:b condition:* action_condition:* stop_rules_processing:b"
	    " is_advanced:b product_ids:[i] sort_order:i simple_action:s"
	    " discount_amount:n discount_qty:n discount_step:i"
	    " apply_to_shipping:b times_used:i is_rss:b coupon_type:s"
	    " use_auto_generation:b uses_per_coupon:i simple_free_shipping:s"
	    " extension_attributes:e" " "},
	{"coupon",
	    " coupon_id:i rule_id:i code:s usage_limit:i usage_per_customer:i"
	    " times_used:i expiration_date:s is_primary:b created_at:s type:i"
	    " extension_attributes:e" " "},
	{"group",
	    " id:i code:s tax_class_id:i tax_class_name:s extension_attributes:e" " "},
};

static const struct schema *
schema_find(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++)
		if (strlen(schemas[i].name) == n &&
		    memcmp(schemas[i].name, name, n) == 0)
			return &schemas[i];
	return NULL;
}

size_t
schema_field(const char *name, size_t n, const char *field, size_t field_n,
    const char **type)
{
	const struct schema *s = schema_find(name, n);
	const char *p = s ? s->fields : "";

	while (*(p += strspn(p, " "))) {
		size_t len = strcspn(p, ":");

		if (len == field_n && memcmp(p, field, len) == 0) {
			*type = p + len + 1;
			return strcspn(*type, " ");
		}
		p += strcspn(p, " ");
	}
	return 0;
}
