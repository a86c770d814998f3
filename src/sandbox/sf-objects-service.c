/*
 * sf-objects-service - notes, tasks, cases, queues, currencies, and what
 * Account has for a person
 *
 * Case and the fields of persons are as the describe of a real org has them;
 * the others follow the Field Reference and the Object Reference (v67.0).
 * Lookups to many objects name those that are here.
 */

#include "sf-std.h"

#define PARENTS \
	"Account,Contact,Lead,Opportunity,Order,Product2"
#define LINKED \
	"Account,Campaign,Case,Contact,Lead,Opportunity,Order,OrderItem," \
	"Organization,Product2,Task,User"

const struct sf_std sf_std_note[] = {
	F("Id", "Note ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, "d"),
	R("ParentId", "Parent ID", "cD", "Parent", PARENTS),
	F("Title", "Title", "string", 80, "cuim"),
	F("IsPrivate", "Private", "boolean", 0, "cud"),
	F("Body", "Body", "textarea", 32000, "cun"),
	R("OwnerId", "Owner ID", "cud", "Owner", "User"),
	END
};

const struct sf_std sf_std_contentnote[] = {
	F("Id", "Note Id", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, ""),
	F("Title", "Title", "string", 255, "cuim"),
	F("FileType", "File Type", "string", 20, "n"),
	F("FileExtension", "File Extension", "string", 20, "n"),
	F("TextPreview", "Text Preview", "string", 255, "n"),
	F("Content", "Content", "base64", 0, "cun"),
	F("ContentSize", "Content Size", "int", 0, "n"),
	F("ContentModifiedDate", "Content Modified Date", "datetime", 0, "n"),
	R("LatestContentId", "Content Body ID", "n", "LatestContent",
	    "ContentBody"),
	R("LatestPublishedVersionId", "ContentVersion ID", "n",
	    "LatestPublishedVersion", "ContentVersion"),
	R("OwnerId", "Owner ID", "d", "Owner", "User"),
	F("IsReadOnly", "Is Read Only", "boolean", 0, "d"),
	P("SharingPrivacy", "Note Privacy on Records", 40, "cdr", "*N;P"),
	F("LastViewedDate", "Last Viewed Date", "datetime", 0, "n"),
	F("CreatedDate", "Created", "datetime", 0, "d"),
	R("CreatedById", "Created By ID", "d", "CreatedBy", "User"),
	F("LastModifiedDate", "Last Modified", "datetime", 0, "d"),
	R("LastModifiedById", "Last Modified By ID", "d", "LastModifiedBy",
	    "User"),
	END
};

const struct sf_std sf_std_documentlink[] = {
	F("Id", "ContentDocumentLink ID", "id", 18, "i"),
	F("IsDeleted", "Is Deleted", "boolean", 0, ""),
	R("LinkedEntityId", "Linked Entity ID", "cD", "LinkedEntity", LINKED),
	R("ContentDocumentId", "Content Document ID", "cD", "ContentDocument",
	    "ContentDocument"),
	F("SystemModstamp", "Last Modified Date", "datetime", 0, ""),
	P("ShareType", "Share Type", 40, "cunr", "V;C;I"),
	P("Visibility", "Visibility", 40, "cunr",
	    "AllUsers;InternalUsers;SharedUsers"),
	END
};

const struct sf_std sf_std_closedstatus[] = {
	F("Id", "Status Value ID", "id", 18, "i"),
	F("ApiName", "API Name", "string", 255, "i"),
	F("IsClosed", "Is Closed", "boolean", 0, "d"),
	F("IsDefault", "Is Default", "boolean", 0, "d"),
	F("MasterLabel", "Master Label", "string", 255, "n"),
	F("SortOrder", "Sort Order", "int", 0, "n"),
	END
};

const struct sf_std sf_std_task[] = {
	F("Id", "Activity ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, "d"),
	R("WhoId", "Name ID", "cunD", "Who", "Contact,Lead"),
	R("WhatId", "Related To ID", "cunD", "What",
	    "Account,Campaign,Case,Opportunity,Order,Product2"),
	P("Subject", "Subject", 255, "cun",
	    "Call;Email;Send Letter;Send Quote;Other"),
	F("ActivityDate", "Due Date Only", "date", 0, "cun"),
	P("Status", "Status", 255, "cud", "*Not Started;In Progress;"
	    "Completed;Waiting on someone else;Deferred"),
	P("Priority", "Priority", 20, "cud", "High;*Normal;Low"),
	F("IsHighPriority", "High Priority", "boolean", 0, "d"),
	R("OwnerId", "Assigned To ID", "cud", "Owner", "Group,User"),
	F("Description", "Description", "textarea", 32000, "cun"),
	R("AccountId", "Account ID", "n", "Account", "Account"),
	F("IsClosed", "Closed", "boolean", 0, "d"),
	F("IsArchived", "Archived", "boolean", 0, "d"),
	F("CallDurationInSeconds", "Call Duration", "int", 0, "cun"),
	P("CallType", "Call Type", 40, "cunr", "Internal;Inbound;Outbound"),
	F("CallDisposition", "Call Result", "string", 255, "cun"),
	F("CallObject", "Call Object Identifier", "string", 255, "cun"),
	F("ReminderDateTime", "Reminder Date/Time", "datetime", 0, "cun"),
	F("IsReminderSet", "Reminder Set", "boolean", 0, "cud"),
	F("CompletedDateTime", "Completed Date/Time", "datetime", 0, "n"),
	P("TaskSubtype", "Task Subtype", 40, "cnr",
	    "*Task;Email;ListEmail;Cadence;Call;LinkedIn"),
	END
};

const struct sf_std sf_std_case[] = {
	F("Id", "Case ID", "id", 18, "i"),
	F("IsDeleted", "Deleted", "boolean", 0, "d"),
	R("MasterRecordId", "Master Record ID", "n", "MasterRecord", "Case"),
	F("CaseNumber", "Case Number", "string", 30, "diam"),
	R("ContactId", "Contact ID", "cunX", "Contact", "Contact"),
	R("AccountId", "Account ID", "cunX", "Account", "Account"),
	R("AssetId", "Asset ID", "cun", "Asset", "Asset"),
	R("ParentId", "Parent Case ID", "cun", "Parent", "Case"),
	F("SuppliedName", "Name", "string", 80, "cun"),
	F("SuppliedEmail", "Email Address", "email", 80, "cun"),
	F("SuppliedPhone", "Phone", "string", 40, "cun"),
	F("SuppliedCompany", "Company", "string", 80, "cun"),
	P("Type", "Case Type", 40, "cun",
	    "Mechanical;Electrical;Electronic;Structural;Other"),
	P("Status", "Status", 40, "cund", "*New;Working;Escalated;Closed"),
	P("Reason", "Case Reason", 40, "cun",
	    "Installation;Equipment Complexity;Performance;Breakdown;"
	    "Equipment Design;Feedback;Other"),
	P("Origin", "Case Origin", 40, "cun", "Phone;Email;Web"),
	F("Subject", "Subject", "string", 255, "cun"),
	P("Priority", "Priority", 40, "cund", "High;*Medium;Low"),
	F("Description", "Description", "textarea", 32000, "cun"),
	F("IsClosed", "Closed", "boolean", 0, "d"),
	F("ClosedDate", "Closed Date", "datetime", 0, "n"),
	F("IsEscalated", "Escalated", "boolean", 0, "cud"),
	R("OwnerId", "Owner ID", "cud", "Owner", "Group,User"),
	F("ContactPhone", "Contact Phone", "phone", 40, "n"),
	F("ContactMobile", "Contact Mobile", "phone", 40, "n"),
	F("ContactEmail", "Contact Email", "email", 80, "n"),
	F("ContactFax", "Contact Fax", "phone", 40, "n"),
	F("Comments", "Internal Comments", "textarea", 4000, "cun"),
	F("LastViewedDate", "Last Viewed Date", "datetime", 0, "n"),
	F("LastReferencedDate", "Last Referenced Date", "datetime", 0, "n"),
	END
};

const struct sf_std sf_std_group[] = {
	F("Id", "Group ID", "id", 18, "i"),
	F("Name", "Name", "string", 40, "cuim"),
	F("DeveloperName", "Developer Name", "string", 80, "cun"),
	R("RelatedId", "Related ID", "n", "Related", "User,UserRole"),
	P("Type", "Type", 40, "cr", "Regular;Role;RoleAndSubordinates;"
	    "Organization;Queue"),
	F("Email", "Email", "email", 255, "cun"),
	R("QueueRoutingConfigId", "Routing Configuration ID", "cun",
	    "QueueRoutingConfig", "QueueRoutingConfig"),
	F("DoesSendEmailToMembers", "Send Email to Members", "boolean", 0,
	    "cud"),
	F("DoesIncludeBosses", "Include Bosses", "boolean", 0, "cud"),
	F("Description", "Description", "textarea", 1332, "cun"),
	END
};

const struct sf_std sf_std_queue[] = {
	F("Id", "Queue sObject ID", "id", 18, "i"),
	R("QueueId", "Group ID", "cD", "Queue", "Group"),
	P("SobjectType", "sObject Type", 40, "c", 0),
	END
};

const struct sf_std sf_std_currency[] = {
	F("Id", "Currency Type ID", "id", 18, "i"),
	P("IsoCode", "Currency ISO Code", 40, "r", 0),
	N("ConversionRate", "Conversion Rate", "double", 18, 6, ""),
	F("DecimalPlaces", "Decimal Places", "int", 0, ""),
	F("IsActive", "Active", "boolean", 0, "d"),
	F("IsCorporate", "Corporate Currency", "boolean", 0, "d"),
	END
};

const struct sf_std sf_std_person[] = {
	F("LastName", "Last Name", "string", 80, "cunm"),
	F("FirstName", "First Name", "string", 40, "cunm"),
	P("Salutation", "Salutation", 40, "cun", SALUTATION),
	R("PersonContactId", "Contact ID", "n", "PersonContact", "Contact"),
	F("IsPersonAccount", "Is Person Account", "boolean", 0, "d"),
	F("PersonMailingStreet", "Mailing Street", "textarea", 255, "cun"),
	F("PersonMailingCity", "Mailing City", "string", 40, "cun"),
	F("PersonMailingState", "Mailing State/Province", "string", 80, "cun"),
	F("PersonMailingPostalCode", "Mailing Zip/Postal Code", "string", 20,
	    "cun"),
	F("PersonMailingCountry", "Mailing Country", "string", 80, "cun"),
	N("PersonMailingLatitude", "Mailing Latitude", "double", 18, 15,
	    "cun"),
	N("PersonMailingLongitude", "Mailing Longitude", "double", 18, 15,
	    "cun"),
	P("PersonMailingGeocodeAccuracy", "Mailing Geocode Accuracy", 40,
	    "cunr", GEOCODE),
	F("PersonMailingAddress", "Mailing Address", "address", 0, "n"),
	F("PersonOtherStreet", "Other Street", "textarea", 255, "cun"),
	F("PersonOtherCity", "Other City", "string", 40, "cun"),
	F("PersonOtherState", "Other State/Province", "string", 80, "cun"),
	F("PersonOtherPostalCode", "Other Zip/Postal Code", "string", 20,
	    "cun"),
	F("PersonOtherCountry", "Other Country", "string", 80, "cun"),
	N("PersonOtherLatitude", "Other Latitude", "double", 18, 15, "cun"),
	N("PersonOtherLongitude", "Other Longitude", "double", 18, 15, "cun"),
	P("PersonOtherGeocodeAccuracy", "Other Geocode Accuracy", 40, "cunr",
	    GEOCODE),
	F("PersonOtherAddress", "Other Address", "address", 0, "n"),
	F("PersonMobilePhone", "Mobile", "phone", 40, "cun"),
	F("PersonHomePhone", "Home Phone", "phone", 40, "cun"),
	F("PersonOtherPhone", "Other Phone", "phone", 40, "cun"),
	F("PersonAssistantPhone", "Asst. Phone", "phone", 40, "cun"),
	F("PersonEmail", "Email", "email", 80, "cun"),
	F("PersonTitle", "Title", "string", 80, "cun"),
	F("PersonDepartment", "Department", "string", 80, "cun"),
	F("PersonAssistantName", "Assistant", "string", 40, "cun"),
	P("PersonLeadSource", "Lead Source", 255, "cun", SOURCE),
	F("PersonBirthdate", "Birthdate", "date", 0, "cun"),
	F("PersonHasOptedOutOfEmail", "Email Opt Out", "boolean", 0, "cud"),
	F("PersonLastCURequestDate", "Last Stay-in-Touch Request Date",
	    "datetime", 0, "n"),
	F("PersonLastCUUpdateDate", "Last Stay-in-Touch Save Date", "datetime",
	    0, "n"),
	F("PersonEmailBouncedReason", "Email Bounced Reason", "string", 255,
	    "cun"),
	F("PersonEmailBouncedDate", "Email Bounced Date", "datetime", 0,
	    "cun"),
	END
};
