/*
 * sf-objects-sales - leads, opportunities and campaigns
 *
 * Lead, Opportunity and OpportunityContactRole are as the describe of a real
 * org has them; the others follow the Field Reference and the Object Reference
 * (v67.0), for a user who is a marketing user.
 */

#include "sf-std.h"

#define LEAD_STATUS \
	"*Open - Not Contacted;Working - Contacted;Closed - Converted;" \
	"Closed - Not Converted"
#define CLEAN_STATUS \
	"Matched;Different;Acknowledged;NotFound;Inactive;Pending;" \
	"SelectMatch;Skipped"
#define STAGE \
	"Prospecting;Qualification;Needs Analysis;Value Proposition;" \
	"Id. Decision Makers;Perception Analysis;Proposal/Price Quote;" \
	"Negotiation/Review;Closed Won;Closed Lost"
#define OPPORTUNITY_TYPE \
	"Existing Customer - Upgrade;Existing Customer - Replacement;" \
	"Existing Customer - Downgrade;New Customer"
#define ROLE \
	"Business User;Decision Maker;Economic Buyer;" \
	"Economic Decision Maker;Evaluator;Executive Sponsor;Influencer;" \
	"Technical Buyer;Other"
#define CAMPAIGN_STATUS \
	"*Planned;In Progress;Completed;Aborted"
#define CAMPAIGN_TYPE \
	"*Conference;Webinar;Trade Show;Public Relations;Partners;" \
	"Referral Program;Advertisement;Banner Ads;Direct Mail;Email;" \
	"Telemarketing;Other"

