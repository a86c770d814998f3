/*
 * sf-objects - the standard objects as a plain org with Orders has them
 *
 * Names, types, lengths and properties are facts of Salesforce's Object
 * Reference and Field Reference (v67.0) and, for Account and Contact, of the
 * describe answers of a real org.  Left out is what needs a licence or a
 * switch: person accounts, currencies, state and country lists, Order
 * Management, Revenue Cloud.
 *
 *	F	a plain field		flags: see enum sf_flag
 *	N	a number		precision, scale
 *	P	a picklist		its values (none: any value goes)
 *	R	a lookup		relationship name, targets
 */

#include "sf-schema.h"

#define F(name, label, type, length, flags) \
	{name, label, type, length, 0, 0, flags, 0, 0, 0}
#define N(name, label, type, precision, scale, flags) \
	{name, label, type, 0, precision, scale, flags, 0, 0, 0}
#define P(name, label, length, flags, values) \
	{name, label, "picklist", length, 0, 0, flags, 0, 0, values}
#define R(name, label, flags, relation, targets) \
	{name, label, "reference", 18, 0, 0, flags, relation, targets, 0}
#define END {0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

#define ACCOUNT_TYPE \
	"Prospect;Customer - Direct;Customer - Channel;" \
	"Channel Partner / Reseller;Installation Partner;" \
	"Technology Partner;Other"
#define GEOCODE \
	"Address;NearAddress;Block;Street;ExtendedZip;Zip;" \
	"Neighborhood;City;County;State;Unknown"
#define INDUSTRY \
	"Agriculture;Apparel;Banking;Biotechnology;Chemicals;" \
	"Communications;Construction;Consulting;Education;" \
	"Electronics;Energy;Engineering;Entertainment;Environmental;" \
	"Finance;Food & Beverage;Government;Healthcare;Hospitality;" \
	"Insurance;Machinery;Manufacturing;Media;Not For Profit;" \
	"Recreation;Retail;Shipping;Technology;Telecommunications;" \
	"Transportation;Utilities;Other"
#define OWNERSHIP \
	"Public;Private;Subsidiary;Other"
#define RATING \
	"Hot;Warm;Cold"
#define SOURCE \
	"Web;Phone Inquiry;Partner Referral;Purchased List;Other"
#define SALUTATION \
	"Mr.;Ms.;Mrs.;Dr.;Prof."
#define ORDER_STATUS \
	"Draft;On Hold;Activated;Processing;Completed;Cancelled"

const struct sf_std sf_std_system[] = {
	F("CreatedDate", "Created Date", "datetime", 0, "d"),
	R("CreatedById", "Created By ID", "d", "CreatedBy", "User"),
	F("LastModifiedDate", "Last Modified Date", "datetime", 0, "d"),
	R("LastModifiedById", "Last Modified By ID", "d",
	    "LastModifiedBy", "User"),
	F("SystemModstamp", "System Modstamp", "datetime", 0, "d"),
	END
};

