/*
 * definition.h
 *		Powers of attorney in their legal form, as they are stored.
 */
#ifndef GAUTH_STORE_DEFINITION_H
#define GAUTH_STORE_DEFINITION_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "base/span.h"

/* columns, in the order of the install script */
enum
{
	DEFINITION_ID = 1,
	DEFINITION_VERSION,
	DEFINITION_DOCUMENT,
	DEFINITION_POWER,
	DEFINITION_PRINCIPAL,
	DEFINITION_AGENT,
	DEFINITION_ISSUER,
	DEFINITION_STATUS
};
enum
{
	DEFINITION_EVENT_DEFINITION = 1,
	DEFINITION_EVENT_EVENT,
	DEFINITION_EVENT_RAISED
};
enum
{
	OBLIGATION_ID = 1,
	OBLIGATION_DEFINITION,
	OBLIGATION_KIND,
	OBLIGATION_DESCRIPTION,
	OBLIGATION_DUE_AT,
	OBLIGATION_BLOCKING,
	OBLIGATION_IMPOSED_BY,
	OBLIGATION_IMPOSED_AT,
	OBLIGATION_FULFILLED_BY,
	OBLIGATION_FULFILLED_AT
};
enum
{
	MANDATE_DEFINITION_MANDATE = 1,
	MANDATE_DEFINITION_DEFINITION
};

/* texts are copies in the memory context of the call */
typedef struct GauthDefinitionRow
{
	GauthSpan	id;
	int64		version;
	GauthSpan	document;		/* JSON */
	GauthSpan	principal;
	GauthSpan	agent;
	GauthSpan	issuer;
	GauthSpan	power;
	GauthSpan	status;
} GauthDefinitionRow;

extern bool gauth_definition_find(GauthSpan id, GauthDefinitionRow *row);
extern bool gauth_definition_of(GauthSpan mandate, GauthSpan *definition);
extern bool gauth_definition_event(GauthSpan definition, GauthSpan event);

#endif							/* GAUTH_STORE_DEFINITION_H */
