# What Salesforce holds (/sandbox/state, slurped), comparable between runs:
# ids are told as OBJECT/KEY, what the server stamps is left out.
(map({ key: .Id, value: (.object + "/" + ((.Magento_Id__c // .Name // .Username // "?") | tostring)) }) | from_entries) as $known
| map(del(.Id, .CreatedDate, .LastModifiedDate, .SystemModstamp, .ActivatedDate, .LastStageChangeDate, .LastViewedDate, .LastReferencedDate,
	.CreatedById, .LastModifiedById, .OrderNumber, .OrderItemNumber, .Magento_Sync_Time__c)
    | map_values(if type == "string" then ($known[.] // .) else . end))
| sort_by(.object, .Magento_Id__c, .Name, tostring) | .[]