const struct sf_std sf_std_lead[] = {
	F("Id", "Lead ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, "d"),
	R("MasterRecordId", "Master Record ID", "n", "MasterRecord", "Lead"),
	F("LastName", "Last Name", "string", 80, "cu"),
	F("FirstName", "First Name", "string", 40, "cun"),
	P("Salutation", "Salutation", 40, "cun", SALUTATION),
	F("Name", "Full Name", "string", 121, "m"),
	F("Title", "Title", "string", 128, "cun"),
	F("Company", "Company", "string", 255, "cu"),
	F("Street", "Street", "textarea", 255, "cun"),
	F("City", "City", "string", 40, "cun"),
	F("State", "State/Province", "string", 80, "cun"),
	F("PostalCode", "Zip/Postal Code", "string", 20, "cun"),
	F("Country", "Country", "string", 80, "cun"),
	N("Latitude", "Latitude", "double", 18, 15, "cun"),
	N("Longitude", "Longitude", "double", 18, 15, "cun"),
	P("GeocodeAccuracy", "Geocode Accuracy", 40, "cunr", GEOCODE),
	F("Address", "Address", "address", 0, "n"),
	F("Phone", "Phone", "phone", 40, "cun"),
	F("MobilePhone", "Mobile Phone", "phone", 40, "cun"),
	F("Fax", "Fax", "phone", 40, "cun"),
	F("Email", "Email", "email", 80, "cuni"),
	F("Website", "Website", "url", 255, "cun"),
	F("PhotoUrl", "Photo URL", "url", 255, "n"),
	F("Description", "Description", "textarea", 32000, "cun"),
	F("HasOptedOutOfEmail", "Email Opt Out", "boolean", 0, "cud"),
	P("LeadSource", "Lead Source", 255, "cun", SOURCE),
	P("Status", "Status", 255, "cud", LEAD_STATUS),
	P("Industry", "Industry", 255, "cun", INDUSTRY),
	P("Rating", "Rating", 255, "cun", RATING),
	N("AnnualRevenue", "Annual Revenue", "currency", 18, 0, "cun"),
	F("NumberOfEmployees", "Employees", "int", 0, "cun"),
	R("OwnerId", "Owner ID", "cud", "Owner", "Group,User"),
	F("IsConverted", "Converted", "boolean", 0, "cd"),
	F("ConvertedDate", "Converted Date", "date", 0, "n"),
	R("ConvertedAccountId", "Converted Account ID", "n",
	    "ConvertedAccount", "Account"),
	R("ConvertedContactId", "Converted Contact ID", "n",
	    "ConvertedContact", "Contact"),
	R("ConvertedOpportunityId", "Converted Opportunity ID", "n",
	    "ConvertedOpportunity", "Opportunity"),
	F("IsUnreadByOwner", "Unread By Owner", "boolean", 0, "cud"),
	F("LastActivityDate", "Last Activity", "date", 0, "n"),
	F("LastViewedDate", "Last Viewed Date", "datetime", 0, "n"),
	F("LastReferencedDate", "Last Referenced Date", "datetime", 0, "n"),
	F("Jigsaw", "Data.com Key", "string", 20, "cun"),
	F("JigsawContactId", "Jigsaw Contact ID", "string", 20, "n"),
	P("CleanStatus", "Clean Status", 40, "cunr", CLEAN_STATUS),
	F("CompanyDunsNumber", "Company D-U-N-S Number", "string", 9, "cun"),
	R("DandbCompanyId", "D&B Company ID", "cun", "DandbCompany",
	    "DandBCompany"),
	F("EmailBouncedReason", "Email Bounced Reason", "string", 255, "un"),
	F("EmailBouncedDate", "Email Bounced Date", "datetime", 0, "un"),
	R("IndividualId", "Individual ID", "cun", "Individual", "Individual"),
	END
};

const struct sf_std sf_std_opportunity[] = {
	F("Id", "Opportunity ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, "d"),
	R("AccountId", "Account ID", "cunD", "Account", "Account"),
	F("IsPrivate", "Private", "boolean", 0, "cud"),
	F("Name", "Name", "string", 120, "cuim"),
	F("Description", "Description", "textarea", 32000, "cun"),
	P("StageName", "Stage", 255, "cu", STAGE),
	N("Amount", "Amount", "currency", 18, 2, "cun"),
	N("Probability", "Probability (%)", "percent", 3, 0, "cund"),
	N("ExpectedRevenue", "Expected Amount", "currency", 18, 2, "n"),
	N("TotalOpportunityQuantity", "Quantity", "double", 18, 2, "cun"),
	F("CloseDate", "Close Date", "date", 0, "cu"),
	P("Type", "Opportunity Type", 255, "cun", OPPORTUNITY_TYPE),
	F("NextStep", "Next Step", "string", 255, "cun"),
	P("LeadSource", "Lead Source", 255, "cun", SOURCE),
	F("IsClosed", "Closed", "boolean", 0, "d"),
	F("IsWon", "Won", "boolean", 0, "d"),
	P("ForecastCategory", "Forecast Category", 40, "r", FORECAST),
	P("ForecastCategoryName", "Forecast Category", 255, "cundr",
	    FORECAST_NAME),
	R("CampaignId", "Campaign ID", "cun", "Campaign", "Campaign"),
	F("HasOpportunityLineItem", "Has Line Item", "boolean", 0, "d"),
	R("Pricebook2Id", "Price Book ID", "cund", "Pricebook2", "Pricebook2"),
	R("OwnerId", "Owner ID", "cud", "Owner", "User"),
	F("LastActivityDate", "Last Activity", "date", 0, "n"),
	F("LastStageChangeDate", "Last Stage Change Date", "datetime", 0, "n"),
	F("FiscalQuarter", "Fiscal Quarter", "int", 0, "n"),
	F("FiscalYear", "Fiscal Year", "int", 0, "n"),
	F("Fiscal", "Fiscal Period", "string", 6, "n"),
	R("ContactId", "Contact ID", "cn", 0, "Contact"),
	F("LastViewedDate", "Last Viewed Date", "datetime", 0, "n"),
	F("LastReferencedDate", "Last Referenced Date", "datetime", 0, "n"),
	F("HasOpenActivity", "Has Open Activity", "boolean", 0, "d"),
	F("HasOverdueTask", "Has Overdue Task", "boolean", 0, "d"),
	R("LastAmountChangedHistoryId", "Opportunity History ID", "n",
	    "LastAmountChangedHistory", "OpportunityHistory"),
	R("LastCloseDateChangedHistoryId", "Opportunity History ID", "n",
	    "LastCloseDateChangedHistory", "OpportunityHistory"),
	END
};

const struct sf_std sf_std_opportunityhistory[] = {
	F("Id", "Opportunity History ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, "d"),
	R("OpportunityId", "Opportunity ID", "D", "Opportunity",
	    "Opportunity"),
	R("CreatedById", "Created By ID", "d", "CreatedBy", "User"),
	F("CreatedDate", "Created Date", "datetime", 0, "d"),
	F("SystemModstamp", "System Modstamp", "datetime", 0, "d"),
	P("StageName", "Stage Name", 255, "", STAGE),
	N("Amount", "Amount", "currency", 18, 2, "n"),
	N("ExpectedRevenue", "Expected Revenue", "currency", 18, 2, "n"),
	F("CloseDate", "Close Date", "date", 0, "n"),
	N("Probability", "Probability", "percent", 3, 0, "n"),
	P("ForecastCategory", "To ForecastCategory", 40, "nr", FORECAST),
	END
};

const struct sf_std sf_std_stage[] = {
	F("Id", "Opportunity Stage ID", "id", 18, "i"),
	F("ApiName", "API Name", "string", 255, "i"),
	N("DefaultProbability", "Probability (%)", "percent", 3, 0, "n"),
	F("Description", "Description", "string", 255, "n"),
	P("ForecastCategory", "Forecast Category", 40, "r", FORECAST),
	P("ForecastCategoryName", "Forecast Category Name", 255, "r",
	    FORECAST_NAME),
	F("IsActive", "Is Active", "boolean", 0, "d"),
	F("IsClosed", "Closed", "boolean", 0, "d"),
	F("IsWon", "Won", "boolean", 0, "d"),
	F("MasterLabel", "Master Label", "string", 255, "n"),
	F("SortOrder", "Sort Order", "int", 0, "n"),
	END
};

const struct sf_std sf_std_leadstatus[] = {
	F("Id", "Lead Status Value ID", "id", 18, "i"),
	F("ApiName", "API Name", "string", 255, "i"),
	F("IsConverted", "Is Converted", "boolean", 0, "d"),
	F("IsDefault", "Is Default", "boolean", 0, "d"),
	F("MasterLabel", "Master Label", "string", 255, "n"),
	F("SortOrder", "Sort Order", "int", 0, "n"),
	END
};

const struct sf_std sf_std_opportunityline[] = {
	F("Id", "Line Item ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, ""),
	R("OpportunityId", "Opportunity ID", "cD", "Opportunity",
	    "Opportunity"),
	F("SortOrder", "Sort Order", "int", 0, "cun"),
	R("PricebookEntryId", "Price Book Entry ID", "cnX", "PricebookEntry",
	    "PricebookEntry"),
	R("Product2Id", "Product ID", "cn", "Product2", "Product2"),
	F("ProductCode", "Product Code", "string", 255, "n"),
	F("Name", "Opportunity Product Name", "string", 376, "nm"),
	N("Quantity", "Quantity", "double", 12, 2, "cu"),
	N("TotalPrice", "Total Price", "currency", 18, 2, "cund"),
	N("UnitPrice", "Sales Price", "currency", 18, 2, "cund"),
	N("ListPrice", "List Price", "currency", 18, 2, "n"),
	N("Discount", "Discount", "percent", 5, 2, "cun"),
	F("ServiceDate", "Date", "date", 0, "cun"),
	F("Description", "Line Description", "string", 255, "cun"),
	F("LastReferencedDate", "Last Referenced Date", "datetime", 0, "n"),
	F("LastViewedDate", "Last Viewed Date", "datetime", 0, "n"),
	END
};

const struct sf_std sf_std_contactrole[] = {
	F("Id", "Contact Role ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, "d"),
	R("OpportunityId", "Opportunity ID", "cD", "Opportunity",
	    "Opportunity"),
	R("ContactId", "Contact ID", "cuD", "Contact", "Contact"),
	P("Role", "Role", 40, "cun", ROLE),
	F("IsPrimary", "Primary", "boolean", 0, "cud"),
	END
};

const struct sf_std sf_std_campaign[] = {
	F("Id", "Campaign ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, "d"),
	F("Name", "Name", "string", 80, "cuim"),
	R("ParentId", "Parent Campaign ID", "cun", "Parent", "Campaign"),
	P("Type", "Type", 255, "cund", CAMPAIGN_TYPE),
	P("Status", "Status", 255, "cund", CAMPAIGN_STATUS),
	F("StartDate", "Start Date", "date", 0, "cun"),
	F("EndDate", "End Date", "date", 0, "cun"),
	N("ExpectedRevenue", "Expected Revenue in Campaign", "currency", 18, 0,
	    "cun"),
	N("BudgetedCost", "Budgeted Cost in Campaign", "currency", 18, 0,
	    "cun"),
	N("ActualCost", "Actual Cost in Campaign", "currency", 18, 0, "cun"),
	N("ExpectedResponse", "Expected Response (%)", "percent", 10, 2,
	    "cun"),
	N("NumberSent", "Num Sent in Campaign", "double", 18, 0, "cun"),
	F("IsActive", "Active", "boolean", 0, "cud"),
	F("Description", "Description", "textarea", 32000, "cun"),
	F("NumberOfLeads", "Leads in Campaign", "int", 0, ""),
	F("NumberOfConvertedLeads", "Converted Leads in Campaign", "int", 0,
	    ""),
	F("NumberOfContacts", "Contacts in Campaign", "int", 0, ""),
	F("NumberOfResponses", "Responses in Campaign", "int", 0, ""),
	F("NumberOfOpportunities", "Opportunities in Campaign", "int", 0, ""),
	F("NumberOfWonOpportunities", "Won Opportunities in Campaign", "int",
	    0, ""),
	N("AmountAllOpportunities", "Value Opportunities in Campaign",
	    "currency", 18, 0, ""),
	N("AmountWonOpportunities", "Value Won Opportunities in Campaign",
	    "currency", 18, 0, ""),
	R("OwnerId", "Owner ID", "cud", "Owner", "User"),
	F("LastActivityDate", "Last Activity", "date", 0, "n"),
	F("LastViewedDate", "Last Viewed Date", "datetime", 0, "n"),
	F("LastReferencedDate", "Last Referenced Date", "datetime", 0, "n"),
	R("CampaignMemberRecordTypeId", "Record Type ID", "cun",
	    "CampaignMemberRecordType", "RecordType"),
	END
};

const struct sf_std sf_std_member[] = {
	F("Id", "Campaign Member ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, "d"),
	R("CampaignId", "Campaign ID", "cD", "Campaign", "Campaign"),
	R("LeadId", "Lead ID", "cnD", "Lead", "Lead"),
	R("ContactId", "Contact ID", "cnD", "Contact", "Contact"),
	P("Status", "Status", 40, "cun", 0),
	F("HasResponded", "Responded", "boolean", 0, "d"),
	F("FirstRespondedDate", "First Responded Date", "date", 0, "n"),
	P("Salutation", "Salutation", 255, "n", SALUTATION),
	F("Name", "Name", "string", 255, "nm"),
	F("FirstName", "First Name", "string", 40, "n"),
	F("LastName", "Last Name", "string", 80, "n"),
	F("Title", "Title", "string", 128, "n"),
	F("Street", "Street", "string", 255, "n"),
	F("City", "City", "string", 40, "n"),
	F("State", "State/Province", "string", 80, "n"),
	F("PostalCode", "Zip/Postal Code", "string", 20, "n"),
	F("Country", "Country", "string", 80, "n"),
	F("Email", "Email", "email", 80, "n"),
	F("Phone", "Phone", "phone", 40, "n"),
	F("Fax", "Fax", "phone", 40, "n"),
	F("MobilePhone", "Mobile", "phone", 40, "n"),
	F("Description", "Description", "textarea", 32000, "n"),
	F("DoNotCall", "Do Not Call", "boolean", 0, "d"),
	F("HasOptedOutOfEmail", "Email Opt Out", "boolean", 0, "d"),
	F("HasOptedOutOfFax", "Fax Opt Out", "boolean", 0, "d"),
	P("LeadSource", "Lead Source", 255, "n", SOURCE),
	F("CompanyOrAccount", "Company (Account)", "string", 255, "n"),
	F("Type", "Type", "string", 40, "n"),
	R("LeadOrContactId", "Related Record ID", "n", "LeadOrContact",
	    "Contact,Lead"),
	R("LeadOrContactOwnerId", "Related Record Owner ID", "n",
	    "LeadOrContactOwner", "Group,User"),
	END
};

const struct sf_std sf_std_memberstatus[] = {
	F("Id", "Campaign Member Status ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, "d"),
	R("CampaignId", "Campaign ID", "cD", "Campaign", "Campaign"),
	F("Label", "Member Status", "string", 765, "cum"),
	F("SortOrder", "Sort Order", "int", 0, "cun"),
	F("IsDefault", "Is Default", "boolean", 0, "cud"),
	F("HasResponded", "Responded", "boolean", 0, "cud"),
	END
};