static const struct sf_std account_fields[] = {
	F("Id", "Account ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, ""),
	R("MasterRecordId", "Master Record ID", "n", "MasterRecord", "Account"),
	F("Name", "Account Name", "string", 255, "cum"),
	P("Type", "Account Type", 40, "cun", ACCOUNT_TYPE),
	R("RecordTypeId", "Record Type ID", "cun", "RecordType", "RecordType"),
	R("ParentId", "Parent Account ID", "cun", "Parent", "Account"),
	F("BillingStreet", "Billing Street", "textarea", 255, "cun"),
	F("BillingCity", "Billing City", "string", 40, "cun"),
	F("BillingState", "Billing State/Province", "string", 80, "cun"),
	F("BillingPostalCode", "Billing Zip/Postal Code", "string", 20, "cun"),
	F("BillingCountry", "Billing Country", "string", 80, "cun"),
	N("BillingLatitude", "Billing Latitude", "double", 18, 15, "cun"),
	N("BillingLongitude", "Billing Longitude", "double", 18, 15, "cun"),
	P("BillingGeocodeAccuracy", "Billing Geocode Accuracy", 40, "cunr",
	    GEOCODE),
	F("BillingAddress", "Billing Address", "address", 0, "n"),
	F("ShippingStreet", "Shipping Street", "textarea", 255, "cun"),
	F("ShippingCity", "Shipping City", "string", 40, "cun"),
	F("ShippingState", "Shipping State/Province", "string", 80, "cun"),
	F("ShippingPostalCode", "Shipping Zip/Postal Code", "string", 20,
	    "cun"),
	F("ShippingCountry", "Shipping Country", "string", 80, "cun"),
	N("ShippingLatitude", "Shipping Latitude", "double", 18, 15, "cun"),
	N("ShippingLongitude", "Shipping Longitude", "double", 18, 15, "cun"),
	P("ShippingGeocodeAccuracy", "Shipping Geocode Accuracy", 40, "cunr",
	    GEOCODE),
	F("ShippingAddress", "Shipping Address", "address", 0, "n"),
	F("Phone", "Account Phone", "phone", 40, "cun"),
	F("Fax", "Account Fax", "phone", 40, "cun"),
	F("AccountNumber", "Account Number", "string", 40, "cun"),
	F("Website", "Website", "url", 255, "cun"),
	F("PhotoUrl", "Photo URL", "url", 255, "n"),
	F("Sic", "SIC Code", "string", 20, "cun"),
	P("Industry", "Industry", 40, "cun", INDUSTRY),
	N("AnnualRevenue", "Annual Revenue", "currency", 18, 0, "cun"),
	F("NumberOfEmployees", "Employees", "int", 0, "cun"),
	P("Ownership", "Ownership", 40, "cun", OWNERSHIP),
	F("TickerSymbol", "Ticker Symbol", "string", 20, "cun"),
	F("Description", "Account Description", "textarea", 32000, "cun"),
	P("Rating", "Account Rating", 40, "cun", RATING),
	F("Site", "Account Site", "string", 80, "cun"),
	R("OwnerId", "Owner ID", "cud", "Owner", "User"),
	F("LastActivityDate", "Last Activity", "date", 0, "n"),
	F("LastViewedDate", "Last Viewed Date", "datetime", 0, "n"),
	F("LastReferencedDate", "Last Referenced Date", "datetime", 0, "n"),
	P("AccountSource", "Account Source", 40, "cun", SOURCE),
	F("SicDesc", "SIC Description", "string", 80, "cun"),
	END
};

static const struct sf_std contact_fields[] = {
	F("Id", "Contact ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, ""),
	R("MasterRecordId", "Master Record ID", "n", "MasterRecord", "Contact"),
	R("AccountId", "Account ID", "cunD", "Account", "Account"),
	F("LastName", "Last Name", "string", 80, "cu"),
	F("FirstName", "First Name", "string", 40, "cun"),
	P("Salutation", "Salutation", 40, "cun", SALUTATION),
	F("Name", "Full Name", "string", 121, "m"),
	F("OtherStreet", "Other Street", "textarea", 255, "cun"),
	F("OtherCity", "Other City", "string", 40, "cun"),
	F("OtherState", "Other State/Province", "string", 80, "cun"),
	F("OtherPostalCode", "Other Zip/Postal Code", "string", 20, "cun"),
	F("OtherCountry", "Other Country", "string", 80, "cun"),
	N("OtherLatitude", "Other Latitude", "double", 18, 15, "cun"),
	N("OtherLongitude", "Other Longitude", "double", 18, 15, "cun"),
	P("OtherGeocodeAccuracy", "Other Geocode Accuracy", 40, "cunr",
	    GEOCODE),
	F("OtherAddress", "Other Address", "address", 0, "n"),
	F("MailingStreet", "Mailing Street", "textarea", 255, "cun"),
	F("MailingCity", "Mailing City", "string", 40, "cun"),
	F("MailingState", "Mailing State/Province", "string", 80, "cun"),
	F("MailingPostalCode", "Mailing Zip/Postal Code", "string", 20, "cun"),
	F("MailingCountry", "Mailing Country", "string", 80, "cun"),
	N("MailingLatitude", "Mailing Latitude", "double", 18, 15, "cun"),
	N("MailingLongitude", "Mailing Longitude", "double", 18, 15, "cun"),
	P("MailingGeocodeAccuracy", "Mailing Geocode Accuracy", 40, "cunr",
	    GEOCODE),
	F("MailingAddress", "Mailing Address", "address", 0, "n"),
	F("Phone", "Business Phone", "phone", 40, "cun"),
	F("Fax", "Business Fax", "phone", 40, "cun"),
	F("MobilePhone", "Mobile Phone", "phone", 40, "cun"),
	F("HomePhone", "Home Phone", "phone", 40, "cun"),
	F("OtherPhone", "Other Phone", "phone", 40, "cun"),
	F("AssistantPhone", "Asst. Phone", "phone", 40, "cun"),
	R("ReportsToId", "Reports To ID", "cun", "ReportsTo", "Contact"),
	F("Email", "Email", "email", 80, "cuni"),
	F("Title", "Title", "string", 128, "cun"),
	F("Department", "Department", "string", 80, "cun"),
	F("AssistantName", "Assistant's Name", "string", 40, "cun"),
	P("LeadSource", "Lead Source", 255, "cun", SOURCE),
	F("Birthdate", "Birthdate", "date", 0, "cun"),
	F("Description", "Contact Description", "textarea", 32000, "cun"),
	R("OwnerId", "Owner ID", "cud", "Owner", "User"),
	F("LastActivityDate", "Last Activity", "date", 0, "n"),
	F("LastCURequestDate", "Last Stay-in-Touch Request Date", "datetime", 0,
	    "n"),
	F("LastCUUpdateDate", "Last Stay-in-Touch Save Date", "datetime", 0,
	    "n"),
	F("LastViewedDate", "Last Viewed Date", "datetime", 0, "n"),
	F("LastReferencedDate", "Last Referenced Date", "datetime", 0, "n"),
	F("EmailBouncedReason", "Email Bounced Reason", "string", 255, "cun"),
	F("EmailBouncedDate", "Email Bounced Date", "datetime", 0, "cun"),
	F("IsEmailBounced", "Is Email Bounced", "boolean", 0, "d"),
	F("PhotoUrl", "Photo URL", "url", 255, "n"),
	END
};

static const struct sf_std product2_fields[] = {
	F("Id", "Product ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, ""),
	F("Description", "Product Description", "textarea", 4000, "cun"),
	F("DisplayUrl", "Display URL", "url", 1000, "cun"),
	R("ExternalDataSourceId", "External Data Source ID", "cun",
	    "ExternalDataSource", "ExternalDataSource"),
	F("ExternalId", "External ID", "string", 255, "cun"),
	P("Family", "Product Family", 255, "cun", 0),
	F("IsActive", "Active", "boolean", 0, "cud"),
	F("IsArchived", "Archived", "boolean", 0, "d"),
	F("IsSerialized", "Serialized", "boolean", 0, "cud"),
	F("LastReferencedDate", "Last Referenced Date", "datetime", 0, "n"),
	F("LastViewedDate", "Last Viewed Date", "datetime", 0, "n"),
	F("Name", "Product Name", "string", 255, "cuim"),
	F("ProductCode", "Product Code", "string", 255, "cun"),
	P("QuantityUnitOfMeasure", "Quantity Unit Of Measure", 255, "cun", 0),
	F("StockKeepingUnit", "Product SKU", "string", 180, "cun"),
	END
};

static const struct sf_std pricebook2_fields[] = {
	F("Id", "Price Book ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, ""),
	F("Description", "Description", "string", 255, "cun"),
	F("IsActive", "Active", "boolean", 0, "cud"),
	F("IsArchived", "Archived", "boolean", 0, "d"),
	F("IsStandard", "Is Standard Price Book", "boolean", 0, "d"),
	F("LastReferencedDate", "Last Referenced Date", "datetime", 0, "n"),
	F("LastViewedDate", "Last Viewed Date", "datetime", 0, "n"),
	F("Name", "Price Book Name", "string", 255, "cuim"),
	END
};

static const struct sf_std pricebookentry_fields[] = {
	F("Id", "Price Book Entry ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, ""),
	F("IsActive", "Active", "boolean", 0, "cud"),
	F("IsArchived", "Archived", "boolean", 0, "d"),
	F("Name", "Product Name", "string", 255, "nm"),
	R("Pricebook2Id", "Price Book ID", "cD", "Pricebook2", "Pricebook2"),
	R("Product2Id", "Product ID", "cD", "Product2", "Product2"),
	F("ProductCode", "Product Code", "string", 255, "n"),
	N("UnitPrice", "List Price", "currency", 18, 2, "cu"),
	F("UseStandardPrice", "Use Standard Price", "boolean", 0, "cud"),
	END
};

static const struct sf_std order_fields[] = {
	F("Id", "Order ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, ""),
	R("AccountId", "Account ID", "cunX", "Account", "Account"),
	R("ActivatedById", "Activated By ID", "n", "ActivatedBy", "User"),
	F("ActivatedDate", "Activated Date", "datetime", 0, "n"),
	R("BillToContactId", "Bill To Contact ID", "cunX", "BillToContact",
	    "Contact"),
	F("BillingAddress", "Billing Address", "address", 0, "n"),
	F("BillingCity", "Billing City", "string", 40, "cun"),
	F("BillingCountry", "Billing Country", "string", 80, "cun"),
	P("BillingGeocodeAccuracy", "Billing Geocode Accuracy", 40, "cunr",
	    GEOCODE),
	N("BillingLatitude", "Billing Latitude", "double", 18, 15, "cun"),
	N("BillingLongitude", "Billing Longitude", "double", 18, 15, "cun"),
	F("BillingPostalCode", "Billing Zip/Postal Code", "string", 20, "cun"),
	F("BillingState", "Billing State/Province", "string", 80, "cun"),
	F("BillingStreet", "Billing Street", "textarea", 255, "cun"),
	R("CompanyAuthorizedById", "Company Authorized By ID", "cun",
	    "CompanyAuthorizedBy", "User"),
	F("CompanyAuthorizedDate", "Company Authorized Date", "date", 0, "cun"),
	R("ContractId", "Contract ID", "cun", "Contract", "Contract"),
	R("CustomerAuthorizedById", "Customer Authorized By ID", "cunX",
	    "CustomerAuthorizedBy", "Contact"),
	F("CustomerAuthorizedDate", "Customer Authorized Date", "date", 0,
	    "cun"),
	F("Description", "Description", "textarea", 32000, "cun"),
	F("EffectiveDate", "Order Start Date", "date", 0, "cu"),
	F("EndDate", "Order End Date", "date", 0, "cun"),
	F("IsReductionOrder", "Reduction Order", "boolean", 0, "cd"),
	F("LastReferencedDate", "Last Referenced Date", "datetime", 0, "n"),
	F("LastViewedDate", "Last Viewed Date", "datetime", 0, "n"),
	F("Name", "Order Name", "string", 80, "cun"),
	F("OrderNumber", "Order Number", "string", 30, "diam"),
	F("OrderReferenceNumber", "Order Reference Number", "string", 80,
	    "cun"),
	R("OriginalOrderId", "Order ID", "cn", "OriginalOrder", "Order"),
	R("OwnerId", "Owner ID", "cud", "Owner", "Group,User"),
	F("PoDate", "PO Date", "date", 0, "cun"),
	F("PoNumber", "PO Number", "string", 80, "cun"),
	R("Pricebook2Id", "Price Book ID", "cund", "Pricebook2", "Pricebook2"),
	R("ShipToContactId", "Ship To Contact ID", "cunX", "ShipToContact",
	    "Contact"),
	F("ShippingAddress", "Shipping Address", "address", 0, "n"),
	F("ShippingCity", "Shipping City", "string", 40, "cun"),
	F("ShippingCountry", "Shipping Country", "string", 80, "cun"),
	P("ShippingGeocodeAccuracy", "Shipping Geocode Accuracy", 40, "cunr",
	    GEOCODE),
	N("ShippingLatitude", "Shipping Latitude", "double", 18, 15, "cun"),
	N("ShippingLongitude", "Shipping Longitude", "double", 18, 15, "cun"),
	F("ShippingPostalCode", "Shipping Zip/Postal Code", "string", 20,
	    "cun"),
	F("ShippingState", "Shipping State/Province", "string", 80, "cun"),
	F("ShippingStreet", "Shipping Street", "textarea", 255, "cun"),
	P("Status", "Status", 100, "cur", ORDER_STATUS),
	P("StatusCode", "Status Category", 40, "dr", "Draft;Activated"),
	N("TotalAmount", "Order Amount", "currency", 18, 2, "n"),
	P("Type", "Order Type", 255, "cun", 0),
	END
};

static const struct sf_std orderitem_fields[] = {
	F("Id", "Order Product ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, ""),
	N("AvailableQuantity", "Available Quantity", "double", 18, 2, "n"),
	F("Description", "Line Description", "string", 255, "cun"),
	F("EndDate", "End Date", "date", 0, "cun"),
	N("ListPrice", "List Price", "currency", 18, 2, "cn"),
	R("OrderId", "Order ID", "cD", "Order", "Order"),
	F("OrderItemNumber", "Order Product Number", "string", 30, "diam"),
	R("OriginalOrderItemId", "Original Order Item ID", "cn",
	    "OriginalOrderItem", "OrderItem"),
	R("PricebookEntryId", "Price Book Entry ID", "cnX", "PricebookEntry",
	    "PricebookEntry"),
	R("Product2Id", "Product ID", "cn", "Product2", "Product2"),
	N("Quantity", "Quantity", "double", 18, 2, "cu"),
	F("ServiceDate", "Start Date", "date", 0, "cun"),
	N("TotalPrice", "Total Price", "currency", 18, 2, "n"),
	N("UnitPrice", "Unit Price", "currency", 18, 2, "cun"),
	END
};

static const struct sf_std orderstatus_fields[] = {
	F("Id", "Order Status Value ID", "id", 18, "i"),
	F("ApiName", "API Name", "string", 255, "i"),
	F("IsDefault", "Is Default", "boolean", 0, "d"),
	F("MasterLabel", "Master Label", "string", 255, "n"),
	F("SortOrder", "Sort Order", "int", 0, "n"),
	P("StatusCode", "Status Code", 40, "nr", "Draft;Activated"),
	END
};

static const struct sf_std recordtype_fields[] = {
	F("Id", "Record Type ID", "id", 18, "i"),
	R("BusinessProcessId", "Business Process ID", "cun", "BusinessProcess",
	    "BusinessProcess"),
	F("Description", "Description", "string", 255, "cun"),
	F("DeveloperName", "Record Type Name", "string", 80, "cu"),
	F("IsActive", "Active", "boolean", 0, "ud"),
	F("IsPersonType", "Is Person Type", "boolean", 0, "d"),
	F("Name", "Name", "string", 80, "cuim"),
	F("NamespacePrefix", "Namespace Prefix", "string", 15, "n"),
	P("SobjectType", "SObject Type Name", 40, "cr", 0),
	END
};

static const struct sf_std user_fields[] = {
	F("Id", "User ID", "id", 18, "i"),
	F("AboutMe", "About Me", "textarea", 1000, "cun"),
	F("Address", "Address", "address", 0, "n"),
	F("Alias", "Alias", "string", 8, "cu"),
	F("BadgeText", "User Photo badge text overlay", "string", 80, "n"),
	R("CallCenterId", "Call Center ID", "cun", "CallCenter", "CallCenter"),
	F("City", "City", "string", 40, "cun"),
	F("CommunityNickname", "Nickname", "string", 40, "cu"),
	F("CompanyName", "Company Name", "string", 80, "cun"),
	F("Country", "Country", "string", 80, "cun"),
	R("DelegatedApproverId", "Delegated Approver ID", "cun",
	    "DelegatedApprover", "User"),
	F("Department", "Department", "string", 80, "cun"),
	P("DigestFrequency", "Chatter Email Highlights Frequency", 40, "cudr",
	    0),
	F("Division", "Division", "string", 80, "cun"),
	F("Email", "Email", "email", 128, "cui"),
	P("EmailEncodingKey", "Email Encoding", 40, "cur", 0),
	F("EmployeeNumber", "Employee Number", "string", 20, "cun"),
	F("Extension", "Extension", "phone", 40, "cun"),
	F("Fax", "Fax", "phone", 40, "cun"),
	F("FederationIdentifier", "SAML Federation ID", "string", 512, "cuni"),
	F("FirstName", "First Name", "string", 40, "cun"),
	F("ForecastEnabled", "Allow Forecasting", "boolean", 0, "cud"),
	F("FullPhotoUrl", "Url for full-sized Photo", "url", 1024, "n"),
	P("GeocodeAccuracy", "Geocode Accuracy", 40, "cunr", GEOCODE),
	F("IsActive", "Active", "boolean", 0, "cud"),
	F("IsProfilePhotoActive", "Has Profile Photo", "boolean", 0, "d"),
	P("LanguageLocaleKey", "Language", 40, "cur", 0),
	F("LastLoginDate", "Last Login", "datetime", 0, "n"),
	F("LastName", "Last Name", "string", 80, "cu"),
	F("LastReferencedDate", "Last Referenced Date", "datetime", 0, "n"),
	F("LastViewedDate", "Last Viewed Date", "datetime", 0, "n"),
	N("Latitude", "Latitude", "double", 18, 15, "cun"),
	P("LocaleSidKey", "Locale", 40, "cur", 0),
	N("Longitude", "Longitude", "double", 18, 15, "cun"),
	R("ManagerId", "Manager ID", "cun", "Manager", "User"),
	F("MobilePhone", "Mobile", "phone", 40, "cun"),
	F("Name", "Full Name", "string", 121, "m"),
	F("NumberOfFailedLogins", "Failed Login Attempts", "int", 0, "n"),
	F("Phone", "Phone", "phone", 40, "cun"),
	F("PostalCode", "Zip/Postal Code", "string", 20, "cun"),
	R("ProfileId", "Profile ID", "cu", "Profile", "Profile"),
	F("ReceivesAdminInfoEmails", "Admin Info Emails", "boolean", 0, "cud"),
	F("ReceivesInfoEmails", "Info Emails", "boolean", 0, "cud"),
	F("SenderEmail", "Email Sender Address", "email", 80, "cun"),
	F("SenderName", "Email Sender Name", "string", 80, "cun"),
	F("Signature", "Email Signature", "textarea", 1333, "cun"),
	F("SmallPhotoUrl", "Photo", "url", 1024, "n"),
	F("State", "State/Province", "string", 80, "cun"),
	F("Street", "Street", "textarea", 255, "cun"),
	P("TimeZoneSidKey", "Time Zone", 40, "cur", 0),
	F("Title", "Title", "string", 80, "cun"),
	R("UserRoleId", "Role ID", "cun", "UserRole", "UserRole"),
	P("UserType", "User Type", 40, "nr", 0),
	F("Username", "Username", "string", 80, "cui"),
	END
};

static const struct sf_std organization_fields[] = {
	F("Id", "Organization ID", "id", 18, "i"),
	F("Address", "Address", "address", 0, "n"),
	F("City", "City", "string", 40, "un"),
	F("Country", "Country", "string", 80, "n"),
	P("DefaultLocaleSidKey", "Locale", 40, "ur", 0),
	F("Division", "Division", "string", 80, "un"),
	F("Fax", "Fax", "phone", 40, "un"),
	F("FiscalYearStartMonth", "Fiscal Year Starts In", "int", 0, "n"),
	P("GeocodeAccuracy", "Geocode Accuracy", 40, "n", GEOCODE),
	F("InstanceName", "Instance Name", "string", 40, "n"),
	F("IsReadOnly", "Is Read Only", "boolean", 0, "n"),
	F("IsSandbox", "Is Sandbox", "boolean", 0, "d"),
	P("LanguageLocaleKey", "Language", 40, "ur", 0),
	N("Latitude", "Latitude", "double", 18, 15, "un"),
	N("Longitude", "Longitude", "double", 18, 15, "un"),
	F("Name", "Name", "string", 80, "uim"),
	F("NamespacePrefix", "Namespace Prefix", "string", 15, "ni"),
	P("OrganizationType", "Edition", 40, "nr", 0),
	F("Phone", "Phone", "phone", 40, "un"),
	F("PostalCode", "Zip/Postal Code", "string", 20, "un"),
	F("PrimaryContact", "Primary Contact", "string", 80, "un"),
	F("ReceivesAdminInfoEmails", "Info Emails Admin", "boolean", 0, "ud"),
	F("ReceivesInfoEmails", "Info Emails", "boolean", 0, "ud"),
	F("SignupCountryIsoCode", "Signup Country", "string", 2, "n"),
	F("State", "State/Province", "string", 80, "un"),
	F("Street", "Street", "textarea", 255, "un"),
	P("TimeZoneSidKey", "Time Zone", 40, "ur", 0),
	F("TrialExpirationDate", "Trial Expiration Date", "datetime", 0, "n"),
	F("UsesStartDateAsFiscalYearName", "Fiscal Year Name by Start",
	    "boolean", 0, "d"),
	END
};

/* Who may see and edit which field; Tooling's list of custom fields. */
static const struct sf_std profile_fields[] = {
	F("Id", "Profile ID", "id", 18, "i"),
	F("Name", "Name", "string", 255, "m"),
	END
};

static const struct sf_std permissionset_fields[] = {
	F("Id", "PermissionSet ID", "id", 18, "i"),
	F("Name", "Permission Set Name", "string", 80, "cum"),
	F("Label", "Permission Set Label", "string", 80, "cu"),
	R("ProfileId", "Profile ID", "n", "Profile", "Profile"),
	F("IsOwnedByProfile", "Owned By Profile", "boolean", 0, "d"),
	END
};

static const struct sf_std fieldpermissions_fields[] = {
	F("Id", "Field Permissions ID", "id", 18, "i"),
	R("ParentId", "Parent ID", "cD", "Parent", "PermissionSet"),
	F("SobjectType", "Sobject Type Name", "string", 255, "c"),
	F("Field", "Field Name", "string", 255, "c"),
	F("PermissionsEdit", "Edit Field", "boolean", 0, "cud"),
	F("PermissionsRead", "Read Field", "boolean", 0, "cud"),
	END
};

static const struct sf_std customfield_fields[] = {
	F("Id", "Custom Field ID", "id", 18, "i"),
	F("TableEnumOrId", "Entity Enumeration Or ID", "string", 255, ""),
	F("DeveloperName", "Developer Name", "string", 80, ""),
	F("NamespacePrefix", "Namespace Prefix", "string", 15, "n"),
	END
};

const struct sf_std_object sf_std_objects[] = {
	{"Account", "Account", "Accounts", "001", "cudb", account_fields},
	{"Contact", "Contact", "Contacts", "003", "cudb", contact_fields},
	{"Product2", "Product", "Products", "01t", "cudb", product2_fields},
	{"Pricebook2", "Price Book", "Price Books", "01s", "cudb",
	    pricebook2_fields},
	{"PricebookEntry", "Price Book Entry", "Price Book Entries", "01u",
	    "cudb", pricebookentry_fields},
	{"Order", "Order", "Orders", "801", "cudb", order_fields},
	{"OrderItem", "Order Product", "Order Products", "802", "cudb",
	    orderitem_fields},
	{"OrderStatus", "Order Status Value", "Order Status Value", "0or",
	    "", orderstatus_fields},
	{"RecordType", "Record Type", "Record Types", "012", "b",
	    recordtype_fields},
	{"User", "User", "Users", "005", "b", user_fields},
	{"Organization", "Organization", "Organizations", "00D", "b",
	    organization_fields},
	{"Profile", "Profile", "Profiles", "00e", "s", profile_fields},
	{"PermissionSet", "Permission Set", "Permission Sets", "0PS", "s",
	    permissionset_fields},
	{"FieldPermissions", "Field Permissions", "Field Permissions", "01k",
	    "s", fieldpermissions_fields},
	{"CustomField", "Custom Field", "Custom Fields", "00N", "st",
	    customfield_fields},
	{0, 0, 0, 0, 0, 0}
};
