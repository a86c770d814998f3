/* reasons - what a reason code means and who can mend it. */
#include <ctype.h>

#include "reasons.h"

#define TRANSIENT REASON_TRANSIENT
#define DATA	REASON_DATA
#define POLICY	REASON_POLICY
#define PERMISSION REASON_PERMISSION
#define DUPLICATE REASON_DUPLICATE
#define SETUP	REASON_SETUP
#define DONE	REASON_DONE

#define ITSELF	"nobody: it comes again by itself"
#define SHOP	"who looks after the record in the store"
#define ADMIN	"the administrator of the Salesforce org"
#define MAPPER	"who writes the mapping files"
#define OPERATOR "who runs millrace"
#define DECIDE	"a person who knows the record"

/* Sorted by code, capitals first, as strcmp() does. */
const struct reason reasons[] = {
	{ "ALL_OR_NONE_OPERATION_ROLLED_BACK", TRANSIENT, ITSELF,
	    "Another row of the same call was refused, and this one was undone "
	    "with it.",
	    "Mend that one: this one follows." },
	{ "API_CURRENTLY_DISABLED", PERMISSION, ADMIN,
	    "The integration user may not use the API.",
	    "Grant it 'API Enabled'." },
	{ "API_DISABLED_FOR_ORG", SETUP, ADMIN,
	    "The org's edition, or the user's profile, has no API.",
	    "Grant the integration user 'API Enabled'; some editions have no "
	    "API at all." },
	{ "API_ERROR", TRANSIENT, ADMIN,
	    "Salesforce failed inside while it worked on the row.",
	    "Run again; when it stays, open a case with the number in the "
	    "message." },
	{ "BAD_VALUE_FOR_RESTRICTED_PICKLIST", DATA, MAPPER,
	    "The picklist takes only its own values, and this is none.",
	    "Translate the value in the map's table, or add it to the "
	    "picklist." },
	{ "BULK_API_ERROR", TRANSIENT, ITSELF,
	    "Salesforce has got a file for this job already.",
	    "Nothing: the job is aborted, and its rows go into a new one." },
	{ "CANNOT_EXECUTE_FLOW_TRIGGER", POLICY, ADMIN,
	    "A flow of the org failed on this record.",
	    "Mend the flow; the message names it." },
	{ "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", POLICY, ADMIN,
	    "A trigger or a process of the org failed on this record; or the "
	    "integration user is no Marketing User, who alone makes "
	    "campaigns.",
	    "Mend the trigger, which the message names with the line; or "
	    "check Marketing User on the user." },
	{ "CANNOT_UPDATE_CONVERTED_LEAD", DONE, "nobody: it is over",
	    "The lead was converted and can no longer be changed.",
	    "Nothing: the contact goes on from here." },
	{ "CLIENTINPUTERROR", SETUP, OPERATOR,
	    "Salesforce cannot read the file of the job.",
	    "See that millrace is the newest; the message is Salesforce's." },
	{ "DUPLICATES_DETECTED", DUPLICATE, ADMIN,
	    "A duplicate rule of the org blocks the record, and the Bulk API "
	    "cannot override one.",
	    "Find its double: tie the record to it ('led tie --any "
	    "OBJECT/KEY ID') or add the rung to the map's match; or let the "
	    "rule allow, or leave out, the integration user." },
	{ "DUPLICATE_EXTERNAL_ID", DUPLICATE, ADMIN,
	    "More than one record carries this external id.",
	    "Make the field unique and clear it on all but one." },
	{ "DUPLICATE_USERNAME", DUPLICATE, ADMIN,
	    "Another user of Salesforce, in any org, has this name.",
	    "Choose another one." },
	{ "DUPLICATE_VALUE", DUPLICATE, DECIDE,
	    "Another record has this value in a field that is unique.",
	    "What the map's match finds is adopted by the next run. Else "
	    "find it by the id in the message; tie or merge it." },
	{ "ENTITY_IS_DELETED", DATA, ITSELF,
	    "The record was deleted or merged in Salesforce.",
	    "It is forgotten and found or made anew in the next run." },
	{ "ENTITY_IS_LOCKED", POLICY, ADMIN,
	    "An approval, or the activated order, locks the record.",
	    "End the approval, or set the order back to draft; a map with a "
	    "step before it (order-draft.map) does that itself." },
	{ "EXCEEDEDQUOTA", TRANSIENT, OPERATOR,
	    "A quota of the org is used up for today.",
	    "Run again later; led requests shows who used it." },
	{ "EXCEEDED_ID_LIMIT", SETUP, OPERATOR,
	    "A call had more records than Salesforce takes in one.",
	    "See that millrace is the newest; it sends at most 200 a call." },
	{ "EXCEEDED_QUOTA", TRANSIENT, OPERATOR,
	    "A quota of the org is used up for today.",
	    "Run again later; led requests shows who used it." },
	{ "FAILED_ACTIVATION", DATA, MAPPER,
	    "The order cannot get this status now.",
	    "Orders are born in the Draft category and activated with "
	    "lines: look at default_status, and at the order's lines." },
	{ "FEATURENOTENABLED", SETUP, ADMIN,
	    "The org has not the feature that this needs.",
	    "Switch it on in Setup, or take the map out of the run." },
	{ "FEATURE_NOT_ENABLED", SETUP, ADMIN,
	    "The org has not the feature that this needs.",
	    "Switch it on in Setup, or take the map out of the run." },
	{ "FIELD_CUSTOM_VALIDATION_EXCEPTION", POLICY, ADMIN,
	    "A validation rule of the org refuses the record.",
	    "Mend the value in the store, or let the integration user pass "
	    "the rule; the message is the rule's text." },
	{ "FIELD_FILTER_VALIDATION_EXCEPTION", POLICY, ADMIN,
	    "A lookup filter refuses the related record.",
	    "Mend the filter or the related record." },
	{ "FIELD_INTEGRITY_EXCEPTION", DATA, MAPPER,
	    "A value does not fit to the rest of the record.",
	    "The message names the field: often a price book entry of "
	    "another book or currency, a state without its country. A price "
	    "that exists already is found by the map's match next time." },
	{ "FUNCTIONALITY_NOT_ENABLED", SETUP, ADMIN,
	    "The org, or the integration user, has not the feature that this "
	    "needs.",
	    "Switch it on in Setup, or take the map out of the run." },
	{ "INACTIVE_OWNER_OR_USER", POLICY, ADMIN,
	    "The owner is a user who is no longer active.",
	    "Give the records to somebody else, or mend the owner setting." },
	{ "INSUFFICIENT_ACCESS", PERMISSION, ADMIN,
	    "The integration user has no right to do this with the object.",
	    "Grant it; millrace doctor lists what it needs." },
	{ "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", PERMISSION, ADMIN,
	    "The integration user may not see or use the related record.",
	    "Grant it access; millrace doctor lists what it needs." },
	{ "INSUFFICIENT_ACCESS_OR_READONLY", PERMISSION, ADMIN,
	    "The integration user may not change this record.",
	    "Grant it access; millrace doctor lists what it needs." },
	{ "INVALIDBATCH", SETUP, ADMIN,
	    "Salesforce cannot use the file of the job at all.",
	    "The message names the column: deploy pipelines/setup/salesforce, "
	    "grant the field, run millrace doctor." },
	{ "INVALIDENTITY", SETUP, MAPPER,
	    "The Bulk API does not load or query this object.",
	    "Take the object out of the map; some are settings of the org." },
	{ "INVALIDJOB", SETUP, ADMIN,
	    "The object is not there, or the key is no external id of it.",
	    "Deploy pipelines/setup/salesforce, run millrace doctor." },
	{ "INVALIDJOBSTATE", TRANSIENT, ITSELF,
	    "The job has gone on, or was ended by somebody.",
	    "Nothing: its state is asked, and what it did is read." },
	{ "INVALIDOPERATION", SETUP, MAPPER,
	    "The Bulk API does not do this with the object.",
	    "Take it out of the map; the message is Salesforce's." },
	{ "INVALIDUSER", SETUP, ADMIN,
	    "The integration user may not use the job.",
	    "Grant it 'API Enabled'; jobs belong to the user who made them." },
	{ "INVALID_AUTH_HEADER", SETUP, OPERATOR,
	    "The access token is no token.",
	    "Run millrace doctor; see [salesforce] login." },
	{ "INVALID_CROSS_REFERENCE_KEY", DATA, MAPPER,
	    "A related record does not exist, or an id is of another org.",
	    "Was the related record sent? Then send this one again." },
	{ "INVALID_CURRENCY_ISO", DATA, ADMIN,
	    "The currency is not active in the org.",
	    "Activate it, or map to one that is." },
	{ "INVALID_EMAIL_ADDRESS", DATA, SHOP,
	    "Salesforce does not take this as an e-mail address.",
	    "Mend the address in the store." },
	{ "INVALID_FIELD", SETUP, ADMIN,
	    "The field does not exist or is hidden from the user.",
	    "Deploy pipelines/setup/salesforce; grant the field." },
	{ "INVALID_FIELD_FOR_INSERT_UPDATE", SETUP, MAPPER,
	    "The field cannot be written, or only when creating.",
	    "Flag it [insert] in the map, or take it out." },
	{ "INVALID_HEADER_TYPE", SETUP, OPERATOR,
	    "The access token is no token.",
	    "Run millrace doctor; see [salesforce] login." },
	{ "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", DATA, MAPPER,
	    "The picklist takes only its own values, and this is none.",
	    "Translate the value in the map's table." },
	{ "INVALID_QUERY_LOCATOR", TRANSIENT, ITSELF,
	    "The pages of a query are no longer kept.",
	    "Nothing: run again." },
	{ "INVALID_SESSION_ID", TRANSIENT, ITSELF,
	    "The session has ended or was revoked.",
	    "Nothing: it is renewed once a call. When it stays, see the "
	    "session policies of the external client app." },
	{ "INVALID_TYPE", SETUP, ADMIN,
	    "The org has no such object, or the integration user may not see "
	    "it.",
	    "Switch the feature on (Orders, Person Accounts), grant the "
	    "object; millrace doctor names it." },
	{ "INVALID_TYPE_ON_FIELD_IN_RECORD", DATA, MAPPER,
	    "The value is not of the field's type.",
	    "Mend the expression in the map." },
	{ "JSON_PARSER_ERROR", DATA, MAPPER,
	    "The value has another JSON type than the field.",
	    "Mend the expression in the map: no text in a number field." },
	{ "LIMIT_EXCEEDED", TRANSIENT, ADMIN,
	    "A limit of the org is reached.", "Run again later." },
	{ "MALFORMED_ID", DATA, MAPPER,
	    "This is no Salesforce id.", "Mend the expression in the map." },
	{ "MALFORMED_QUERY", SETUP, MAPPER,
	    "Salesforce does not understand the query.",
	    "The message shows where; most often a match rung of the map." },
	{ "METHOD_NOT_ALLOWED", SETUP, MAPPER,
	    "Salesforce does not do this with the object.",
	    "Take it out of the map." },
	{ "MISSING_ARGUMENT", DATA, MAPPER,
	    "An id or external id is missing in the row.",
	    "Mend the key of the map." },
	{ "NOT_FOUND", SETUP, OPERATOR,
	    "Salesforce has no such record, job or address.",
	    "Jobs are kept seven days: run again. Else see [salesforce] url "
	    "and api_version." },
	{ "NUMBER_OUTSIDE_VALID_RANGE", DATA, MAPPER,
	    "The number is too big for the field.",
	    "Give the field more digits, or round in the map." },
	{ "PROCESSING_HALTED", TRANSIENT, ITSELF,
	    "Salesforce stopped before it came to the row.",
	    "Nothing: it is sent again." },
	{ "QUERY_TIMEOUT", TRANSIENT, ITSELF,
	    "A query inside Salesforce took too long.",
	    "Nothing: it is sent again." },
	{ "REQUEST_LIMIT_EXCEEDED", TRANSIENT, OPERATOR,
	    "The org's API calls of the day are used up; or, where the message "
	    "begins with 'Concurrent', too many calls ran long at once.",
	    "Run again later; led requests shows who used those of the day." },
	{ "REQUEST_RUNNING_TOO_LONG", TRANSIENT, ITSELF,
	    "A call took Salesforce too long.",
	    "Nothing: it is sent again, in smaller jobs." },
	{ "REQUIRED_FIELD_MISSING", DATA, MAPPER,
	    "A required field has no value.",
	    "Map the field that the message names, or mend the record." },
	{ "SERVER_UNAVAILABLE", TRANSIENT, ITSELF,
	    "Salesforce was not to be reached for a moment.",
	    "Nothing: it is sent again." },
	{ "STANDARD_PRICE_NOT_DEFINED", DATA, MAPPER,
	    "A price book entry needs the product's standard price first.",
	    "See why the standard price of this product was not sent." },
	{ "STORAGE_LIMIT_EXCEEDED", SETUP, ADMIN,
	    "The org's storage is full.", "Free or buy storage." },
	{ "STRING_TOO_LONG", DATA, MAPPER,
	    "The text is longer than the field.",
	    "Lengthen the field, or cut the text in the map: .[0:255]." },
	{ "TOOMANYLOCKFAILURE", TRANSIENT, ITSELF,
	    "The job met locks until its retries were spent.",
	    "Nothing: what is left goes again, in smaller jobs." },
	{ "TOO_MANY_APEX_REQUESTS", TRANSIENT, ITSELF,
	    "The org is busy with other work.",
	    "Nothing: it is sent again." },
	{ "TOO_MANY_LOCK_FAILURE", TRANSIENT, ITSELF,
	    "The job met locks until its retries were spent.",
	    "Nothing: what is left goes again, in smaller jobs." },
	{ "TXN_SECURITY_RUNTIME_EXCEPTION", TRANSIENT, ADMIN,
	    "A transaction security policy of the org failed.",
	    "It is sent again; when it stays, mend the policy." },
	{ "UNABLE_TO_LOCK_ROW", TRANSIENT, ITSELF,
	    "Somebody else held the record or its parent.",
	    "Nothing: it is sent again. When it stays, see what else "
	    "writes to the org at that time." },
	{ "UNKNOWN_EXCEPTION", TRANSIENT, ADMIN,
	    "Salesforce failed inside while it worked on the row.",
	    "Run again; when it stays, open a case with the number in the "
	    "message." },
	{ "UNSUPPORTED_API_VERSION", SETUP, OPERATOR,
	    "The org's API does not have this version, or no longer.",
	    "Set [salesforce] api_version; millrace doctor tells the newest." },
	{ "ambiguous-match", DUPLICATE, DECIDE,
	    "More than one record in Salesforce fits.",
	    "Choose one of the candidates by 'led tie', which lists them, "
	    "or merge them in Salesforce; then resync the record." },
	{ "attempts-spent", DATA, DECIDE,
	    "It failed as often as [runs] attempts allows.",
	    "Mend what the last message says, then resync the record." },
	{ "automatic-off", POLICY, OPERATOR,
	    "automatic = no: nightly and incremental leave it out.",
	    "Resync it by hand, or set automatic = yes." },
	{ "bad-csv", TRANSIENT, ITSELF,
	    "A result file of Salesforce ended in the middle, or is no CSV.",
	    "Nothing: it is read again; run again when it stays." },
	{ "bad-json", DATA, OPERATOR,
	    "The line is no JSON object.",
	    "See where the line came from; the record is kept in the "
	    "verdict." },
	{ "bad-payload", DATA, OPERATOR,
	    "The line is JSON, but neither payload nor verdict; or one with an "
	    "id that is none, or with a value that is an object or array.",
	    "The message names the member; see that all programs are of one "
	    "version." },
	{ "bulk-again", TRANSIENT, ITSELF,
	    "Magento's queue met a lock or lost its database with this one.",
	    "Nothing: it is told again by the next run." },
	{ "bulk-open", TRANSIENT, SHOP,
	    "Magento has not come to it: it lies in the queue of async bulks.",
	    "Nothing when the queue is only long; else see that the store's "
	    "cron starts the consumer async.operations.all." },
	{ "bulk-refused", DATA, SHOP,
	    "Magento refused this record of an async bulk.",
	    "The message has Magento's words: mend the record there." },
	{ "connection", TRANSIENT, ITSELF,
	    "The connection broke before the answer was whole.",
	    "Run again; when it stays, ask who looks after the network." },
	{ "contact-roles-off", POLICY, OPERATOR,
	    "[opportunities] contact_roles = no: opportunities have none.",
	    "Change the setting if you want them." },
	{ "converted", DONE, "nobody: it is over",
	    "The cart was ordered, or Salesforce converted the lead.",
	    "Nothing: the order, or the contact, goes on from here." },
	{ "create-order-off", POLICY, OPERATOR,
	    "[orders] create_order = no: no orders are made.",
	    "Change the setting if you want them." },
	{ "customer", POLICY, OPERATOR,
	    "The customer becomes an account and a contact, and no lead: "
	    "leads are those whom [customers] groups leaves out.",
	    "Change [customers] groups or [leads] from if you want it." },
	{ "dequeued", POLICY, OPERATOR,
	    "Taken out of the queue, by somebody or since nothing came of it.",
	    "millrace resync sends it all the same; so does the next change." },
	{ "duplicate-key", DUPLICATE, MAPPER,
	    "Two payloads of a run have the same key.",
	    "Make the map's key unique, or flag the map shared." },
	{ "foreign-currency", DATA, OPERATOR,
	    "The currency of the order, or of the website, is not the org's.",
	    "Set [prices] multi_currency, or [orders] currency = base." },
	{ "foreign-value", POLICY, DECIDE,
	    "The order's ext_order_id in Magento holds what somebody else "
	    "wrote.",
	    "Empty it in Magento, or leave it to its owner with [magento] "
	    "order_place = comment or no." },
	{ "gone", TRANSIENT, ITSELF,
	    "The record was deleted or merged in Salesforce.",
	    "It is forgotten and found or made anew in the next run." },
	{ "group", POLICY, OPERATOR,
	    "[customers] groups leaves this customer group out.",
	    "Change the setting if you want it." },
	{ "guest", POLICY, OPERATOR,
	    "[guests] guests = no: orders of guests are left out.",
	    "Change the setting if you want them." },
	{ "half-answer", TRANSIENT, ITSELF,
	    "An answer ended before its end.",
	    "Run again; when it stays, ask who looks after the network." },
	{ "http-NNN", SETUP, OPERATOR,
	    "Magento refused the write with this HTTP status.",
	    "The message has Magento's words; when the right is missing, "
	    "millrace doctor names it." },
	{ "in-doubt", POLICY, DECIDE,
	    "A new record was sent and the answer was lost: it may be in "
	    "Salesforce, and neither an external id nor a match can tell.",
	    "Look there. If it is, 'led tie --any OBJECT/KEY ID'; if not, "
	    "'led forget' it, and it is sent again." },
	{ "inactive", DONE, "nobody: it is over",
	    "The cart was closed without an order, as when its owner logs in "
	    "and it goes into another one.", "Nothing." },
	{ "invalid_client", SETUP, OPERATOR,
	    "Salesforce does not know the client id, or not this secret.",
	    "See [salesforce] client_id and client_secret_file." },
	{ "invalid_client_id", SETUP, OPERATOR,
	    "Salesforce does not know the client id.",
	    "See [salesforce] client_id." },
	{ "invalid_grant", SETUP, OPERATOR,
	    "Salesforce does not let us in with these credentials.",
	    "See the message: the run-as user of the external client app, "
	    "[salesforce] url (My Domain, not login.salesforce.com), audience, "
	    "the certificate." },
	{ "job-refused", SETUP, ADMIN,
	    "Salesforce could not work on the job at all.",
	    "The message says why; most often a field is missing or hidden: "
	    "deploy pipelines/setup/salesforce, run millrace doctor." },
	{ "limit-near", TRANSIENT, ITSELF,
	    "The org's calls of the day are used up to the share that a load "
	    "may use ([salesforce] api_share).",
	    "Nothing: it is sent by the next run that has room." },
	{ "login-refused", SETUP, OPERATOR,
	    "The vendor does not let us in.",
	    "Run millrace doctor: it says which credential, and why." },
	{ "map-changed", POLICY, OPERATOR,
	    "A changed mapping would send more than [runs] resend_limit.",
	    "Look at a plan; then millrace resync --map NAME." },
	{ "mapping-error", DATA, MAPPER,
	    "An expression of the map failed on this record.",
	    "The message names file, line and column." },
	{ "members-off", POLICY, OPERATOR,
	    "[campaigns] members = no: orders make no members of campaigns.",
	    "Change the setting if you want them." },
	{ "no-answer", TRANSIENT, ITSELF,
	    "No answer came, and whether the call was done is not known.",
	    "Run again: what was on its way is looked up first." },
	{ "no-checkout", POLICY, ITSELF,
	    "Nobody knows whose cart it is: a guest's who has not begun the "
	    "checkout.", "Nothing." },
	{ "no-connection", TRANSIENT, OPERATOR,
	    "Nobody answers at that address.",
	    "See the url in the configuration, the network, a firewall." },
	{ "no-host", SETUP, OPERATOR,
	    "The host's name is not known.",
	    "See the url in the configuration, and the name servers." },
	{ "no-increment", DATA, SHOP,
	    "Magento shows no increment_id of the order: a save without it "
	    "could number it anew.",
	    "See what is wrong with the order in Magento." },
	{ "no-key", DATA, MAPPER,
	    "The key of the map came out null or empty.",
	    "Mend the key, or the record." },
	{ "no-order", TRANSIENT, ITSELF,
	    "Magento's answer for one order was not that order.",
	    "Run again; when it stays, see what stands in front of Magento." },
	{ "no-price", DATA, SHOP,
	    "The product has no price.", "Give it one, if it is sold." },
	{ "no-result", TRANSIENT, ITSELF,
	    "Salesforce gave no result for this row.",
	    "Nothing: it is looked up and sent again, or held (in-doubt) "
	    "where nothing could find it." },
	{ "not-in-magento", DONE, "nobody: it is over",
	    "The record was deleted in Magento, so it cannot be told its id.",
	    "Nothing." },
	{ "not-in-table", DATA, MAPPER,
	    "A table of the map has no line for this value.",
	    "Add it, or give the table a default." },
	{ "not-json", TRANSIENT, ITSELF,
	    "A page for people came instead of an answer.",
	    "Run again; when it stays, see the page, and what stands before "
	    "the store." },
	{ "not-kept", SETUP, OPERATOR,
	    "Magento took an id, and does not have it when it is read back.",
	    "Is the attribute in the attribute set of the product? Else look "
	    "for a module of the store that changes what is saved." },
	{ "not-paid", TRANSIENT, ITSELF,
	    "The order is not invoiced yet ([orders] create_order = paid).",
	    "Nothing: it comes with its invoice." },
	{ "not-saved", SETUP, OPERATOR,
	    "The folder of saved answers has not this one.",
	    "Save them again: sf-check --save." },
	{ "not-sent", TRANSIENT, ITSELF,
	    "The run stopped before it came to this record.",
	    "Nothing: it is sent by the next run." },
	{ "not-told", DATA, SHOP,
	    "Magento does not say whether the customer is subscribed: lists "
	    "of releases before 2.4 do not.",
	    "Nothing, or a newer Magento." },
	{ "notes-off", POLICY, OPERATOR,
	    "[orders] synchronize_notes = no: comments stay in Magento.",
	    "Change the setting if you want them." },
	{ "nothing-to-send", DONE, "nobody: all is well",
	    "The maps made nothing of this record.", "Nothing." },
	{ "only-insert", POLICY, OPERATOR,
	    "The map only creates, and the record is there already.",
	    "Nothing, unless you want it updated: see the map's only." },
	{ "only-update", POLICY, OPERATOR,
	    "The map only updates, and the record is not there.",
	    "Nothing, unless you want it created: see the map's only." },
	{ "other-host", SETUP, OPERATOR,
	    "The login's answer leads to a host that is not the configured "
	    "one: nothing is sent there.",
	    "See [salesforce] url; it must be the org's My Domain." },
	{ "parent-failed", TRANSIENT, ITSELF,
	    "The record that it belongs to was not sent.",
	    "Mend that one: this one follows." },
	{ "parent-missing", TRANSIENT, ITSELF,
	    "The record that it belongs to is not in Salesforce yet.",
	    "Nothing when that one is on its way; else resync it." },
	{ "quantity-decimals", DATA, MAPPER,
	    "The quantity has more decimals than the order product takes.",
	    "See the map's hold line." },
	{ "query-failed", TRANSIENT, ADMIN,
	    "Salesforce gave up a query.",
	    "Run again; when it stays, the message says why." },
	{ "queued", TRANSIENT, ITSELF,
	    "The entity is queued (its mode; [queue] sync_time).",
	    "Nothing, or send it now: millrace queue run." },
	{ "renumbered", SETUP, SHOP,
	    "The order had another increment_id after its id was saved.",
	    "Set [magento] order_place = comment or no, and find the module "
	    "of the store that numbers orders anew." },
	{ "same-key", DONE, "nobody: all is well",
	    "Another record of the same key is newer and was sent.",
	    "Nothing." },
	{ "session-file", SETUP, OPERATOR,
	    "The file with the Salesforce session is a link, somebody else's, "
	    "or others can read it.",
	    "Remove it; when others could read it, end the session in "
	    "Salesforce too." },
	{ "source-gone", DATA, DECIDE,
	    "The record was deleted in Magento; what it became in Salesforce "
	    "is as it was.",
	    "Delete that in Salesforce, or leave it; then led forget "
	    "ENTITY/ID." },
	{ "stale", POLICY, OPERATOR,
	    "Salesforce has changed since the plan was made.",
	    "Make a new plan, and look again." },
	{ "status", POLICY, OPERATOR,
	    "[orders] statuses leaves orders of this status out.",
	    "Change the setting if you want them." },
	{ "time-out", TRANSIENT, ITSELF,
	    "The answer took too long.",
	    "Run again; when it stays, see what keeps the other side busy." },
	{ "too-long", SETUP, OPERATOR,
	    "A line or an answer is longer than its limit.",
	    "See [runs] line_limit." },
	{ "total-mismatch", DATA, DECIDE,
	    "Lines and fees do not add up to the grand total.",
	    "The message has the difference: mend the order, or set "
	    "[orders] total_mismatch." },
	{ "unknown-symbol", SETUP, ADMIN,
	    "Salesforce has no record of this name (a record type, a price "
	    "book, a user).",
	    "Make it, or mend the name in the map or the settings." },
	{ "unmapped-status", DATA, MAPPER,
	    "order-status.csv has no line for this order status.",
	    "Add it, or set [orders] unmapped_status." },
	{ "unprocessed", TRANSIENT, ITSELF,
	    "Salesforce gave the job up, or somebody aborted it, before this "
	    "row.",
	    "Nothing: it was not done, and is sent again." },
	{ "unreadable", DATA, SHOP,
	    "Magento answers with an error inside when asked for this "
	    "record, or counts it and does not give it.",
	    "The message's report id is in Magento's log; mend the record "
	    "there, or the extension that keeps it back." },
	{ "unsupported_grant_type", SETUP, ADMIN,
	    "The app does not allow this way to log in.",
	    "Switch the flow on in the external client app, or set "
	    "[salesforce] login." },
	{ "zero-quantity", DONE, "nobody: all is well",
	    "Nothing of this line is left to be sold.", "Nothing." },
	{ "zero-total", POLICY, OPERATOR,
	    "[orders] zero_grand_total = skip: orders of nothing stay out.",
	    "Change the setting if you want them." },
	{ NULL, DONE, NULL, NULL, NULL },
};

