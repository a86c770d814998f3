#!/usr/bin/env bats
# Input that means harm (fixtures/hostile): what is legal arrives as it is,
# what is not is refused by name, and nobody else is touched.

load helpers

prepare()
{
	mkdir data
	cp "$REPO"/fixtures/magento/entities/*.ndjson data/
	cp "$REPO/fixtures/hostile/customers.ndjson" data/customers.ndjson
	MAGE_DATA=$WORK/data
	start_mage
	start_sf
	write_conf
	mage-extract reference >ref.ndjson
	maps=$REPO/pipelines/mappings
}

@test "names with quotes, commas, line breaks, formulas, markup, NUL arrive as they are" {
	mage-extract customers |
	    rec-map --ref ref.ndjson "$maps/account.map" "$maps/contact.map" |
	    led-recall | sf-match | sf-load | led-record >verdicts || :
	[ "$(wc -l <verdicts)" -eq 32 ]
	sf-query 'SELECT Magento_Id__c, FirstName, LastName FROM Contact' |
	    jq -cS '[.Magento_Id__c, .FirstName, .LastName]' | sort >got
	# three are refused: the text #N/A, a name of 300, an e-mail that is none
	jq -cS 'select(.id != 9004 and .id != 9008 and .id != 9016) |
	    [(.id | tostring), .firstname, .lastname | gsub("\r\n"; "\n")]' \
	    data/customers.ndjson | sort >want
	diff got want
	sf-query "SELECT MailingStreet FROM Contact WHERE Magento_Id__c = '9014'" >street
	[ "$(jq -r .MailingStreet street)" = $'a,b\nc"d"\ne\nf' ]
}

@test "what is refused is told by its code, once, with its data" {
	mage-extract customers |
	    rec-map --ref ref.ndjson "$maps/account.map" "$maps/contact.map" |
	    led-recall | sf-match | sf-load | led-record |
	    jq -c 'select(.verdict != "created") | [.source, .map, .verdict, .reason, has("fields") or has("record")]' |
	    sort >refused || :
	diff - refused <<-'END'
	["customers/9004","contact","rejected","mapping-error",true]
	["customers/9008","account","rejected","STRING_TOO_LONG",true]
	["customers/9008","contact","waiting","parent-failed",false]
	["customers/9016","contact","failed","INVALID_EMAIL_ADDRESS",true]
	END
}

@test "JSON that is legal and strange: repeated and escaped keys, depth, a 30-digit id, wrong types" {
	run_status 1 rec-map --ref ref.ndjson "$maps/account.map" "$maps/contact.map" <"$REPO/fixtures/hostile/records.ndjson"
	printf '%s\n' "$output" | jq -c '[.source, .map, .verdict, .reason, .fields.Name // .fields.FirstName]' >got
	diff - got <<-'END'
	["customers/9102","account",null,null,"last wins Twice"]
	["customers/9102","contact",null,null,"last wins"]
	["customers/9103","account",null,null,"Escaped Keys"]
	["customers/9103","contact",null,null,"Escaped"]
	["customers/9104","account",null,null,"Deep Down"]
	["customers/9104","contact",null,null,"Deep"]
	["customers/123456789012345678901234567890","account",null,null,"Big Id"]
	["customers/123456789012345678901234567890","contact",null,null,"Big"]
	["customers/9105","account",null,null,"White Space"]
	["customers/9105","contact",null,null,"White"]
	["customers/9106","account","rejected","mapping-error",null]
	["customers/9106","contact","waiting","parent-failed",null]
	["customers/9107","account",null,null,"Addresses Object"]
	["customers/9107","contact",null,null,"Addresses"]
	[null,null,"rejected","no-key",null]
	[null,null,"rejected","no-key",null]
	["customers/9108","account",null,null,"No Store"]
	["customers/9108","contact",null,null,"No"]
	["customers/9109","account",null,null,"Exp Onent"]
	["customers/9109","contact",null,null,"Exp"]
	[null,null,"rejected","no-key",null]
	END
}

@test "ids of 23 digits keep every digit on their way into Salesforce" {
	jq -cn --arg kind orders -f "$REPO/fixtures/hostile/store.jq" | head -n 1 |
	    sed 's/"entity_id":101,/"entity_id":12345678901234567890123,/; s/"item_id":101,/"item_id":98765432109876543210987,/
		s/"customer_id":101,/"customer_id":10000000000000000000001,/; s/"product_id":101,/"product_id":20000000000000000000002,/' >orders
	jq -cn --arg kind customers -f "$REPO/fixtures/hostile/store.jq" | head -n 1 |
	    sed 's/"id":101,"group/"id":10000000000000000000001,"group/' >customers
	for each in "customers account.map contact.map" \
	    "orders placeholder-product.map placeholder-price-standard.map order.map order-item.map order-fee.map order-activate.map"; do
		read -r -a map <<<"$each"
		files=("${map[@]:1}")
		files=("${files[@]/#/$maps/}")
		run_status 0 bash -o pipefail -c "rec-map --ref ref.ndjson ${files[*]} | led-recall | sf-match | sf-load | led-record" <"${map[0]}"
		[[ $output != *'"waiting"'* && $output != *'"rejected"'* ]]
	done
	sf-query 'SELECT Magento_Id__c, Order.Magento_Id__c, Order.Account.Magento_Id__c, Product2.Magento_Id__c FROM OrderItem' |
	    jq -r '.Magento_Id__c, ."Order.Magento_Id__c", ."Order.Account.Magento_Id__c", ."Product2.Magento_Id__c"' |
	    diff - <(printf '%s\n' 98765432109876543210987 12345678901234567890123 10000000000000000000001 20000000000000000000002)
}