const struct reason *
reasons_find(struct slice code)
{
	if (code.n > 5 && memcmp(code.p, "http-", 5) == 0)
		code = SLICE("http-NNN");
	for (const struct reason *r = reasons; r->code != NULL; r++)
		if (slice_is(code, r->code))
			return r;
	return NULL;
}

/* Case does not matter, nor does '_'. */
static bool
reads_as(struct slice a, const char *b)
{
	size_t i = 0;

	for (;; i++, b++) {
		while (i < a.n && a.p[i] == '_')
			i++;
		while (*b == '_')
			b++;
		if (i == a.n || *b == '\0')
			return i == a.n && *b == '\0';
		if (tolower((unsigned char)a.p[i]) !=
		    tolower((unsigned char)*b))
			return false;
	}
}

const struct reason *
reasons_like(struct slice code)
{
	const struct reason *r = reasons_find(code);

	if (r != NULL)
		return r;
	for (r = reasons; r->code != NULL; r++)
		if (isupper((unsigned char)*r->code) && reads_as(code, r->code))
			return r;
	return NULL;
}

const char *
reasons_kind(const struct reason *r)
{
	static const char *const kinds[] = {
		[REASON_TRANSIENT] = "transient: it can pass by itself",
		[REASON_DATA] = "data: the record or the map is wrong",
		[REASON_POLICY] = "policy: a rule or a setting wants it so",
		[REASON_PERMISSION] = "permission: a right is missing",
		[REASON_DUPLICATE] = "duplicate: two records for one",
		[REASON_SETUP] = "set-up: the org or millrace.conf is wrong",
		[REASON_DONE] = "nothing is wrong",
	};

	return kinds[r->kind];
}

bool
reasons_transient(struct slice code)
{
	const struct reason *r = reasons_find(code);

	return r != NULL && r->kind == REASON_TRANSIENT;
}
